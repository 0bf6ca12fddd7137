"""Joining a team of a contest and leaving it, and what becomes of the team's entries then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, entries, judges, teams
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Entry, EntryState, JudgesDoNotEnter, NotForYou, RulesChanged
from storage.contests.ids import ContestId, TeamId
from storage.contests.teams import MOST_MEMBERS, Left, Member, NoSuchTeam, Team
from storage.privacy.retention import AT_ONCE, Retention
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class InvitationVoid(Refused):
    """It was replaced by another one, or the team is no more."""


class TeamFull(Refused):
    """The team has as many members as one can have."""


class InATeam(Refused):
    """This person is in a team of the contest already."""


class Joined(NamedTuple):
    """The team that somebody is in now; whether any of its entries has to be checked again for it."""

    team: Team
    checks_anew: bool


async def find(session: AsyncSession, invitation: str) -> Team:
    """The team that an invitation leads to. Raises InvitationVoid."""
    row = await teams.invited_to(session, invitation)
    if row is None:
        raise InvitationVoid
    return row


async def require_may_join(
    session: AsyncSession, contest: Contest, row: Team, person_id: PersonId, now: datetime
) -> None:
    """Raises ContestClosed, NotForYou, JudgesDoNotEnter, InATeam, TeamFull: see the classes."""
    await contests.require_phase(session, contest, Phase.ENTRY, now)
    if not await contests.may_enter(session, contest, person_id, now):
        raise NotForYou
    if await judges.find(session, contest.id, person_id) is not None:
        raise JudgesDoNotEnter
    if await teams.membership(session, contest.id, person_id) is not None:
        raise InATeam
    if len(await teams.members(session, row.id)) >= MOST_MEMBERS:
        raise TeamFull


async def join(
    session: AsyncSession, invitation: str, person_id: PersonId, own_name: str, rules_version: int, now: datetime
) -> Joined:
    """This person accepts an invitation, and agrees to the rules that they have seen. Their name is shown with the
    team's entries, which are checked again.

    Raises:
        InvitationVoid, RulesChanged, and those of `require_may_join`.
    """
    row = await find(session, invitation)
    contest = await contests.find_for_update(session, row.contest_id)  # two at once are counted
    await session.refresh(row)
    if await teams.invited_to(session, invitation) is not row:
        raise InvitationVoid
    await require_may_join(session, contest, row, person_id, now)
    if rules_version != contest.rules_version:
        raise RulesChanged
    await teams.add(session, contest, row, person_id, own_name)
    return Joined(row, _check_anew(await show_names(session, contest, row.id), now))


async def show_names(session: AsyncSession, contest: Contest, team_id: TeamId) -> Sequence[Entry]:
    """Writes the names of the team and of its members into its entries, as they are now; returns these."""
    name = teams.content_of(session, await session.get_one(Team, team_id)).name
    shown = await teams.shown_names(session, contest, team_id)
    rows = await entries.of_team(session, team_id)
    for entry in rows:
        entries.keep(session, entry, replace(entries.content_of(session, entry), by=name, members=shown))
    return rows


async def rename(session: AsyncSession, contest_id: ContestId, person_id: PersonId, name: str, now: datetime) -> None:
    """Another name for the team, by its captain; its entries are checked again.

    Raises:
        ContestClosed, NoSuchTeam: see the classes.
    """
    contest = await contests.find_for_update(session, contest_id)
    await contests.require_phase(session, contest, Phase.ENTRY, now)
    row = await teams.led_by(session, contest_id, person_id)
    teams.rename(session, row, name)
    await session.flush()
    _check_anew(await show_names(session, contest, row.id), now)


def _check_anew(rows: Sequence[Entry], now: datetime) -> bool:
    """True if there is any that waits now."""
    changed = [entry for entry in rows if entry.state in (EntryState.WAITING, EntryState.SHOWN)]
    for entry in changed:
        entry.state, entry.revision, entry.sent_at = EntryState.WAITING, entry.revision + 1, now
    return bool(changed)


async def leave(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Sequence[Entry]:
    """This person goes from their team, and their name from its entries, at any time. Entries that they sent in for it
    go on under another member; without any, they are withdrawn. Returns the team's entries.

    Raises:
        NoSuchTeam: see the class.
    """
    contest = await contests.find_for_update(session, contest_id)
    member = await teams.membership(session, contest_id, person_id)
    if member is None:
        raise NoSuchTeam
    team_id = member.team_id
    await session.delete(member)
    await session.flush()
    rest = await teams.members(session, team_id)
    rows = await entries.of_team(session, team_id)
    if not rest:
        for entry in rows:
            entries.take_back(entry)
        await session.execute(delete(Left).where(Left.team_id == team_id))
        await session.execute(delete(Team).where(Team.id == team_id))
        return rows
    await teams.remember_leaving(session, contest, team_id, person_id)
    agreed = [one for one in rest if one.rules_version == contest.rules_version]
    heir = (agreed or rest)[0].person_id
    for entry in rows:
        if entry.person_id == person_id:
            content = entries.content_of(session, entry)
            entry.person_id = heir
            entries.keep(session, entry, content)
    return await show_names(session, contest, team_id)


async def agree_again(session: AsyncSession, contest: Contest, person_id: PersonId) -> None:
    """A member has agreed to the rules as they are now: their name is shown again."""
    member = await teams.membership(session, contest.id, person_id)
    if member is not None:
        member.rules_version = contest.rules_version
        await session.flush()
        await show_names(session, contest, member.team_id)


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """They leave all their teams."""
    for member in await teams.memberships_of(session, person_id):
        await leave(session, member.contest_id, person_id)
    await session.execute(delete(Left).where(Left.person_id == person_id))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    """The teams that this person is in, and the contests in which they have left one."""
    kept: list[dict[str, object]] = [
        {
            "contest": one.contest_id,
            "team": teams.content_of(session, await session.get_one(Team, one.team_id)).name,
            "name": teams.name_of(session, one),
        }
        for one in await teams.memberships_of(session, person_id)
    ]
    left = select(Left.contest_id).where(Left.person_id == person_id).order_by(Left.contest_id)
    kept += [{"contest": contest_id, "has_left": True} for contest_id in await session.scalars(left)]
    return kept


async def forget_some_people(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    """Who was in the teams of contests that ended long ago. What was shown stays, with the names agreed to."""
    over = select(contests.Contest.id).where(contests.Contest.ended_at <= now - kept.sign_ups)
    await session.execute(delete(Left).where(Left.contest_id.in_(over)))
    rows = (await session.scalars(select(Member).where(Member.contest_id.in_(over)).limit(AT_ONCE))).all()
    for row in rows:
        await session.delete(row)
    await session.flush()
    ids = {row.team_id for row in rows}
    left = set(await session.scalars(select(Member.team_id).where(Member.team_id.in_(ids))))
    await session.execute(delete(Team).where(Team.id.in_(ids - left)))
    return len(rows) == AT_ONCE
