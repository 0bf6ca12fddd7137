"""Broadcasts by the clock: which is to start, what waits for the end of quiet hours, which is over."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import (
    AT_ONCE,
    IN_KEEPING,
    PRIORITY,
    Broadcast,
    BroadcastState,
    bring_into_keeping,
)
from storage.broadcasts.panels import show_soon
from storage.broadcasts.reads import SHOWN_WITHIN
from storage.deliveries.table import Delivery, State
from storage.people.topics import Topic


async def keep_quiet(session: AsyncSession, until: datetime) -> bool:
    """Quiet hours have begun: some of what is left of all but urgent broadcasts waits for their end, what would be sent
    first before all else. True if there may be more."""
    disturbing = select(Broadcast.id).where(Broadcast.state == BroadcastState.RUNNING, Broadcast.topic != Topic.URGENT)
    some = (
        select(Delivery.id)
        .where(Delivery.state == State.WAITING, Delivery.priority == PRIORITY, Delivery.due < until)
        .where(Delivery.broadcast_id.in_(disturbing))
        .order_by(Delivery.due, Delivery.id)
        .limit(AT_ONCE)
    )
    put_off = await session.execute(
        update(Delivery)
        .where(Delivery.id.in_(some))
        .values(due=until)
        .returning(Delivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(put_off.all()) == AT_ONCE


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


async def hold_stragglers(session: AsyncSession, now: datetime) -> bool:
    """Some of what is not in keeping with the state of its broadcast any more: what was too much for one transaction,
    and what was in flight when that was paused or stopped, and has to be tried again. True if there may be more."""
    chosen = or_(
        *(
            (Broadcast.state == state) & _has_any(before)
            for state, changes in IN_KEEPING.items()
            for before, _ in changes
        )
    )
    more = False
    for broadcast_id, state in (await session.execute(select(Broadcast.id, Broadcast.state).where(chosen))).all():
        more |= await bring_into_keeping(session, broadcast_id, state, now)
        await show_soon(session, broadcast_id, now + SHOWN_WITHIN)
    return more


def _has_any(state: State) -> ColumnElement[bool]:
    return _first_in(state, state).is_not(None)


def _first_in(first: State, last: State) -> ScalarSelect[State]:
    """The first of the states from `first` to `last` in which a broadcast has a delivery. Asked for the first of an
    order, PostgreSQL takes the index; asked whether there is any, it expects many and looks at every delivery for one.
    """
    theirs = select(Delivery.state).where(Delivery.broadcast_id == Broadcast.id, Delivery.state.between(first, last))
    return theirs.order_by(Delivery.state).limit(1).correlate(Broadcast).scalar_subquery()


async def finish_idle(session: AsyncSession, now: datetime) -> list[Broadcast]:
    """Closes running broadcasts of which nothing is waiting or in flight."""
    unfinished = _first_in(State.WAITING, State.HELD)
    rows = await session.scalars(
        select(Broadcast).where(Broadcast.state == BroadcastState.RUNNING, unfinished.is_(None)).with_for_update()
    )
    finished = list(rows)
    for row in finished:
        row.state = BroadcastState.DONE
        row.finished_at = row.panel_due = now
    return finished
