"""What is kept of stations for a while: places of searches, reports, deleted stations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.privacy.retention import Retention
from storage.stations import reports, searches, stations


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> None:
    await searches.forget(session, now, kept.places)
    await reports.forget(session, now, kept.reports)
    await stations.forget(session, now)
