"""Checking entries: what waits, and what coordinators decide."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.contests import contests, teams
from storage.contests.entries import CheckedAlready, Entry, EntryState
from storage.contests.ids import ContestId, EntryId
from storage.operations import queues
from storage.operations.queues import Queue
from storage.phases import State
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class ChecksOwnEntry(Refused):
    """It is their own entry or their team's, and there is somebody else to check it."""


async def next_to_check(
    session: AsyncSession, contest_id: ContestId, checker: PersonId, checkers: Collection[PersonId]
) -> Entry | None:
    """The one that has waited longest of those that this coordinator may check; `checkers` are all who check."""
    chosen = select(Entry).where(Entry.contest_id == contest_id, Entry.state == EntryState.WAITING)
    for row in (await session.scalars(chosen.order_by(Entry.sent_at, Entry.id))).all():
        if await _may_check(session, row, checker, checkers):
            return row
    return None


async def _may_check(session: AsyncSession, row: Entry, checker: PersonId, checkers: Collection[PersonId]) -> bool:
    """Nobody checks what they take part with themselves, unless nobody else could."""
    people = {row.person_id}
    if row.team_id is not None:
        people |= {member.person_id for member in await teams.members(session, row.team_id)}
    return checker not in people or people.issuperset(checkers)


async def require_may_check(
    session: AsyncSession, entry_id: EntryId, checker: PersonId, checkers: Collection[PersonId]
) -> None:
    """Raises ChecksOwnEntry: see the class."""
    row = await session.get(Entry, entry_id)
    if row is not None and not await _may_check(session, row, checker, checkers):
        raise ChecksOwnEntry


async def waiting(session: AsyncSession, contest_id: ContestId | None = None) -> int:
    """How many wait to be checked, in one contest or in all."""
    chosen = select(func.count()).where(Entry.state == EntryState.WAITING)
    if contest_id is not None:
        chosen = chosen.where(Entry.contest_id == contest_id)
    return await session.scalar(chosen) or 0


async def to_check(session: AsyncSession, _now: datetime) -> Queue:
    """The entries that wait to be checked, as a queue."""
    return await queues.measured(session, Entry.sent_at, Entry.state == EntryState.WAITING)


async def decide(session: AsyncSession, entry_id: EntryId, revision: int, *, reason: str | None) -> Entry:
    """Shows the entry as a coordinator has seen it; or refuses it, with a reason.

    Raises:
        CheckedAlready: see the class.
    """
    row = await session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not EntryState.WAITING or row.revision != revision:
        raise CheckedAlready
    contest = await contests.find_held(session, row.contest_id)
    if contest.state is State.ENDED:
        raise CheckedAlready
    row.state = EntryState.SHOWN if reason is None else EntryState.REFUSED
    row.reason = reason or ""
    return row


async def take_down(session: AsyncSession, entry_id: EntryId, reason: str) -> Entry:
    """An entry that was shown is shown no more; votes for it do not count.

    Raises:
        CheckedAlready: it is not shown (any more).
    """
    row = await session.get(Entry, entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not EntryState.SHOWN:
        raise CheckedAlready
    row.state, row.reason = EntryState.REFUSED, reason
    return row


async def counts(session: AsyncSession, contest_id: ContestId) -> dict[tuple[int, EntryState], int]:
    """How many there are, by category and state."""
    rows = await session.execute(
        select(Entry.category, Entry.state, func.count())
        .where(Entry.contest_id == contest_id)
        .group_by(Entry.category, Entry.state)
    )
    return {(category, state): count for category, state, count in rows}
