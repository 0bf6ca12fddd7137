"""What is kept of activities for a while: sign-ups, and questions to organisers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import questions, sign_ups
from storage.privacy.retention import Retention


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    more = await sign_ups.forget(session, now, kept.sign_ups)
    return await questions.forget(session, now) or more
