"""What becomes of deliveries when the clock is put back."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries.queue import LEASE
from storage.deliveries.table import NOTICE, UNFINISHED, Delivery, State


async def clock_was_put_back(session: AsyncSession, now: datetime, by: timedelta) -> None:
    """Lets go now what the clock, while it was ahead by so much, put off: notices that were to go at once, and leases
    that would lapse that much too late. What is claimed counts too, since nothing that is queued behind it for the
    same person is due before it. A notice that was meant for later, within that time, goes early."""
    await session.execute(
        update(Delivery)
        .where(Delivery.state.in_(UNFINISHED), Delivery.priority == NOTICE)
        .where(Delivery.due > now, Delivery.due <= now + by)
        .values(due=now)
    )
    await session.execute(
        update(Delivery)
        .where(Delivery.state == State.CLAIMED, Delivery.claimed_until > now + LEASE)
        .values(claimed_until=now + LEASE)
    )
