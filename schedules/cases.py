"""Cases by the clock: late first answers, handlers who left, riders who can't be reached and who come back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage import deliveries
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import copies as case_copies
from storage.cases import queue as case_queue
from storage.cases.cases import Case
from storage.cases.desks import Desk
from storage.deliveries import Notice
from storage.hours import working_time
from storage.people.access import Role
from storage.people.people import PersonId
from storage.updates import user_state

EVERY = timedelta(seconds=20)
LEVELS = (Role.COUNSEL, Role.COORDINATOR, Role.ADMIN)
"""Who is told when the first answer is late, one after the other."""


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    for row in await case_queue.late(session, now):
        await _tell_late(session, row, now, context)
    for row in await case_queue.urgent_and_late(session, now):
        await _tell_urgent(session, row, now, context)
    await _free_orphans(session, now, context)
    await _follow_riders(session, now)
    return False


async def _tell_late(session: AsyncSession, row: Case, now: datetime, context: ClockContext) -> None:
    """Its handler, or those of the desk where nobody has it; then the coordinators; then the admins."""
    desk, level = context.settings.desks.get(row.desk), row.late_level
    row.late_level, row.late_at = level + 1, None
    if desk is None:
        return
    if level + 1 < len(desk.late):
        row.late_at = working_time.after(
            row.opened_at,
            desk.late[level + 1],
            context.settings.organisation.zone,
            context.settings.organisation.country,
            desk.working_days,
        )
    hours = int(desk.late[level].total_seconds() // 3_600)
    # Coordinators see no queue: they hear that somebody has to be asked.
    params = {"number": row.number, "desk": row.desk, "hours": hours, "opens": LEVELS[level] is not Role.COORDINATOR}
    recipients = await _recipients(session, row, desk, level, now, context)
    await deliveries.add_all(session, [Notice(one, "case_late", params, now) for one in recipients])


async def _recipients(
    session: AsyncSession, row: Case, desk: Desk, level: int, now: datetime, context: ClockContext
) -> list[int]:
    if level == 0 and row.assigned_to is not None:
        return [row.assigned_to]
    if level == 0:
        people_ = await context.staff.of_desk(session, desk, now)
    else:
        people_ = await context.staff.with_role(session, LEVELS[level], now)
    return await cases.who_may_see(session, row, people_)


async def _tell_urgent(session: AsyncSession, row: Case, now: datetime, context: ClockContext) -> None:
    """Somebody may be in danger, and nobody has answered in time: everybody who could do something hears of it."""
    row.urgent_told = True
    desk = context.settings.desks.get(row.desk)
    handlers = set(await context.staff.of_desk(session, desk, now)) if desk is not None else set()
    handlers |= {row.assigned_to} if row.assigned_to is not None else set()
    admins = set(await context.staff.with_role(session, Role.ADMIN, now))
    everybody = handlers | admins | set(await context.staff.with_role(session, Role.COORDINATOR, now))
    minutes = int((desk.urgent_within if desk is not None else timedelta()).total_seconds() // 60)
    told = [
        Notice(
            one,
            "case_urgent_late",
            {"number": row.number, "desk": row.desk, "minutes": minutes, "opens": one in handlers | admins},
            now,
        )
        for one in await cases.who_may_see(session, row, sorted(everybody))
    ]
    await deliveries.add_all(session, told)


async def _free_orphans(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """Whose handler is none any more, waits again; the others of the desk hear of it."""
    handlers = await context.staff.with_role(session, LEVELS[0], now)
    for row in await case_queue.without_handler_left(session, handlers):
        gone = row.assigned_to
        await cases.assign(session, row, None, now)
        if gone is not None and await case_contexts.leave(session, gone, row.id):
            await deliveries.add(session, Notice(gone, "case_left", {}, now))
        desk = context.settings.desks.get(row.desk)
        staff = await context.staff.of_desk(session, desk, now) if desk is not None else []
        told = await cases.who_may_see(session, row, staff)
        await deliveries.add_all(session, [Notice(one, "case_orphaned", {"number": row.number}, now) for one in told])


async def _follow_riders(session: AsyncSession, now: datetime) -> None:
    """A rider who blocked the bot: the handler hears of it. One who is back: gets what they missed."""
    for row in await case_queue.with_undelivered(session):
        if row.person_id is None:
            continue
        (standing,) = await user_state.standings(session, [PersonId(row.person_id)], now)
        if standing.reachable == (not row.away):
            continue
        row.away = not standing.reachable
        if standing.reachable:
            await case_copies.deliver_after_all(session, row.person_id, now)
        if row.assigned_to is not None:
            params = {"number": row.number, "id": row.id}
            await deliveries.add(
                session, Notice(row.assigned_to, "case_away" if row.away else "case_back", params, now)
            )


JOB = Job("cases", EVERY, run)
