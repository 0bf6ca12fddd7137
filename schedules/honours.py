"""Honours by the clock: places on trips are offered in turns, and whoever has not answered the survey is reminded."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.honours import situations, trips
from storage.honours.notices import SituationDue, TripOffered
from storage.people.access import Right

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step. At night nothing is offered: the time to answer would begin to run."""
    if context.settings.quiet_hours.until(now) is not None:
        return False
    for offer in await trips.advance(session, now):
        await queue.add(session, Addressed(offer.person_id, TripOffered(offer.trip_id), now))
    await situations.remind(session, now)
    year = await situations.next_is_due(session, now)
    if year is not None:
        able = await context.staff.who_may(session, Right.KEEP_HONOURS, now)
        await queue.add_all(session, [Addressed(one, SituationDue(year), now) for one in able])
    return False


async def _next_due(session: AsyncSession) -> datetime | None:
    moments = (await trips.next_due(session), await situations.next_due(session))
    return min((moment for moment in moments if moment is not None), default=None)


JOB = Job(WakeUp.HONOURS, EVERY, run, _next_due)
