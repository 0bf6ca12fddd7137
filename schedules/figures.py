"""Counts the searches that are in no figure yet, and drops what told people apart in periods that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.settings import Settings
from storage import search_figures

EVERY = timedelta(seconds=30)
BATCH = 2_000


async def run(session: AsyncSession, now: datetime, settings: Settings) -> bool:
    """True if more wait to be counted."""
    count = await search_figures.collect(session, settings.zone, settings.metres_to_nearest, BATCH)
    await search_figures.end_periods(session, now.astimezone(settings.zone).date())
    return count == BATCH
