"""The deliveries of one broadcast: how many are where, and when they arrived."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.database import apart
from storage.deliveries.table import Delivery, State

BROADCAST = "broadcast"
"""The kind of these deliveries."""


async def counts(session: AsyncSession, broadcast_id: BroadcastId) -> dict[State, int]:
    """How many recipients of a broadcast are in each state."""
    # Grouping takes twice as long as these ranges of the index.
    columns = [
        select(func.count())
        .select_from(Delivery)
        .where(Delivery.broadcast_id == broadcast_id, Delivery.state == state)
        .scalar_subquery()
        for state in State
    ]
    with apart(session):
        counted = (await session.execute(select(*columns))).one()
    return {state: count for state, count in zip(State, counted, strict=True) if count}


async def arrived(session: AsyncSession, broadcast_id: BroadcastId, since: datetime, began: datetime | None) -> int:
    """How many have got it since then, if it began at `began`."""
    chosen = (Delivery.broadcast_id == broadcast_id) & (Delivery.state == State.SENT)
    if began is None or began <= since:
        chosen &= Delivery.done_at > since  # else this holds of all, and the index alone has the number
    with apart(session):
        return await session.scalar(select(func.count()).select_from(Delivery).where(chosen)) or 0


async def timeline(
    session: AsyncSession, broadcast_id: BroadcastId, start: datetime, end: datetime, parts: int
) -> list[int]:
    """How many of a broadcast arrived in each of `parts` equal stretches of [start, end]."""
    step = (end - start + timedelta(milliseconds=1)) / parts
    edges = [start + at * step for at in range(1, parts + 1)]
    # A CASE ends at the first edge that holds: half the comparisons of a count with a filter for each part.
    part = case(*((Delivery.done_at < edge, at) for at, edge in enumerate(edges))).label("part")
    arrived = (Delivery.broadcast_id == broadcast_id) & (Delivery.state == State.SENT)
    chosen = select(part, func.count()).where(arrived, Delivery.done_at >= start).group_by("part")
    with apart(session):
        found: dict[int, int] = {at: count for at, count in await session.execute(chosen)}  # noqa: C416 (see above)
    return [found.get(at, 0) for at in range(parts)]
