"""Cases by the clock: late first answers, handlers who left, riders who can't be reached and who come back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.cases import escalation, queue, reachability
from storage.cases.notices import CaseLate, CaseLeft, CaseOrphaned, CaseUrgentLate, RiderAway, RiderBack
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed

EVERY = timedelta(seconds=20)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there is more to do at once."""
    more_urgent = await _tell_urgent(session, now, context)
    more_late = await _tell_late(session, now, context)
    await _tell_of_orphans(session, now, context)
    await _tell_of_reachability(session, now)
    return more_urgent or more_late


async def _tell_late(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Its handler, or those of the desk where nobody has it; then the coordinators; then the admins. True if there may
    be more of them."""
    rows = await queue.late(session, now)
    for late in await escalation.escalate_late(session, rows, context.staff, context.settings, now):
        hours = int(late.waited.total_seconds() // 3_600)
        notice = CaseLate(late.case.number, late.case.desk, hours, opens=late.can_open, level=late.case.level)
        await delivery_queue.add_all(session, [Addressed(person, notice, now) for person in late.recipients])
    return len(rows) == queue.AT_ONCE


async def _tell_urgent(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Somebody may be in danger, and nobody has answered in time: everybody who could do something hears of it. True if
    there may be more of them."""
    rows = await queue.urgent_and_late(session, now)
    for late in await escalation.escalate_urgent(session, rows, context.staff, context.settings.desks, now):
        number, desk, minutes = late.case.number, late.case.desk, int(late.waited.total_seconds() // 60)
        for person in late.recipients:
            notice = CaseUrgentLate(number, desk, minutes, opens=person in late.can_open)
            await delivery_queue.add(session, Addressed(person, notice, now))
    return len(rows) == queue.AT_ONCE


async def _tell_of_orphans(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """The others of the desk hear that it waits again; its former handler, that they no longer write in it."""
    for orphan in await escalation.free_orphans(session, context.staff, context.settings.desks, now):
        if orphan.interrupted is not None:
            await delivery_queue.add(session, Addressed(orphan.interrupted, CaseLeft(), now))
        notice = CaseOrphaned(orphan.case.number)
        await delivery_queue.add_all(session, [Addressed(person, notice, now) for person in orphan.recipients])


async def _tell_of_reachability(session: AsyncSession, now: datetime) -> None:
    """The handler hears that the rider blocked the bot, or is back."""
    for row in await reachability.follow_riders(session, now):
        if row.assigned_to is not None:
            notice = RiderAway(row.number, row.id) if row.rider_unreachable else RiderBack(row.number, row.id)
            await delivery_queue.add(session, Addressed(row.assigned_to, notice, now))


JOB = Job("cases", EVERY, run)
