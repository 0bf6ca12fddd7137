"""Broadcasts as a list: what is still to be sent, what is being sent, what is over."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId

PAGE = 20
_MOST = 100
_MOVING = (BroadcastState.FREEZING, BroadcastState.RUNNING, BroadcastState.PAUSED)
_OVER = (BroadcastState.DONE, BroadcastState.CANCELLED)


async def to_come(session: AsyncSession) -> Sequence[Broadcast]:
    """Those that wait for approval, then those that wait for their time, the next first."""
    waiting = (BroadcastState.AWAITING, BroadcastState.SCHEDULED)
    rows = select(Broadcast).where(Broadcast.state.in_(waiting))
    return await _all(session, rows.order_by(Broadcast.state, Broadcast.starts_at, Broadcast.id).limit(_MOST))


async def moving(session: AsyncSession) -> Sequence[Broadcast]:
    """Those that are being sent, or are paused, the newest first."""
    rows = select(Broadcast).where(Broadcast.state.in_(_MOVING))
    return await _all(session, rows.order_by(Broadcast.id.desc()).limit(_MOST))


async def over(session: AsyncSession, before: BroadcastId | None = None) -> Sequence[Broadcast]:
    """A page of those that were sent or stopped, the newest first; a draft that was discarded is none. One row more
    than PAGE says that there are more."""
    rows = select(Broadcast).where(Broadcast.state.in_(_OVER), Broadcast.release.is_not(None))
    if before is not None:
        rows = rows.where(Broadcast.id < before)
    return await _all(session, rows.order_by(Broadcast.id.desc()).limit(PAGE + 1))


async def _all(session: AsyncSession, rows: Select[Broadcast]) -> Sequence[Broadcast]:
    return (await session.scalars(rows)).all()
