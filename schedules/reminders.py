"""Reminders by the clock: what has come due becomes deliveries; the next due time wakes it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.activities import reminders
from storage.coordination.wake_ups import WakeUp

EVERY = timedelta(seconds=30)
"""At the latest, for reminders that another process has added."""


async def run(session: AsyncSession, now: datetime, _context: ClockContext) -> bool:
    """Up to a thousand; True if there are more."""
    if not await reminders.are_due(session, now):
        return False
    return await reminders.claim_due(session, now) == reminders.BATCH


JOB = Job(WakeUp.REMINDERS, EVERY, run, reminders.next_due)
