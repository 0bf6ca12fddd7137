"""The deliveries of one broadcast that are settled: how many are in which state, and when they were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.ids import BroadcastId
from storage.database import apart
from storage.deliveries.table import Delivery, State

BROADCAST = "broadcast"
"""The kind of these deliveries."""
SETTLED = tuple(state for state in State if state >= State.SENT)


def _within(state: State, after: datetime | None, until: datetime | None) -> ColumnElement[bool]:
    """In this state since a moment in (after, until]: a range of ix_deliveries_of_broadcast."""
    which = Delivery.state == state
    if after is not None:
        which &= Delivery.done_at > after
    return which if until is None else which & (Delivery.done_at <= until)


def _count(broadcast_id: BroadcastId, which: ColumnElement[bool]) -> ScalarSelect[int]:
    return (
        select(func.count()).select_from(Delivery).where(Delivery.broadcast_id == broadcast_id, which).scalar_subquery()
    )


async def counts(
    session: AsyncSession, broadcast_id: BroadcastId, after: datetime | None = None, until: datetime | None = None
) -> dict[State, int]:
    """How many were settled in (after, until], by state; with no bound, all of them."""
    # Grouping takes twice as long as these ranges of the index.
    columns = [_count(broadcast_id, _within(state, after, until)) for state in SETTLED]
    with apart(session):
        counted = (await session.execute(select(*columns))).one()
    return {state: count for state, count in zip(SETTLED, counted, strict=True) if count}


async def sent_within(
    session: AsyncSession, broadcast_id: BroadcastId, stretches: Sequence[tuple[datetime | None, datetime]]
) -> list[int]:
    """How many were sent in each of these stretches (after, until]."""
    columns = [_count(broadcast_id, _within(State.SENT, after, until)) for after, until in stretches]
    with apart(session):
        return list((await session.execute(select(*columns))).one()) if columns else []


async def sent_after(session: AsyncSession, broadcast_id: BroadcastId, moment: datetime) -> int:
    """How many have got it since then."""
    with apart(session):
        return await session.scalar(select(_count(broadcast_id, _within(State.SENT, moment, None)))) or 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What was settled until a moment, by state."""

    until: datetime
    counts: Mapping[State, int]
    is_last: bool


async def next_stretch(
    session: AsyncSession, broadcast_id: BroadcastId, after: datetime | None, until: datetime, limit: int
) -> Stretch:
    """Counts on from a moment, at most so many of each state, and those of the same moment as the last of them."""
    ends = [_end_of(broadcast_id, _within(state, after, until), limit) for state in SETTLED]
    with apart(session):
        found = [end for end in (await session.execute(select(*ends))).one() if end is not None]
    end = min(found, default=until)
    return Stretch(end, await counts(session, broadcast_id, after, end), is_last=not found)


def _end_of(broadcast_id: BroadcastId, which: ColumnElement[bool], limit: int) -> ScalarSelect[datetime | None]:
    """When the last of the next so many was settled; None if there are fewer."""
    return (
        select(Delivery.done_at)
        .where(Delivery.broadcast_id == broadcast_id, which)
        .order_by(Delivery.done_at)
        .offset(limit - 1)
        .limit(1)
        .scalar_subquery()
    )
