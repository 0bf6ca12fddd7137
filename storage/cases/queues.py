"""How many cases wait for the staff, how many are in doubt, and how much evidence waits to be fetched."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.files.evidence import Evidence
from storage.cases.table import Case, CaseState
from storage.operations.queues import Queue, measured


async def cases(session: AsyncSession, _now: datetime) -> Queue:
    """Measures the cases that wait for a handler's answer."""
    return await measured(session, Case.last_at, Case.state == CaseState.OURS)


async def at_levels(session: AsyncSession, _now: datetime) -> Queue:
    """Measures the cases that wait for a decision at their level."""
    return await measured(session, Case.level_since, (Case.level > 0) & (Case.state == CaseState.OURS))


async def in_doubt(session: AsyncSession, _now: datetime) -> Queue:
    """Measures the cases that something other than this program has changed."""
    return await measured(session, Case.last_at, Case.doubt_told.is_not(None))


async def evidence(session: AsyncSession, now: datetime) -> Queue:
    """Measures the files that are due to be fetched."""
    return await measured(session, Evidence.next_try, Evidence.next_try <= now)
