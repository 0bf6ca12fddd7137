"""The questions of the pay book."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Protocol

from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, one_question, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.platform import PlatformInput
from handlers.pay import words
from handlers.pay.inputs import AmountInput, BeginningInput, ClockInput, PastDayInput, ShiftInput
from storage.pay.ids import EntryId
from storage.pay.shifts import Shift

NO_PLATFORM = Choice("none", N_("Not said"), "")


class _HasReady(Protocol):
    @property
    def ready(self) -> tuple[Shift, ...]:
        """Shifts of last time, which stand on buttons."""
        ...


def _ask(talk: Talk, draft: _HasReady) -> str:
    if draft.ready:
        return talk._("How was your shift? Press a button, or write hours, orders and money in one line: 9h 42 318")
    return talk._("How was your shift? Write hours, orders and money in one line: 9h 42 318")


def _ready(talk: Talk, draft: _HasReady) -> Sequence[Choice[Shift]]:
    return [Choice(str(at), words.shift(talk.view, one), one) for at, one in enumerate(draft.ready)]


_SHIFT: Question[Shift, _HasReady] = Question(N_("Shift"), _ask, ShiftInput(), choices=_ready)


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    ready: tuple[Shift, ...]
    shift: Shift = asked(_SHIFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    ready: tuple[Shift, ...]
    day: date = asked(Question(N_("Day"), N_("Which day?"), PastDayInput(), columns=2))
    shift: Shift = asked(_SHIFT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """An entry with all that can be said about a shift."""

    id: EntryId
    ready: tuple[Shift, ...] = ()
    shift: Shift = asked(_SHIFT)
    platform: str = asked(
        Question(N_("Platform"), N_("On which platform?"), PlatformInput(NO_PLATFORM), columns=2),
        default="",
        preset=True,
    )
    began: int = asked(
        Question(N_("Beginning"), N_("About when did the shift begin?"), BeginningInput(), columns=3),
        default=-1,
        preset=True,
    )
    bonus: int = asked(
        Question(N_("Bonus"), N_("Bonuses and tips? Write the amount."), AmountInput()), default=0, preset=True
    )
    fines: int = asked(
        Question(N_("Fines"), N_("Fines and deductions? Write the amount."), AmountInput()), default=0, preset=True
    )
    costs: int = asked(
        Question(
            N_("Costs"), N_("Your own costs, such as charging or a rented battery? Write the amount."), AmountInput()
        ),
        default=0,
        preset=True,
    )


@dataclass(frozen=True, slots=True)
class WhenToAsk:
    clock: time = asked(
        Question(
            N_("Time"), N_("At what time should I ask about your shift? Choose, or write it."), ClockInput(), columns=3
        )
    )


def noting_today(done: Callable[[Talk, Today], Awaitable[None]]) -> Form[Today]:
    return Form("pay_today", N_("Pay book"), questionnaire(Today), done, review=False)


def noting_earlier(done: Callable[[Talk, Earlier], Awaitable[None]]) -> Form[Earlier]:
    return Form("pay_earlier", N_("Pay book"), questionnaire(Earlier), done, review=False)


def correcting(done: Callable[[Talk, Correction], Awaitable[None]]) -> Form[Correction]:
    return Form("pay_edit", N_("Pay book"), questionnaire(Correction), done, send_label=N_("💾 Save it"))


def reminding(done: Callable[[Talk, WhenToAsk], Awaitable[None]]) -> Form[WhenToAsk]:
    return one_question("pay_reminder", WhenToAsk, done)
