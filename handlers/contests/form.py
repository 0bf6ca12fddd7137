"""The questions of /contest: three to begin with; the rest has a default and is changed on the page after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.chat.audience import AudiencePart, with_audience
from handlers.chat.phase_dates import until_question
from handlers.chat.talk import Talk
from handlers.contests.decided_by import DECIDED_BY, DecidedBy, has_both, has_judges, has_vote, is_not_drawn
from handlers.contests.words import SLOTS, VOTERS
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ChoiceInput, YesNoInput
from handlers.inputs.number import NumberChoiceInput, NumberInput
from handlers.inputs.text import LinesInput, ParagraphInput, TextInput
from storage.contests.contests import (
    MOST_CATEGORIES,
    MOST_CRITERIA,
    MOST_PRIZES,
    Phase,
    Plan,
    Settings,
    Slot,
    Tie,
    Voters,
)
from storage.people.access import Right
from storage.people.segments import Segment

EVEN = 50
"""Per cent that the public's votes weigh unless something else is declared."""
TIE_LABELS: dict[Tie, str] = {
    Tie.JUDGES: N_("The judges' scores"),
    Tie.PUBLIC: N_("The public's votes"),
    Tie.DRAW: N_("A draw that anyone can check"),
}

TITLE: Question[str, object] = Question(
    N_("Title"), N_("What is it called? For example: Safe riding, short videos 2027"), TextInput(2, 80)
)
ENTRIES_EACH: Question[int, Any] = Question(
    N_("Entry limit"),
    N_("How many entries can each person, or each team, submit?"),
    NumberChoiceInput(range(1, 6)),
    columns=5,
)


