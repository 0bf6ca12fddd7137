"""Forgets what has had its time: places, reports, unfinished forms, marks of updates."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage import deliveries, dialogues, reports, searches, updates

EVERY = timedelta(minutes=5)


async def run(session: AsyncSession, now: datetime) -> bool:
    for forget in (searches.forget, reports.forget, dialogues.forget, updates.forget, deliveries.forget):
        await forget(session, now)
    return False
