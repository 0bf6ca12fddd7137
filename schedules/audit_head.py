"""Tells the admins once a day how the audit log ends: in their chats it can't be changed together with the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage import audit
from storage.coordination import run_once
from storage.operations import admins
from storage.operations.notices import AuditLogEnds

EVERY = timedelta(minutes=10)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """From the hour of the digest on, if there is anything new."""
    local = now.astimezone(context.settings.organisation.zone)
    head = await audit.head(session)
    if head is None or not head.rows or local.time() < context.settings.digest_at:
        return False
    if await run_once.was(session, f"audit head {head.rows}") or await run_once.was(session, _today(local)):
        return False
    if await run_once.is_first(session, _today(local), now):
        await run_once.is_first(session, f"audit head {head.rows}", now)
        await admins.tell(session, context.staff, AuditLogEnds(head.rows, head.shown), now)
    return False


def _today(local: datetime) -> str:
    return f"audit head {local:%Y-%m-%d}"


JOB = Job("audit_head", EVERY, run)
