"""What is kept of closed cases and of saved forms for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import allowances, drafts, erasure, queue
from storage.privacy.retention import Retention


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> None:
    """The personal part of a case goes; its number stays in the counts."""
    for case_id in await queue.to_forget(session, now, kept.closed_cases):
        await erasure.strip_case(session, case_id)
    await drafts.forget(session, now)
    await allowances.forget(session, now.date() - timedelta(days=1))
