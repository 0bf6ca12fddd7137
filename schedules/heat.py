"""Weather by the clock: in the morning of a day of a rule, those who want to hear of it are told."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.heat import days

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Tells of today, once it is morning and no longer quiet."""
    settings = context.settings
    if settings.weather_areas and settings.quiet_hours.until(now) is None:
        await days.tell_due(session, settings.organisation.country, settings.organisation.zone, now)
    return False


JOB = Job("heat", EVERY, run)
