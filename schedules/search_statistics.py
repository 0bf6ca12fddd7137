"""Counts the searches that are in no figure yet, and drops what told people apart in periods that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.stations import searches as counted_searches
from storage.statistics import searches

EVERY = timedelta(seconds=1)
BATCH = 100
"""A turn takes up to 50 ms where every search is in a cell of its own, so this leaves nine tenths to the riders, and
counts 8.6 million a day."""


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    await searches.collect(session, context.settings.organisation.zone, context.metres_to_nearest, BATCH)
    await searches.end_periods(session, now.astimezone(context.settings.organisation.zone).date())
    return False


JOB = Job("figures", EVERY, run, tables=counted_searches.TABLES)
