"""The one message by which each coordinator hears that applications wait, and that their questions were answered: it
rings at most every RINGS_EVERY, and in between it is edited. To an answer it rings at once, unless it has just rung to
another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.deliveries import corrections
from storage.deliveries import queue as delivery_queue
from storage.deliveries.ids import DeliveryId
from storage.deliveries.queue import Addressed
from storage.membership import reviews
from storage.membership.applications import Application, ApplicationState
from storage.membership.notices import Answered, ReviewsWait
from storage.telegram_ids import PersonId

RINGS_EVERY = timedelta(minutes=10)
_NAMED = 4


class Ring(Base):
    __tablename__ = "review_rings"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    delivery_id: Mapped[DeliveryId] = mapped_column(BigInteger)
    rung_at: Mapped[datetime]
    shown: Mapped[int]


TABLES = frozenset({Ring.__tablename__, Application.__tablename__})


class Waiting(NamedTuple):
    """How many applications of others wait, and since when the newest of them does."""

    total: int
    newest: datetime | None


async def waiting_for(session: AsyncSession, person_id: PersonId) -> Waiting:
    waits = Application.state == ApplicationState.WAITING
    newest = select(Application.waiting_since).where(waits, Application.person_id != person_id)
    newest = newest.order_by(Application.waiting_since.desc()).limit(1)
    return Waiting(await reviews.count_of_others(session, person_id), await session.scalar(newest))


async def state_of_all(session: AsyncSession) -> tuple[int, datetime | None]:
    """A cheap look by which the clock knows whether anything has changed."""
    counted = await session.execute(
        select(func.count(), func.max(Application.waiting_since)).where(Application.state == ApplicationState.WAITING)
    )
    count, newest = counted.one()
    return int(count), newest


async def are_shown(session: AsyncSession) -> bool:
    """Whether every ring shows the number that waits for its coordinator."""
    rows = (await session.scalars(select(Ring))).all()
    return all([row.shown == (await waiting_for(session, row.person_id)).total for row in rows])


async def ring(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """Brings this coordinator's message up to date: rings, edits, or does nothing."""
    waiting = await waiting_for(session, person_id)
    answered = await reviews.answered_to(session, person_id)
    notice = ReviewsWait(waiting.total, tuple(Answered(one.id, one.receipt) for one in answered[:_NAMED]))
    row = await session.get(Ring, person_id)
    is_new = waiting.newest is not None and (row is None or waiting.newest > row.rung_at)
    if is_new and (row is None or now - row.rung_at >= RINGS_EVERY or _rings_at_once(row, answered)):
        if row is not None:
            await _take_back(session, row, now)
            await session.delete(row)
            await session.flush()
        key = await delivery_queue.add(session, Addressed(person_id, notice, now))
        session.add(Ring(person_id=person_id, delivery_id=key, rung_at=now, shown=waiting.total))
    elif row is not None and row.shown != waiting.total and await _change(session, row, notice, now):
        row.shown = waiting.total


def _rings_at_once(row: Ring, answered: Sequence[Application]) -> bool:
    """Whether there is a new answer to this coordinator's question, and the last ring was not about another of them
    that still waits."""
    new = [one for one in answered if one.waiting_since > row.rung_at]
    told_lately = [one for one in answered if row.rung_at - RINGS_EVERY < one.waiting_since <= row.rung_at]
    return bool(new) and not told_lately


async def _take_back(session: AsyncSession, row: Ring, now: datetime) -> None:
    target = await delivery_queue.message_of(session, row.delivery_id)
    if target is not None:
        await corrections.recall(session, row.person_id, target, now)


async def _change(session: AsyncSession, row: Ring, notice: ReviewsWait, now: datetime) -> bool:
    """Queues an edit of the ring's message; False while it has not arrived."""
    target = await delivery_queue.message_of(session, row.delivery_id)
    if target is None:
        return False
    await delivery_queue.add(session, Addressed(row.person_id, notice, now, target=target))
    return True


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Ring).where(Ring.person_id == person_id))
