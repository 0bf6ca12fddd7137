"""What is kept of applications and former members for a while."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.membership import applications, memberships
from storage.privacy.retention import Retention


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    more = await applications.forget(session, now, kept.decided_applications)
    return await memberships.forget(session, now, kept.former_members) or more
