"""Broadcasts by the clock: which is to start, what waits for the end of quiet hours, which is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.topics import Topic
from storage.deliveries.table import Delivery, State


async def keep_quiet(session: AsyncSession, until: datetime) -> None:
    """Quiet hours have begun: what is left of all but urgent broadcasts waits for their end."""
    disturbing = select(Broadcast.id).where(Broadcast.state == BroadcastState.RUNNING, Broadcast.topic != Topic.URGENT)
    await session.execute(
        update(Delivery)
        .where(Delivery.broadcast_id.in_(disturbing), Delivery.state == State.WAITING, Delivery.due < until)
        .values(due=until)
    )


async def due(session: AsyncSession, now: datetime) -> Broadcast | None:
    """The first broadcast that is to start now, or whose recipients are not all written down."""
    return await session.scalar(
        select(Broadcast)
        .where(Broadcast.state.in_((BroadcastState.SCHEDULED, BroadcastState.FREEZING)), Broadcast.starts_at <= now)
        .order_by(Broadcast.starts_at, Broadcast.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


async def next_start(session: AsyncSession) -> datetime | None:
    """When the next broadcast is to start."""
    return await session.scalar(
        select(func.min(Broadcast.starts_at)).where(Broadcast.state == BroadcastState.SCHEDULED)
    )


def set_aside(row: Broadcast, now: datetime) -> None:
    """Is not sent, since it is in doubt."""
    row.state, row.finished_at, row.panel_due = BroadcastState.CANCELLED, now, now


def start(row: Broadcast, now: datetime) -> None:
    """Begins to write down the recipients."""
    row.state = BroadcastState.FREEZING
    row.started_at = row.panel_due = now


async def hold_stragglers(session: AsyncSession) -> None:
    """What was in flight when its broadcast was paused or cancelled, and has to be tried again, is not."""
    for state, becomes in (
        (BroadcastState.PAUSED, State.HELD),
        (BroadcastState.CANCELLED, State.CANCELLED),
    ):
        stopped = select(Broadcast.id).where(Broadcast.state == state)
        await session.execute(
            update(Delivery)
            .where(Delivery.broadcast_id.in_(stopped), Delivery.state == State.WAITING)
            .values(state=becomes)
        )


async def finish_idle(session: AsyncSession, now: datetime) -> list[Broadcast]:
    """Closes running broadcasts of which nothing is waiting or in flight."""
    unfinished = select(Delivery.broadcast_id).where(Delivery.broadcast_id == Broadcast.id, Delivery.state < State.SENT)
    rows = await session.scalars(
        select(Broadcast).where(Broadcast.state == BroadcastState.RUNNING, ~unfinished.exists()).with_for_update()
    )
    finished = list(rows)
    for row in finished:
        row.state = BroadcastState.DONE
        row.finished_at = row.panel_due = now
    return finished
