"""Queues: how long each is and since when its first has been due, for the people who watch over the bot.

Each feature measures its own (`Feature.queues`); here are the ways to measure, and the queues that are no feature's.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries.table import Delivery, State
from storage.updates.updates import DoneUpdate

MOST_COUNTED = 100_000
"""A longer queue is shown as so long: counting millions every few seconds would delay the sender."""


@dataclass(frozen=True, slots=True)
class Queue:
    waiting: int
    since: datetime | None

    def age(self, now: datetime) -> float:
        """Seconds for which the first has been due; 0 if nothing is."""
        return max(0.0, (now - self.since).total_seconds()) if self.since is not None else 0.0


Measure = Callable[[AsyncSession, datetime], Awaitable[Queue]]
"""(session, now) -> the queue as it is now."""


async def measured(session: AsyncSession, since: Any, waits: Any) -> Queue:
    """The rows for which the condition `waits` holds, the first by the column `since`."""
    some = select(since).where(waits).limit(MOST_COUNTED).subquery()
    count = await session.scalar(select(func.count()).select_from(some))
    first = await session.scalar(select(since).where(waits).order_by(since).limit(1)) if count else None
    return Queue(count or 0, first)


def due_deliveries(priority: int) -> Measure:
    """Deliveries of this priority that are due."""

    async def measure(session: AsyncSession, now: datetime) -> Queue:
        due = (Delivery.state == State.WAITING) & (Delivery.due <= now) & (Delivery.priority == priority)
        return await measured(session, Delivery.due, due)

    return measure


async def failed_deliveries(session: AsyncSession, _now: datetime) -> Queue:
    """Deliveries that failed for good and wait for an admin."""
    return await measured(session, Delivery.due, Delivery.state == State.FAILED)


async def unsent_answers(session: AsyncSession, now: datetime) -> Queue:
    """Answers that could not be sent yet."""
    waits = DoneUpdate.answers.is_not(None) & (DoneUpdate.due <= now)
    return await measured(session, DoneUpdate.due, waits)
