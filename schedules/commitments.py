"""Commitments by the clock: riders are asked whether they are kept, and the roll of whoever was asked goes."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.campaigns.commitments import askings, planning
from storage.coordination.wake_ups import WakeUp

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there may be more to do at once."""
    return await askings.carry_on(session, now, context.settings.quiet_hours.until(now) or now)


JOB = Job(WakeUp.COMMITMENTS, EVERY, run, planning.next_due, planning.TABLES)
