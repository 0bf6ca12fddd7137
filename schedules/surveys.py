"""Surveys by the clock: the roll is laid down chunk by chunk, what is due is closed, and the roll is cleared away."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from schedules.staff_notices import tell_staff
from storage.campaigns.surveys import running, surveys
from storage.campaigns.surveys.notices import SurveyEnded
from storage.coordination.wake_ups import WakeUp
from storage.people.access import Right

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there may be more to do at once."""
    closed = await running.close_due(session, now)
    if closed is None:
        return await running.carry_on(session, now, context.settings.quiet_hours.until(now))
    await tell_staff(session, [SurveyEnded(closed.id)], Right.RUN_CAMPAIGNS, now, context)
    return True


JOB = Job(WakeUp.SURVEYS, EVERY, run, running.next_due, surveys.TABLES)
