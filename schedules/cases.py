"""Cases by the clock: late first answers, handlers who left, riders who can't be reached and who come back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.cases import escalation, reachability
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Notice

EVERY = timedelta(seconds=20)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    await _tell_late(session, now, context)
    await _tell_urgent(session, now, context)
    await _tell_of_orphans(session, now, context)
    await _tell_of_reachability(session, now)
    return False


async def _tell_late(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """Its handler, or those of the desk where nobody has it; then the coordinators; then the admins."""
    for late in await escalation.escalate_late(session, context.staff, context.settings, now):
        params = {
            "number": late.case.number,
            "desk": late.case.desk,
            "hours": int(late.waited.total_seconds() // 3_600),
            "opens": late.can_open,
        }
        await delivery_queue.add_all(session, [Notice(person, "case_late", params, now) for person in late.recipients])


async def _tell_urgent(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """Somebody may be in danger, and nobody has answered in time: everybody who could do something hears of it."""
    for late in await escalation.escalate_urgent(session, context.staff, context.settings.desks, now):
        params = {
            "number": late.case.number,
            "desk": late.case.desk,
            "minutes": int(late.waited.total_seconds() // 60),
        }
        notices = [
            Notice(person, "case_urgent_late", {**params, "opens": person in late.can_open}, now)
            for person in late.recipients
        ]
        await delivery_queue.add_all(session, notices)


async def _tell_of_orphans(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """The others of the desk hear that it waits again; its former handler, that they no longer write in it."""
    for orphan in await escalation.free_orphans(session, context.staff, context.settings.desks, now):
        if orphan.interrupted is not None:
            await delivery_queue.add(session, Notice(orphan.interrupted, "case_left", {}, now))
        params = {"number": orphan.case.number}
        await delivery_queue.add_all(session, [Notice(one, "case_orphaned", params, now) for one in orphan.recipients])


async def _tell_of_reachability(session: AsyncSession, now: datetime) -> None:
    """The handler hears that the rider blocked the bot, or is back."""
    for row in await reachability.follow_riders(session, now):
        if row.assigned_to is not None:
            kind = "case_away" if row.away else "case_back"
            params = {"number": row.number, "id": row.id}
            await delivery_queue.add(session, Notice(row.assigned_to, kind, params, now))


JOB = Job("cases", EVERY, run)
