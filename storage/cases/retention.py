"""What is kept of closed cases and of saved forms for a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import allowances, drafts, erasure, queue
from storage.privacy.retention import Retention

AT_ONCE = 10
"""Cases of which the personal part is removed in one transaction, with all that was said in them."""


async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
    """The personal part of a case goes; its number stays in the counts."""
    cases = await queue.to_forget(session, now, kept.closed_cases, AT_ONCE)
    for case_id in cases:
        await erasure.strip_case(session, case_id)
    await drafts.forget(session, now)
    await allowances.forget(session, now.date() - timedelta(days=1))
    return len(cases) == AT_ONCE
