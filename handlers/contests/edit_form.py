"""The forms in which a contest is changed after its set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from handlers.chat.audience import AudiencePart, with_audience
from handlers.contests import decided_by
from handlers.contests.form import ENTRIES_EACH, EVEN, TITLE, Terms
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.text import ParagraphInput
from storage.contests.contests import Contest, Phase, settings_of
from storage.contests.ids import ContestId


class _Running(Protocol):
    @property
    def takes_entries(self) -> bool: ...


def _takes_entries(draft: _Running) -> bool:
    return draft.takes_entries


@dataclass(frozen=True, kw_only=True)
class ContestEdit(Terms):
    """The same for a contest that has not been started; who may enter is a form of its own."""

    id: ContestId


@dataclass(frozen=True, kw_only=True)
class OfContest:
    id: ContestId


@dataclass(frozen=True, kw_only=True)
class NothingElse:
    """After the questions about who may enter."""


@dataclass(frozen=True, kw_only=True)
class Entrants(NothingElse, OfContest):
    """The contest whose entrants are chosen anew."""


@dataclass(frozen=True, kw_only=True)
class RunningEdit:
    """What can be changed of a contest that runs."""

    id: ContestId
    takes_entries: bool
    rules_version: int
    title: str = asked(TITLE)
    rules: str = asked(
        Question(
            N_("Rules"),
            N_(
                "What are the rules now? Everyone who has entered is asked to agree again, and their entries wait "
                "until then. Up to 2,500 characters."
            ),
            ParagraphInput(20, 2_500),
            when=_takes_entries,
        )
    )
    entries_each: int = asked(replace(ENTRIES_EACH, when=_takes_entries))


def edit_of(row: Contest, phases: Mapping[Phase, datetime | None]) -> ContestEdit:
    """The form as it would stand filled in for this contest."""
    settings = settings_of(row)
    return ContestEdit(
        id=row.id,
        title=row.title,
        rules=row.rules,
        categories=settings.categories,
        decided_by=decided_by.of_phases(phases),
        prizes=settings.prizes,
        entries_each=settings.entries_each,
        by_team=settings.by_team,
        voters=settings.voters,
        slot=settings.slot,
        public_weight=settings.public_weight if 0 < settings.public_weight < 100 else EVEN,
        shortlist=settings.shortlist,
        criteria=settings.criteria,
        tie=settings.tie,
        entry_until=phases.get(Phase.ENTRY),
        vote_until=phases.get(Phase.VOTE),
        judging_until=phases.get(Phase.JUDGING),
    )


def entrants_draft(audience: Sequence[AudiencePart[Any]]) -> type[Entrants]:
    """The questions about who may enter, alone."""
    return with_audience(Entrants, audience, after=OfContest, before=NothingElse)
