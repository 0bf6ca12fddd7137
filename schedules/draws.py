"""Draws of activities: at its time the list of tickets is closed, and drawn from ten minutes later."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.activities import drawing
from storage.coordination.wake_ups import WakeUp

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step, for one activity; True if there may be more to do at once."""
    settings = context.settings
    if await drawing.close_next(session, now, settings.quiet_hours):
        return True
    return await drawing.draw_next(session, now, settings.quiet_hours, settings.lead_times)


JOB = Job(WakeUp.DRAWS, EVERY, run, drawing.next_due, drawing.TABLES)