@dataclass(frozen=True, kw_only=True)
class Basics:
    """What it is about."""

    title: str = asked(TITLE)
    rules: str = asked(
        Question(
            N_("Rules"),
            N_(
                "What are the rules? Who may take part, what is wanted, what happens with the entries. Everyone agrees "
                "to them before entering. Up to 2,500 characters."
            ),
            ParagraphInput(20, 2_500),
        )
    )
    categories: tuple[str, ...] = asked(
        Question(
            N_("Categories"),
            N_("Which categories are there? One per line."),
            LinesInput(MOST_CATEGORIES, 40, N_("One category per line: up to 12, of up to 40 characters each.")),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Who decides, how, and until when."""

    decided_by: DecidedBy = asked(
        Question(N_("Who decides"), N_("Who decides?"), ChoiceInput(DECIDED_BY)), default=DecidedBy.BOTH, preset=True
    )
    prizes: tuple[str, ...] = asked(
        Question(
            N_("Prizes"),
            N_("What are the prizes? One per line, the first place first."),
            LinesInput(MOST_PRIZES, 80, N_("One prize per line: up to 10, of up to 80 characters each.")),
            optional=True,
        ),
        default=(),
        preset=True,
    )
    by_team: bool = asked(
        Question(N_("Entered by"), N_("Who enters?"), YesNoInput(yes=N_("Teams"), no=N_("Individuals")), columns=2),
        default=False,
        preset=True,
    )
    entries_each: int = asked(ENTRIES_EACH, default=1, preset=True)
    voters: Voters = asked(
        Question(
            N_("Who votes"),
            N_("Who may vote?"),
            ChoiceInput(VOTERS),
            when=has_vote,
            unanswered=VOTERS[Voters.KNOWN],
        ),
        default=Voters.KNOWN,
        preset=True,
    )
    slot: Slot = asked(
        Question(
            N_("Votes"),
            N_("How often may each person vote?"),
            ChoiceInput(SLOTS),
            when=has_vote,
            unanswered=SLOTS[Slot.CATEGORY],
        ),
        default=Slot.CATEGORY,
        preset=True,
    )
    public_weight: int = asked(
        Question(
            N_("Public's weight"),
            N_("How much do the public's votes count, in percent? The judges' scores make up the rest."),
            NumberInput(1, 99, N_("Write a number from 1 to 99."), ready=(20, 30, 50, 70)),
            columns=4,
            when=has_both,
            unanswered=lambda _talk: str(EVEN),
        ),
        default=EVEN,
        preset=True,
    )
    shortlist: int = asked(
        Question(
            N_("Shortlist"),
            N_("How many entries of each category go on to the judges? Those with the most votes do."),
            NumberInput(1, 100, N_("Write a number from 1 to 100, or press “All”."), ready=(5, 10, 20), zero=N_("All")),
            columns=4,
            when=has_both,
            unanswered=N_("All"),
        ),
        default=0,
        preset=True,
    )
    criteria: tuple[str, ...] = asked(
        Question(
            N_("Criteria"),
            N_("What do judges score, from 1 to 10? One criterion per line. Skip: the entry as a whole."),
            LinesInput(MOST_CRITERIA, 40, N_("One criterion per line: up to 8, of up to 40 characters each.")),
            optional=True,
            when=has_judges,
            unanswered=N_("the entry as a whole"),
        ),
        default=(),
        preset=True,
    )
    tie: Tie = asked(
        Question(
            N_("Ties"),
            N_("What breaks a tie?"),
            ChoiceInput(TIE_LABELS),
            when=is_not_drawn,
            unanswered=TIE_LABELS[Tie.JUDGES],
        ),
        default=Tie.JUDGES,
        preset=True,
    )
    entry_until: datetime | None = asked(
        until_question(
            N_("Entries until"),
            N_("Until when can people enter? Write it like “next Saturday 8 pm”, or choose a day."),
        ),
        default=None,
        preset=True,
    )
    vote_until: datetime | None = asked(
        until_question(
            N_("Vote until"),
            N_("Until when can people vote? Write it like “next Saturday 8 pm”, or choose a day."),
            has_vote,
        ),
        default=None,
        preset=True,
    )
    judging_until: datetime | None = asked(
        until_question(
            N_("Judging until"),
            N_("Until when can judges score? Write it like “next Saturday 8 pm”, or choose a day."),
            has_judges,
        ),
        default=None,
        preset=True,
    )


@dataclass(frozen=True, kw_only=True)
class Terms(Schedule, Basics):
    """All that is declared of a contest but who may enter."""


@dataclass(frozen=True, kw_only=True)
class ContestDraft(Terms):
    """A contest as coordinators set it up. As it is asked for, it also has the fields of the audience."""


def draft_for(audience: Sequence[AudiencePart[Any]]) -> type[ContestDraft]:
    """The draft with the questions about who may enter."""
    return with_audience(ContestDraft, audience, after=Basics, before=Schedule)


def plan_of(draft: Terms, segment: Segment) -> Plan:
    phases: dict[Phase, datetime | None] = {Phase.ENTRY: draft.entry_until, Phase.CHECK: None}
    if has_vote(draft):
        phases[Phase.VOTE] = draft.vote_until
    if has_judges(draft):
        phases[Phase.JUDGING] = draft.judging_until
    settings = Settings(
        categories=draft.categories,
        entries_each=draft.entries_each,
        by_team=draft.by_team,
        voters=draft.voters,
        slot=draft.slot,
        public_weight=draft.public_weight,
        shortlist=draft.shortlist,
        criteria=draft.criteria if has_judges(draft) else (),
        tie=draft.tie,
        is_drawn=draft.decided_by is DecidedBy.DRAW,
        prizes=draft.prizes,
    )
    return Plan(draft.title, draft.rules, segment, settings, phases)


def making(draft: type[ContestDraft], done: Callable[[Talk, ContestDraft], Awaitable[None]]) -> Form[ContestDraft]:
    return Form(
        name="contest",
        title=N_("Contest"),
        questionnaire=questionnaire(draft),
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_CONTESTS,
    )
