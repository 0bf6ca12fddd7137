"""Entering a contest: a new entry, another content, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, entries, joining, judges, teams
from storage.contests.contests import Contest, Phase
from storage.contests.entries import (
    Content,
    Entry,
    EntryState,
    JudgesDoNotEnter,
    NotForYou,
    RulesChanged,
    TeamHasEnough,
    TooManyEntries,
)
from storage.contests.ids import ContestId, EntryId
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Offered:
    """What is entered, and the rules that its entrant has agreed to. Where teams enter, `content.by` is the name of a
    new team and `own_name` that of its first member in it; whoever is in a team already enters for that one."""

    category: int
    content: Content
    rules_version: int
    own_name: str = ""


async def enter(
    session: AsyncSession, contest_id: ContestId, person_id: PersonId, offered: Offered, now: datetime
) -> Entry:
    """A new entry, which waits to be checked.

    Raises:
        NoSuchContest, ContestClosed, NotForYou, JudgesDoNotEnter, RulesChanged, TooManyEntries, TeamHasEnough: see
            the classes.
    """
    contest = await contests.find_for_update(session, contest_id)  # two at once are counted
    await require_may_enter(session, contest, person_id, now)
    settings = contests.settings_of(contest)
    if offered.rules_version != contest.rules_version or not 0 <= offered.category < len(settings.categories):
        raise RulesChanged
    team, content = None, offered.content
    if settings.by_team:
        team = await teams.of_person(session, contest.id, person_id)
        if team is None:
            team = await teams.found(session, contest, person_id, content.by, offered.own_name)
        else:
            await joining.agree_again(session, contest, person_id)
        shown = await teams.shown_names(session, contest, team.id)
        content = replace(content, by=teams.content_of(session, team).name, members=shown)
    row = Entry(
        contest_id=contest.id,
        category=offered.category,
        person_id=person_id,
        team_id=None if team is None else team.id,
        rules_version=contest.rules_version,
        sent_at=now,
    )
    session.add(row)
    await session.flush()
    entries.keep(session, row, content)
    return row


async def require_may_enter(session: AsyncSession, contest: Contest, person_id: PersonId, now: datetime) -> None:
    """Raises ContestClosed, NotForYou, JudgesDoNotEnter, TooManyEntries, TeamHasEnough: see the classes."""
    await contests.require_phase(session, contest, Phase.ENTRY, now)
    if not await contests.may_enter(session, contest, person_id, now):
        raise NotForYou
    if await judges.find(session, contest.id, person_id) is not None:
        raise JudgesDoNotEnter
    settings = contests.settings_of(contest)
    if len(await entries.of_person(session, contest.id, person_id)) >= settings.entries_each:
        raise TeamHasEnough if settings.by_team else TooManyEntries


async def change(
    session: AsyncSession, entry_id: EntryId, person_id: PersonId, content: Content, now: datetime
) -> Entry:
    """One's own entry with other content; it is checked again. Of a team's, its members' names stay as they are.

    Raises:
        NoSuchEntry, ContestClosed, RulesChanged: see the classes.
    """
    row = await entries.find_own(session, entry_id, person_id)
    contest = await contests.find_for_update(session, row.contest_id)
    await contests.require_phase(session, contest, Phase.ENTRY, now)
    if row.rules_version != contest.rules_version:
        raise RulesChanged
    if row.team_id is not None:
        before = entries.content_of(session, row)
        content = replace(content, by=before.by, members=before.members)
    entries.keep(session, row, content)
    row.state, row.revision, row.reason, row.sent_at = EntryState.WAITING, row.revision + 1, "", now
    return row


async def withdraw(session: AsyncSession, entry_id: EntryId, person_id: PersonId) -> Entry:
    """One's own entry, at any time: it is shown no more, what it was is forgotten, and votes for it do not count.

    Raises:
        NoSuchEntry: see the class.
    """
    row = await entries.find_own(session, entry_id, person_id)
    entries.take_back(row)
    return row
