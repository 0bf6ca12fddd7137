"""When the message that shows the progress of a broadcast is to be edited."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId


async def show_soon(session: AsyncSession, broadcast_id: BroadcastId, due: datetime) -> None:
    """Lets the progress message be edited then, unless it is going to be anyway."""
    await session.execute(
        update(Broadcast)
        .where(Broadcast.id == broadcast_id, Broadcast.panel.is_not(None), Broadcast.panel_due.is_(None))
        .values(panel_due=due)
    )


def _panel_is_due(now: datetime) -> ColumnElement[bool]:
    return Broadcast.panel.is_not(None) & (Broadcast.panel_due <= now)


async def next_panel(session: AsyncSession) -> datetime | None:
    """When the progress of a broadcast is to be shown again; only reads."""
    return await session.scalar(select(func.min(Broadcast.panel_due)).where(Broadcast.panel.is_not(None)))


async def with_panel_due(session: AsyncSession, now: datetime, every: timedelta) -> list[Broadcast]:
    """Broadcasts whose progress message is to be edited now: running ones again after `every`, all others when
    something happens to them."""
    found = list(await session.scalars(select(Broadcast).where(_panel_is_due(now)).with_for_update(skip_locked=True)))
    for row in found:
        is_moving = row.state in (BroadcastState.FREEZING, BroadcastState.RUNNING)
        row.panel_due = now + every if is_moving else None
    return found
