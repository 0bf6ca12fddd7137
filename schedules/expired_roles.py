"""Takes roles back when their end has come, and tells those who had them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage import audit
from storage.audit import THE_CLOCK
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.people import roles
from storage.people.access import Role
from storage.people.audited import PeopleAction
from storage.people.notices import RoleTaken

EVERY = timedelta(seconds=10)


async def run(session: AsyncSession, now: datetime, _context: ClockContext) -> bool:
    if not await roles.any_lapsed(session, now):
        return False
    for person_id, role in await roles.lapse(session, now):
        await audit.note(session, THE_CLOCK, PeopleAction.ROLE_TAKEN, now, subject=person_id, about=f"{role}: expired")
        await delivery_queue.add(session, Addressed(person_id, RoleTaken(Role(role)), now))
    return False


JOB = Job("roles", EVERY, run)
