"""Who has confirmed that they read a broadcast."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.broadcasts.broadcasts import Broadcast, NotNow
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.panels import show_soon
from storage.database import Base
from storage.deliveries.table import Delivery
from storage.dialects import insert_into
from storage.people import segments
from storage.telegram_ids import PersonId


class BroadcastRead(Base):
    __tablename__ = "broadcast_reads"

    broadcast_id: Mapped[BroadcastId] = mapped_column(BigInteger, ForeignKey("broadcasts.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False, index=True)
    at: Mapped[datetime]


SHOWN_WITHIN = timedelta(seconds=3)
"""How soon the author sees a new confirmation, also after the end; more of them meanwhile are shown together."""


async def note_read(session: AsyncSession, broadcast_id: BroadcastId, person_id: PersonId, now: datetime) -> None:
    """Notes that this person confirms, and lets the author's panel show it. Raises NotNow if they never got it."""
    got = await session.scalar(
        select(Delivery.id).where(Delivery.broadcast_id == broadcast_id, Delivery.recipient == person_id)
    )
    if got is None:
        raise NotNow
    row = {"broadcast_id": broadcast_id, "person_id": person_id, "at": now}
    added = insert_into(session, BroadcastRead).values(row).on_conflict_do_nothing().returning(BroadcastRead.at)
    if await session.scalar(added) is not None:
        await show_soon(session, broadcast_id, now + SHOWN_WITHIN)


async def read_count(session: AsyncSession, broadcast_id: BroadcastId) -> int:
    """Counts who has confirmed that they read it."""
    counted = select(func.count()).select_from(BroadcastRead).where(BroadcastRead.broadcast_id == broadcast_id)
    return await session.scalar(counted) or 0


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(BroadcastRead).where(BroadcastRead.person_id == person_id))
    return [{"broadcast": row.broadcast_id, "at": row.at} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets what this person has read, and that the last page of somebody's broadcast ended with them."""
    await segments.forget_ends(session, person_id, Broadcast.frozen_to, Broadcast.changed_to)
    await session.execute(delete(BroadcastRead).where(BroadcastRead.person_id == person_id))
