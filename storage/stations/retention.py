"""What is kept of stations for a while: places of searches, reports, proposals, deleted stations."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.privacy.retention import Retention
from storage.stations import proposals, reports, searches, stations


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    await reports.forget(session, now, kept.reports)
    await stations.forget(session, now)
    has_more = await proposals.forget(session, now)
    return await searches.forget(session, now, kept.places) or has_more
