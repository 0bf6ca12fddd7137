"""What is asked of whoever calls for help, and of volunteers who go on duty."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, one_question, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.formatting import in_a_line
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.sos import words
from handlers.sos.inputs import Here, HereInput, here_keyboard

HOURS = (2, 4, 8)


def _without_place(talk: Talk) -> str:
    said = talk._("Call {number} first. Send your location, or press “Skip” and only coordinators are told.")
    return said.format(number=words.first_number(talk.view))


@dataclass(frozen=True, slots=True)
class Where:
    """Whoever can't or won't send a place answers with a button."""

    here: Here | None = asked(
        Question(
            N_("Place"),
            N_("Where are you? Send your location with the button below the chat."),
            HereInput(_without_place),
            optional=True,
            keyboard=here_keyboard,
            keyboard_hint=N_("If you can't send it, press “Skip”: then only coordinators are told."),
            received=N_("📍 Got your location."),
        ),
        default=None,
    )


def _shifts(talk: Talk) -> Sequence[Choice[int]]:
    return [Choice(str(n), talk.plural("{n} hour", "{n} hours", n).format(n=n), n) for n in HOURS]


def _areas(talk: Talk, _draft: Shift) -> Sequence[Choice[Here]]:
    return [
        Choice(str(at), f"🗺 {one.name}", Here(one.latitude, one.longitude, 0, one.name, one.metres))
        for at, one in enumerate(talk.context.settings.help_areas)
    ]


def _ask_where(talk: Talk, _draft: Shift) -> str:
    asks = talk._(
        "Where are you? Send your location, or share your live location (📎), which I follow while you are on duty."
    )
    if not talk.context.settings.help_areas:
        return asks
    return in_a_line(asks, talk._("Or choose the area in which you want to help."))


@dataclass(frozen=True, slots=True)
class Shift:
    hours: int = asked(
        Question(N_("Shift"), N_("How long will you be on duty?"), ButtonInput(TypeAdapter(int), _shifts), columns=3),
    )
    here: Here = asked(
        Question(
            N_("Place"),
            _ask_where,
            HereInput(),
            choices=_areas,
            keyboard=here_keyboard,
            keyboard_hint=N_("Your location is deleted at the end of your shift."),
        )
    )


def calling(done: Callable[[Talk, Where], Awaitable[None]]) -> Form[Where]:
    return replace(one_question("sos_call", Where, done), is_urgent=True)


def going_on_duty(done: Callable[[Talk, Shift], Awaitable[None]]) -> Form[Shift]:
    return Form("sos_duty", N_("On duty"), questionnaire(Shift), done, review=False)
