"""Telling the admins something about the program and its data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.coordination import run_once
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.people.access import Right
from storage.people.staff import Staff


async def tell(session: AsyncSession, staff: Staff, notice: Notice, now: datetime) -> None:
    """Everybody who is an admin now gets the notice."""
    admins = await staff.who_may(session, Right.ADMINISTER, now)
    await delivery_queue.add_all(session, [Addressed(admin, notice, now) for admin in admins])


async def tell_once_a_day(session: AsyncSession, staff: Staff, notice: Notice, now: datetime) -> None:
    """The same, but nothing if they were told of this kind today, however often it happens."""
    if await run_once.is_first(session, f"{notice.kind}/{now:%Y-%m-%d}", now):
        await tell(session, staff, notice, now)
