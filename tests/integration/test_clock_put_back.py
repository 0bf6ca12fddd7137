"""A clock was ahead and is right again: what was to go at once meanwhile does not wait for as long."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from bot.background.clock_watch import ClockWatch
from bot.observability.metrics import Metrics
from storage.database import Database
from storage.deliveries import ordering
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import LEASE, Addressed
from storage.deliveries.table import Delivery
from storage.membership.ids import MemberNumber
from storage.membership.notices import ApplicationApproved
from storage.people.staff import Staff
from storage.telegram_ids import PersonId
from tests.support.clock import Time
from tests.support.simulator import NOON

HOUR = timedelta(hours=1)


async def test_what_a_clock_that_was_ahead_put_off_goes_at_once(database: Database) -> None:
    """A notice, messages of a case, and what was claimed by a process that ended; but nothing that is for tomorrow."""
    moved, uptime, tomorrow = HOUR, Time(), NOON + timedelta(days=1)

    watch = ClockWatch(database, Staff(frozenset()), Metrics(), lambda: NOON + moved, uptime, lambda: None)
    async with database.writing() as session:
        await ordering.queue(session, PersonId(1), "case_message", 1, NOON + moved)
        assert len(await delivery_queue.claim(session, NOON + moved, 10)) == 1
        await ordering.queue(session, PersonId(2), "case_message", 2, NOON + moved)
        await ordering.queue(session, PersonId(2), "case_message", 3, NOON)
        for person, due in ((3, NOON + moved), (4, tomorrow)):
            await delivery_queue.add(session, Addressed(PersonId(person), ApplicationApproved(MemberNumber(1)), due))
    moved = timedelta(0)
    await watch.look()
    async with database.writing() as session:
        await ordering.queue(session, PersonId(1), "case_message", 4, NOON)
        assert await session.scalar(select(func.max(Delivery.due)).where(Delivery.ordered)) == NOON
        claimed = await delivery_queue.claim(session, NOON, 10)
        assert [one.recipient for one in claimed] == [2, 2, 3]
        lapsed = await delivery_queue.claim(session, NOON + LEASE, 10)
        assert 1 in [one.recipient for one in lapsed]
