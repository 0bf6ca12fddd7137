"""Lets people in again when the end of their block has come."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage import audit
from storage.audit import THE_CLOCK
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.people import blocks
from storage.people.audited import PeopleAction
from storage.people.notices import PersonLetIn

EVERY = timedelta(seconds=30)


async def run(session: AsyncSession, now: datetime, _context: ClockContext) -> bool:
    if not await blocks.any_lapsed(session, now):
        return False
    for person_id in await blocks.lapse(session, now):
        await audit.note(session, THE_CLOCK, PeopleAction.PERSON_LET_IN, now, subject=person_id, about="expired")
        await delivery_queue.add(session, Addressed(person_id, PersonLetIn(), now))
    return False


JOB = Job("blocks", EVERY, run)
