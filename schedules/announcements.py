"""Announcements by the clock: who hears of one is written down chunk by chunk."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import announcements

EVERY = timedelta(seconds=10)


async def run(session: AsyncSession, now: datetime, _context: ClockContext) -> bool:
    """One step; True if there may be more to do at once."""
    return await announcements.carry_on(session, now)


JOB = Job(WakeUp.ANNOUNCEMENTS, EVERY, run, announcements.next_due, announcements.TABLES)
