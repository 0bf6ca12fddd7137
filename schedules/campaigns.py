"""Campaigns by the clock: coordinators are reminded when the date of a phase has passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from schedules.staff_notices import tell_staff
from storage.campaigns import campaigns
from storage.campaigns.notices import PhaseOverdue
from storage.coordination.wake_ups import WakeUp
from storage.people.access import Right

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there is more to do at once."""
    overdue = [PhaseOverdue(row.id) for row in await campaigns.overdue(session, now)]
    await tell_staff(session, overdue, Right.RUN_CAMPAIGNS, now, context)
    return False


JOB = Job(WakeUp.CAMPAIGNS, EVERY, run, campaigns.next_overdue, campaigns.TABLES)
