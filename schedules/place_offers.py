"""Offers of places that were given back: who does not take one in time leaves it to the next in the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage import deliveries
from storage.activities import offers, waiting_list
from storage.deliveries import Notice

EVERY = timedelta(seconds=30)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    next_lapse = await waiting_list.next_lapse(session)
    if next_lapse is None or next_lapse > now:
        return False
    ended = await waiting_list.lapsed(session, now)
    for activity_id, person_id in ended:
        await deliveries.add(session, Notice(person_id, "place_lapsed", {"id": activity_id}, now))
    for activity_id in sorted({activity_id for activity_id, _ in ended}):
        await offers.offer_free_places(session, activity_id, now, context.settings.quiet_hours)
    return bool(ended)


async def next_due(session: AsyncSession) -> datetime | None:
    return await waiting_list.next_lapse(session)


JOB = Job("offers", EVERY, run, next_due)
