"""Offers of places that were given back: who does not take one in time leaves it to the next in the queue."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.activities import waiting_list
from storage.coordination.wake_ups import WakeUp

EVERY = timedelta(seconds=30)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    return await waiting_list.end_lapsed_offers(session, now, context.settings.quiet_hours)


JOB = Job(WakeUp.OFFERS, EVERY, run, waiting_list.next_lapse)
