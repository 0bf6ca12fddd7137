"""Who has confirmed that they read a broadcast."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.broadcasts.broadcasts import NotNow
from storage.broadcasts.ids import BroadcastId
from storage.database import Base, insert_into
from storage.deliveries.table import Delivery
from storage.telegram_ids import PersonId


class BroadcastRead(Base):
    __tablename__ = "broadcast_reads"

    broadcast_id: Mapped[BroadcastId] = mapped_column(BigInteger, ForeignKey("broadcasts.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


async def note_read(session: AsyncSession, broadcast_id: BroadcastId, person_id: PersonId, now: datetime) -> None:
    """Raises NotNow if this person never got it."""
    got = await session.scalar(
        select(Delivery.id).where(Delivery.broadcast_id == broadcast_id, Delivery.recipient == person_id)
    )
    if got is None:
        raise NotNow
    row = {"broadcast_id": broadcast_id, "person_id": person_id, "at": now}
    await session.execute(insert_into(session, BroadcastRead).values(row).on_conflict_do_nothing())


async def read_count(session: AsyncSession, broadcast_id: BroadcastId) -> int:
    """Counts who has confirmed that they read it."""
    counted = select(func.count()).select_from(BroadcastRead).where(BroadcastRead.broadcast_id == broadcast_id)
    return await session.scalar(counted) or 0


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(BroadcastRead).where(BroadcastRead.person_id == person_id))
    return [{"broadcast": row.broadcast_id, "at": row.at} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets what this person has read."""
    await session.execute(delete(BroadcastRead).where(BroadcastRead.person_id == person_id))
