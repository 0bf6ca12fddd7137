"""Ballots by the clock: papers are laid down chunk by chunk, and the box is closed at its time."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.audit import THE_CLOCK
from storage.campaigns.ballots import ballots, closing, papers
from storage.campaigns.ballots.notices import BallotBox
from storage.campaigns.ballots.table import State
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.people.access import Right
from storage.telegram_ids import PersonId

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there may be more to do at once."""
    announced_at = context.settings.quiet_hours.until(now) or now
    laid = await papers.lay_down(session, now, announced_at)
    if laid is not None:
        if laid.state is State.NOT_OPENED:
            staff = await _staff(session, now, context)
            await queue.add_all(session, [Addressed(one, BallotBox(laid.id), announced_at) for one in staff])
        return True
    due = await closing.due(session, now)
    if due is None:
        return False
    await closing.close(session, due, THE_CLOCK, await _staff(session, now, context), now, announced_at)
    return True


async def _staff(session: AsyncSession, now: datetime, context: ClockContext) -> list[PersonId]:
    """Who runs ballots, and who observes them."""
    running = await context.staff.who_may(session, Right.RUN_CAMPAIGNS, now)
    return sorted({*running, *await context.staff.who_may(session, Right.OBSERVE_BALLOTS, now)})


JOB = Job(WakeUp.BALLOTS, EVERY, run, closing.next_due, ballots.TABLES)
