"""The questions of /campaign: two to begin with; the rest has a default and is changed on the page after them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import TypeAdapter

from handlers.campaigns.words import PHASES
from handlers.chat.audience import AudiencePart, segment_of, with_audience
from handlers.chat.phase_dates import until_question
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question, asked
from handlers.i18n.formatting import listed
from handlers.i18n.translations import N_
from handlers.inputs.text import TextInput
from storage.campaigns.campaigns import Phase, Plan
from storage.people.access import Right


class PhasesInput(Input[tuple[Phase, ...]]):
    """Which of the phases take place, on buttons alone."""

    adapter = TypeAdapter(tuple[Phase, ...])
    collects = True

    async def read(self, talk: Talk) -> tuple[Phase, ...]:
        raise NotAnAnswer(talk._("Press a phase to put it in, and again to leave it out."))

    def choices(self, talk: Talk) -> Sequence[Choice[tuple[Phase, ...]]]:
        return [Choice(phase.value, talk._(label), (phase,)) for phase, label in PHASES.items()]

    def show(self, talk: Talk, value: tuple[Phase, ...]) -> str:
        return listed([talk._(PHASES[phase]) for phase in Phase if phase in value], talk.language)


class _HasPhases(Protocol):
    @property
    def phases(self) -> tuple[Phase, ...]: ...


def _takes_place(phase: Phase) -> Callable[[_HasPhases], bool]:
    return lambda draft: phase in draft.phases


@dataclass(frozen=True, kw_only=True)
class Talks:
    """What it is about."""

    title: str = asked(
        Question(N_("Title"), N_("What is it called? For example: Delivery riders' agreement 2027"), TextInput(2, 80))
    )
    counterpart: str = asked(
        Question(
            N_("Counterpart"),
            N_("Who are you negotiating with? A platform, an industry or a city, for example: Meituan, Dezhou"),
            TextInput(2, 80),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Its phases, and until when each is open."""

    phases: tuple[Phase, ...] = asked(
        Question(
            N_("Phases"),
            N_("Which phases will there be? Press one to leave it out or put it back."),
            PhasesInput(),
        ),
        default=tuple(Phase),
        preset=True,
    )
    gather_until: datetime | None = asked(
        until_question(
            N_("Demands until"),
            N_("Until when can riders submit demands? Write it like “next Saturday 8 pm”, or choose a day."),
            _takes_place(Phase.GATHER),
        ),
        default=None,
        preset=True,
    )
    rank_until: datetime | None = asked(
        until_question(
            N_("Ranking until"),
            N_("Until when can riders rank the demands? Write it like “next Saturday 8 pm”, or choose a day."),
            _takes_place(Phase.RANK),
        ),
        default=None,
        preset=True,
    )
    draft_until: datetime | None = asked(
        until_question(
            N_("Comments until"),
            N_("Until when can riders comment on the draft? Write it like “next Saturday 8 pm”, or choose a day."),
            _takes_place(Phase.DRAFT),
        ),
        default=None,
        preset=True,
    )


@dataclass(frozen=True, kw_only=True)
class CampaignDraft(Schedule, Talks):
    """A campaign as coordinators set it up. As it is asked for, it also has the fields of the audience."""


def draft_for(audience: Sequence[AudiencePart[Any]]) -> type[CampaignDraft]:
    """The draft with the questions about whom it is for."""
    return with_audience(CampaignDraft, audience, after=Talks, before=Schedule)


def plan_of(draft: CampaignDraft, audience: Sequence[AudiencePart[Any]]) -> Plan:
    untils = {Phase.GATHER: draft.gather_until, Phase.RANK: draft.rank_until, Phase.DRAFT: draft.draft_until}
    phases = {phase: untils.get(phase) for phase in Phase if phase in draft.phases}
    return Plan(draft.title, draft.counterpart, segment_of(draft, audience), phases)


def making(draft: type[CampaignDraft], done: Callable[[Talk, CampaignDraft], Awaitable[None]]) -> Form[CampaignDraft]:
    return Form(
        name="campaign",
        title=N_("Campaign"),
        questionnaire=questionnaire(draft),
        done=done,
        send_label=N_("💾 Save it"),
        right=Right.RUN_CAMPAIGNS,
    )
