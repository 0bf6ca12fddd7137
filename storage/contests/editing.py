"""Changing a contest that has been announced: its title until the result, its rules as long as people can enter.

What decides (votes, weights, criteria, what breaks ties) and the categories are fixed by the announcement. Whoever has
entered agreed to the rules as they were, so new ones raise the version, and what was entered waits until its entrant
agrees again; it is checked anew then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, entries, joining, teams
from storage.contests.contests import Contest, ContestClosed, Phase
from storage.contests.entries import Entry, EntryState, RulesChanged
from storage.contests.ids import ContestId
from storage.phases import State
from storage.refusals import Repeated
from storage.telegram_ids import PersonId


class RewordedMeanwhile(Repeated):
    """Somebody else has changed the rules since whoever changes them saw them."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What can be changed of a contest that runs. `rules_version` is that of the rules which were to be changed."""

    title: str
    rules: str
    entries_each: int
    rules_version: int


@dataclass(frozen=True, slots=True)
class Changed:
    """`asked_again`: the entries whose entrants have to agree to new rules."""

    contest: Contest
    asked_again: Sequence[Entry]


def takes_entries(contest: Contest) -> bool:
    """Whether its rules can still be changed."""
    return contest.phase is Phase.ENTRY and contest.state is State.RUNNING


def can_be_renamed(contest: Contest) -> bool:
    return contest.phase is not Phase.RESULT and contest.state is not State.ENDED


async def change(session: AsyncSession, contest_id: ContestId, wording: Wording) -> Changed:
    """Changes what is still open to change.

    Raises:
        NoSuchContest: see the class.
        ContestClosed: it has its result, or the rules are others and nobody can enter any more.
        RewordedMeanwhile: see the class. Else whoever saves a new title would bring the old rules back.
    """
    row = await contests.find_for_update(session, contest_id)
    settings = contests.settings_of(row)
    changes_rules = wording.rules != row.rules
    if not can_be_renamed(row):
        raise ContestClosed
    if (changes_rules or wording.entries_each != settings.entries_each) and not takes_entries(row):
        raise ContestClosed
    if changes_rules and wording.rules_version != row.rules_version:
        raise RewordedMeanwhile
    row.title = wording.title
    contests.keep_settings(row, replace(settings, entries_each=wording.entries_each))
    return Changed(row, await _ask_again(session, row, wording.rules) if changes_rules else [])


async def _ask_again(session: AsyncSession, row: Contest, rules: str) -> Sequence[Entry]:
    row.rules, row.rules_version = rules, row.rules_version + 1
    entered = (EntryState.WAITING, EntryState.SHOWN, EntryState.AGREEING)
    chosen = select(Entry).where(Entry.contest_id == row.id, Entry.state.in_(entered)).with_for_update()
    found = (await session.scalars(chosen.execution_options(populate_existing=True))).all()
    for entry in found:
        entry.state = EntryState.AGREEING
    for team_id in sorted({entry.team_id for entry in found if entry.team_id is not None}):
        await joining.show_names(session, row, team_id)
    return found


async def people_of(session: AsyncSession, asked: Sequence[Entry]) -> list[PersonId]:
    """Who has to agree anew: whoever sent one of these entries in, and the members of their teams."""
    people = {entry.person_id for entry in asked if entry.person_id is not None}
    for team_id in {entry.team_id for entry in asked if entry.team_id is not None}:
        people |= {member.person_id for member in await teams.members(session, team_id)}
    return sorted(people)


async def agree_again(
    session: AsyncSession, contest_id: ContestId, person_id: PersonId, version: int, now: datetime
) -> Contest:
    """This person's entries wait to be checked, under the rules as they are now.

    Raises:
        NoSuchContest: see the class.
        RulesChanged: there are newer ones.
        ContestClosed: entries are neither taken nor checked any more.
    """
    row = await contests.find_for_update(session, contest_id)
    if row.phase not in (Phase.ENTRY, Phase.CHECK) or row.state is not State.RUNNING:
        raise ContestClosed
    if version != row.rules_version:
        raise RulesChanged
    await joining.agree_again(session, row, person_id)
    for entry in await entries.of_person(session, contest_id, person_id):
        if entry.person_id != person_id:
            continue
        entry.rules_version = version
        if entry.state is EntryState.AGREEING:
            entry.state, entry.revision, entry.sent_at = EntryState.WAITING, entry.revision + 1, now
    return row
