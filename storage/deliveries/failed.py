"""What could not be sent after all tries: it waits until an admin has seen it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.ids import DeliveryId
from storage.deliveries.table import Delivery, State


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
        .values(state=State.WAITING, tries=0, due=now)
        .returning(Delivery.id)
    )
    return len(result.all())


async def discard(session: AsyncSession, now: datetime, broadcast_id: BroadcastId | None = None) -> int:
    """Gives up what failed of one broadcast, or all that belongs to none; returns how many."""
    result = await session.execute(
        update(Delivery)
        .where(_failed_of(broadcast_id))
        .values(state=State.CANCELLED, done_at=now)
        .returning(Delivery.id)
    )
    return len(result.all())


def _failed_of(broadcast_id: BroadcastId | None) -> ColumnElement[bool]:
    chosen = Delivery.broadcast_id == broadcast_id if broadcast_id is not None else Delivery.broadcast_id.is_(None)
    return (Delivery.state == State.FAILED) & chosen
