"""Contests by the clock: coordinators are reminded of a date that has passed and hear of bursts of votes, and counted
votes are removed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from schedules.staff_notices import tell_staff
from storage.contests import bursts, contests, entries, votes
from storage.contests.bursts import Burst
from storage.contests.notices import ContestOverdue, VotesBurst
from storage.coordination.wake_ups import WakeUp
from storage.deliveries.notices import Notice
from storage.disclosure import rounded
from storage.people.access import Right

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there is more to do at once."""
    told: list[Notice] = [ContestOverdue(row.id) for row in await contests.overdue(session, now)]
    told += [await _words_of(session, burst) for burst in await bursts.next_ones(session, now)]
    await tell_staff(session, told, Right.RUN_CONTESTS, now, context)
    return await votes.forget_some(session)


async def _words_of(session: AsyncSession, burst: Burst) -> VotesBurst:
    title = await entries.title(session, burst.entry_id)
    return VotesBurst(
        burst.contest_id, title, burst.hour, rounded(burst.votes), rounded(burst.by_link), rounded(burst.by_new)
    )


async def _next_due(session: AsyncSession) -> datetime | None:
    moments = (await contests.next_overdue(session), await bursts.next_hour(session))
    return min((moment for moment in moments if moment is not None), default=None)


JOB = Job(WakeUp.CONTESTS, EVERY, run, _next_due, contests.TABLES | bursts.TABLES)
