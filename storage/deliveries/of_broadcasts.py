"""The deliveries of one broadcast: how many are where, and when they arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.deliveries.table import Delivery, State

BROADCAST = "broadcast"
"""The kind of these deliveries."""


async def counts(session: AsyncSession, broadcast_id: BroadcastId) -> dict[State, int]:
    """How many recipients of a broadcast are in each state."""
    rows = await session.execute(
        select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id).group_by(Delivery.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 (a Row is no pair to mypy)


async def timeline(
    session: AsyncSession, broadcast_id: BroadcastId, start: datetime, end: datetime, parts: int
) -> list[int]:
    """How many of a broadcast arrived in each of `parts` equal stretches of [start, end]."""
    step = (end - start + timedelta(milliseconds=1)) / parts
    edges = [start + at * step for at in range(parts)]
    counted = [func.count().filter(Delivery.done_at >= edge, Delivery.done_at < edge + step) for edge in edges]
    row = await session.execute(
        select(*counted).where(Delivery.broadcast_id == broadcast_id, Delivery.state == State.SENT)
    )
    return [int(count) for count in row.one()]
