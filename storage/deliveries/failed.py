"""What could not be sent after all tries: it waits until an admin has seen it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.ids import DeliveryId
from storage.deliveries.table import Delivery, State

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
MOST_DIGITS = 16
"""Of a moment as a number, until the year 2286."""


def as_number(moment: datetime) -> int:
    """When somebody saw the list, as a button or a form takes it along: in microseconds since 1970."""
    return (moment - _BEGINNING) // timedelta(microseconds=1)


def from_number(number: int) -> datetime:
    """Raises OverflowError: it is none of `as_number`."""
    return _BEGINNING + timedelta(microseconds=number)


async def newest(session: AsyncSession, limit: int = 20) -> list[tuple[DeliveryId, str, str]]:
    """(id, kind, what Telegram said), newest first."""
    rows = await session.execute(
        select(Delivery.id, Delivery.kind, Delivery.trouble)
        .where(Delivery.state == State.FAILED)
        .order_by(Delivery.id.desc())
        .limit(limit)
    )
    return [(key, kind, trouble or "") for key, kind, trouble in rows]


async def try_again(session: AsyncSession, now: datetime, broadcast_id: BroadcastId | None = None) -> int:
    """Lets it wait again: what failed of one broadcast, or all that belongs to none. Returns how many."""
    result = await session.execute(
        update(Delivery)
        .where(_failed_of(broadcast_id))
        .values(state=State.WAITING, tries=0, due=now, done_at=None)
        .returning(Delivery.id)
    )
    return len(result.all())


async def discard(session: AsyncSession, now: datetime, broadcast_id: BroadcastId) -> int:
    """Gives up what failed of one broadcast; returns how many."""
    result = await session.execute(
        update(Delivery)
        .where(_failed_of(broadcast_id))
        .values(state=State.CANCELLED, done_at=now, params=None)
        .returning(Delivery.id)
    )
    return len(result.all())


async def discard_seen(session: AsyncSession, seen: datetime, now: datetime) -> int:
    """Gives up all that belongs to no broadcast and had failed by then, when somebody saw the list; returns how
    many."""
    result = await session.execute(
        update(Delivery)
        .where(_failed_of(None), Delivery.done_at <= seen)
        .values(state=State.CANCELLED, done_at=now, params=None)
        .returning(Delivery.id)
    )
    return len(result.all())


def _failed_of(broadcast_id: BroadcastId | None) -> ColumnElement[bool]:
    chosen = Delivery.broadcast_id == broadcast_id if broadcast_id is not None else Delivery.broadcast_id.is_(None)
    return (Delivery.state == State.FAILED) & chosen
