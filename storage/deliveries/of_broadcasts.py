"""The deliveries of one broadcast: counted, and its messages changed once they have arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.deliveries.queue import insert_from
from storage.deliveries.table import Delivery, State

BROADCAST, CORRECTION, RECALL = "broadcast", "correct", "recall"
"""The kinds of deliveries that are no notices: a broadcast, a change of one that has arrived, and the deletion of a
message."""


async def counts(session: AsyncSession, broadcast_id: int) -> dict[State, int]:
    """How many recipients of a broadcast are in each state."""
    rows = await session.execute(
        select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id).group_by(Delivery.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 (a Row is no pair to mypy)


async def timeline(session: AsyncSession, broadcast_id: int, start: datetime, end: datetime, parts: int) -> list[int]:
    """How many of a broadcast arrived in each of `parts` equal stretches of [start, end]."""
    step = (end - start + timedelta(milliseconds=1)) / parts
    edges = [start + at * step for at in range(parts)]
    counted = [func.count().filter(Delivery.done_at >= edge, Delivery.done_at < edge + step) for edge in edges]
    row = await session.execute(
        select(*counted).where(Delivery.broadcast_id == broadcast_id, Delivery.state == State.SENT)
    )
    return [int(count) for count in row.one()]


async def correct(session: AsyncSession, broadcast_id: int, revision: int, since: datetime, now: datetime) -> int:
    """Queues a change of each message that arrived since then; returns how many."""
    return await insert_from(session, _arrived(broadcast_id, since), kind=CORRECTION, due=now, revision=revision)


async def recall(session: AsyncSession, broadcast_id: int, since: datetime, now: datetime) -> int:
    """Queues the deletion of each message that arrived since then; returns how many."""
    return await insert_from(session, _arrived(broadcast_id, since), kind=RECALL, due=now)


def _arrived(broadcast_id: int, since: datetime) -> Select[int, int, int | None, int | None]:
    return select(
        Delivery.recipient, Delivery.priority, Delivery.broadcast_id.label("about"), Delivery.message_id.label("target")
    ).where(
        Delivery.broadcast_id == broadcast_id,
        Delivery.state == State.SENT,
        Delivery.done_at > since,
        Delivery.message_id.is_not(None),
    )
