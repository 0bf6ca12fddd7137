"""Addressing people by what is known of everybody: their language, when they were last here, their saved area."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.chat.audience import AudiencePart
from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n import translations
from handlers.i18n.translations import LANGUAGES, N_, language_name
from handlers.inputs.choice import ButtonInput
from handlers.inputs.number import NUMBER, NumberChoiceInput
from handlers.inputs.place import PlaceInput, Point
from handlers.inputs.text import TEXT
from storage.people.segments import Condition, LivesNear, SeenWithin, Speaks


def _languages(talk: Talk) -> Sequence[Choice[str]]:
    return [Choice("all", talk._("Any"), ""), *(Choice(code, name, code) for code, name in LANGUAGES.items())]


def _days(talk: Talk) -> Sequence[Choice[int]]:
    ago = [Choice(str(days), _show_days(talk, days), days) for days in (7, 30, 90)]
    return [Choice("all", _show_days(talk, 0), 0), *ago]


def _show_days(talk: Talk, days: int) -> str:
    if not days:
        return talk._("Any time")
    return talk.plural("in the last day", "in the last {n} days", days).format(n=days)


def _kilometres(talk: Talk, km: int) -> str:
    return translations.distance(km * 1_000, talk.language)


def _is_near_a_place(draft: GeneralAudience) -> bool:
    return draft.place is not None


@dataclass(frozen=True, kw_only=True)
class GeneralAudience:
    language: str = asked(
        Question(
            N_("Language"),
            N_("To whom? By language:"),
            ButtonInput(TEXT, _languages, lambda talk, code: LANGUAGES.get(code, talk._("Any"))),
        ),
        default="",
        preset=True,
    )
    days: int = asked(
        Question(
            N_("Used the bot"),
            N_("Only people who used the bot recently?"),
            ButtonInput(NUMBER, _days, _show_days),
        ),
        default=0,
        preset=True,
    )
    place: Point | None = asked(
        Question(
            N_("Near"),
            N_(
                "Only people near a station or another place? Write the station's name, send a location, "
                "or skip. It reaches only people who have saved their area."
            ),
            PlaceInput(N_("Write a station's name, or send the place as a location: 📎 → Location.")),
            optional=True,
        ),
        default=None,
        preset=True,
    )
    km: int = asked(
        Question(
            N_("Within"),
            N_("Within what distance?"),
            NumberChoiceInput((1, 3, 5, 10, 30), _kilometres),
            when=_is_near_a_place,
        ),
        default=0,
    )


def _conditions(draft: GeneralAudience) -> Iterator[Condition]:
    if draft.language:
        yield Speaks(draft.language)
    if draft.days:
        yield SeenWithin(draft.days)
    if draft.place is not None:
        yield LivesNear(draft.place.latitude, draft.place.longitude, draft.km)


def _near(talk: Talk, condition: LivesNear) -> str:
    place = f"{condition.latitude:g}, {condition.longitude:g}"
    return talk._("within {distance} of {place}").format(distance=_kilometres(talk, int(condition.km)), place=place)


AUDIENCE = AudiencePart(
    GeneralAudience,
    _conditions,
    {
        Speaks: lambda talk, one: language_name(one.language, talk.language),
        SeenWithin: lambda talk, one: _show_days(talk, one.days),
        LivesNear: _near,
    },
)
