"""The questions about a commitment: what, by when, and why it is said to be kept or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter

from handlers.campaigns.commitments import words
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, one_question, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput
from handlers.inputs.moment import LastDayInput, end_of_day
from handlers.inputs.text import TextInput
from storage.campaigns.commitments.table import LONGEST, CommitmentState
from storage.campaigns.ids import CampaignId, ClauseId, CommitmentId
from storage.people.access import Right

D = TypeVar("D")

_RIGHT = Right.RUN_CAMPAIGNS
_SHOWN = 12


def _dues(talk: Talk) -> Sequence[Choice[datetime | None]]:
    today = talk.local_today
    return [
        Choice("quarter", talk._("In 90 days"), end_of_day(talk, today + timedelta(days=90))),
        Choice("year", talk._("In a year"), end_of_day(talk, today + timedelta(days=365))),
        Choice("none", talk._("No date"), None),
    ]


_DUE: Question[datetime | None, object] = Question(
    N_("Due date"),
    N_("What is the deadline? Riders will then be asked whether it was kept. Write it like “28 Nov”, or choose."),
    LastDayInput(_dues, N_("No date")),
)


class ClauseChoice(NamedTuple):
    """A clause that is no commitment yet."""

    id: ClauseId
    label: str


def _clauses(talk: Talk, draft: CommitmentDraft) -> Sequence[Choice[int]]:
    found = [Choice(str(one.id), one.label, int(one.id)) for one in draft.clauses[:_SHOWN]]
    return [*found, Choice("none", talk._("None of them"), 0)]


def _shown_clause(talk: Talk, value: int) -> str:
    return talk._("None of them") if value == 0 else str(value)


@dataclass(frozen=True, slots=True)
class CommitmentDraft:
    id: CampaignId
    clauses: tuple[ClauseChoice, ...]
    clause: int | None = asked(
        Question(
            N_("Clause"),
            N_("Which clause is it from?"),
            ButtonInput(TypeAdapter(int), shown=_shown_clause),
            choices=_clauses,
            when=lambda draft: bool(draft.clauses),
        ),
        default=None,
    )
    what: str = asked(
        Question(N_("Commitment"), N_("What was promised? One sentence."), TextInput(3, LONGEST)), default=""
    )
    due: datetime | None = asked(_DUE, default=None)


@dataclass(frozen=True, slots=True)
class DueOfAll:
    id: CampaignId
    due: datetime | None = asked(_DUE, default=None)


@dataclass(frozen=True, slots=True)
class NewDue:
    id: CommitmentId
    due: datetime | None = asked(_DUE, default=None)


@dataclass(frozen=True, slots=True)
class NewWords:
    id: CommitmentId
    what: str = asked(Question(N_("Commitment"), N_("What was promised? One sentence."), TextInput(3, LONGEST)))


def _ask_why(talk: Talk, draft: Stated) -> str:
    said = talk._("“{state}”: why? One sentence that everyone can read.")
    return said.format(state=talk._(words.STATES[draft.state]))


def _needs_no_reason(draft: Stated) -> bool:
    return draft.state in (CommitmentState.KEPT, CommitmentState.OPEN)


@dataclass(frozen=True, slots=True)
class Stated:
    id: CommitmentId
    state: CommitmentState
    note: str = asked(Question(N_("Reason"), _ask_why, TextInput(2, LONGEST), optional=_needs_no_reason), default="")


Done = Callable[[Talk, D], Awaitable[None]]


class CommitmentForms:
    """All of them; what is done with each draft is told by name."""

    def __init__(
        self,
        added: Done[CommitmentDraft],
        all_added: Done[DueOfAll],
        reworded: Done[NewWords],
        dated: Done[NewDue],
        stated: Done[Stated],
    ) -> None:
        self.adding = Form(
            name="commitment",
            title=N_("Commitment"),
            questionnaire=questionnaire(CommitmentDraft),
            done=added,
            review=False,
            right=_RIGHT,
        )
        self.adding_all = one_question("commitment_clauses", DueOfAll, all_added, _RIGHT)
        self.rewording = one_question("commitment_words", NewWords, reworded, _RIGHT)
        self.dating = one_question("commitment_due", NewDue, dated, _RIGHT)
        self.stating = one_question("commitment_state", Stated, stated, _RIGHT)

    def register(self, routes: Routes) -> None:
        for form in (self.adding, self.adding_all, self.rewording, self.dating, self.stating):
            routes.form(form)
