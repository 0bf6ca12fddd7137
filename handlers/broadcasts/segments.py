"""To whom a broadcast goes: the questions of its form, and the segment that their answers mean.

A feature adds its own here, and its condition in storage/broadcasts/segments.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.chat.questions import Choice, NotAnAnswer, Question, asked
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import LANGUAGES, N_
from handlers.inputs.choice import ButtonInput, ChoiceInput
from handlers.inputs.number import NUMBER, NumberChoiceInput
from handlers.inputs.place import PlaceInput, Point
from handlers.inputs.text import TEXT, clean
from storage.activities.ids import ActivityId
from storage.broadcasts.segments import Segment

PARTICIPANTS = {
    "signed_up": N_("people with a place"),
    "waiting": N_("people on the waiting list"),
    "attended": N_("people who came"),
}
MEMBERS = {"": N_("Everyone"), "member": N_("Members"), "not_member": N_("Not yet members")}


def _languages(talk: Talk) -> Sequence[Choice[str]]:
    everyone = Choice("all", talk._("Everyone"), "")
    return [everyone, *(Choice(code, name, code) for code, name in LANGUAGES.items())]


def _show_text(talk: Talk, value: str) -> str:
    return value or talk._("Everyone")


def _platforms(talk: Talk) -> Sequence[Choice[str]]:
    return _named(talk, talk.context.settings.joining.platforms)


def _named(talk: Talk, names: Sequence[str]) -> Sequence[Choice[str]]:
    return [Choice("all", talk._("Everyone"), ""), *(Choice(str(at), name, name) for at, name in enumerate(names))]


class DistrictInput(ButtonInput[str]):
    """Where the config names no districts, members wrote theirs, and it is typed here."""

    async def read(self, talk: Talk) -> str:
        text = clean(talk.text)
        if talk.context.settings.joining.districts or not 2 <= len(text) <= 40:
            raise NotAnAnswer(talk._("Please press one of the buttons."))
        return text


def _districts(talk: Talk) -> Sequence[Choice[str]]:
    return _named(talk, talk.context.settings.joining.districts)


def _days(talk: Talk) -> Sequence[Choice[int]]:
    ago = [Choice(str(days), _show_days(talk, days), days) for days in (7, 30, 90)]
    return [Choice("all", _show_days(talk, 0), 0), *ago]


def _show_days(talk: Talk, days: int) -> str:
    if not days:
        return talk._("Everyone")
    return talk.plural("in the last day", "in the last {n} days", days).format(n=days)


def _kilometres(talk: Talk, km: int) -> str:
    return translations.distance(km * 1_000, talk.language)


def _is_of_activity(draft: Audience) -> bool:
    return draft.activity is not None


def _is_near_a_place(draft: Audience) -> bool:
    return draft.place is not None


@dataclass(frozen=True, kw_only=True)
class Audience:
    """Whom a broadcast is for. Begun from an activity, it is for those who have to do with it."""

    activity: ActivityId | None = None
    who: str = asked(
        Question(N_("Which attendees"), N_("Which attendees?"), ChoiceInput(PARTICIPANTS), when=_is_of_activity),
        default="",
    )
    language: str = asked(
        Question(
            N_("Language"),
            N_("To whom? By language:"),
            ButtonInput(TEXT, _languages, lambda talk, code: LANGUAGES.get(code, talk._("Everyone"))),
        ),
        default="",
        preset=True,
    )
    members: str = asked(
        Question(N_("Members"), N_("To members, or to people who haven't joined?"), ChoiceInput(MEMBERS)),
        default="",
        preset=True,
    )
    platform: str = asked(
        Question(
            N_("Platform"),
            N_("Only members on one platform?"),
            ButtonInput(TEXT, _platforms, _show_text),
            columns=2,
        ),
        default="",
        preset=True,
    )
    district: str = asked(
        Question(
            N_("District"),
            N_("Only members in one district?"),
            DistrictInput(TEXT, _districts, _show_text),
            columns=2,
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


def segment_of(audience: Audience) -> Segment:
    chosen: dict[str, dict[str, object]] = {}
    if audience.language:
        chosen["language"] = {"language": audience.language}
    if audience.members:
        chosen[audience.members] = {}
    if audience.activity is not None:
        chosen[audience.who] = {"activity": audience.activity}
    if audience.platform:
        chosen["platform"] = {"platform": audience.platform}
    if audience.district:
        chosen["district"] = {"district": audience.district}
    if audience.days:
        chosen["active"] = {"days": audience.days}
    if audience.place is not None:
        place = audience.place
        chosen["near"] = {"km": audience.km, "latitude": place.latitude, "longitude": place.longitude}
    return Segment(tuple(sorted((name, tuple(values.items())) for name, values in chosen.items())))
