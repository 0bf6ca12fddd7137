"""Forgets what has had its time: each feature says what of it, and for how long it is kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.operations import log_files

EVERY = timedelta(minutes=5)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Some of what there is; True if there is more. Nothing is forgotten before all its figures are kept."""
    kept = context.settings.retention
    for forget in context.retention:
        if await forget(session, now, kept):
            return True
    if context.log_file is not None:
        log_files.forget(context.log_file, now, kept.logs)
    return False


JOB = Job("retention", EVERY, run)
