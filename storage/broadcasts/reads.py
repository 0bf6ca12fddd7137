"""Who has confirmed that they read a broadcast."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.broadcasts import tally_table
from storage.broadcasts.broadcasts import Broadcast, NotNow
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.panels import show_soon
from storage.broadcasts.tally_table import Tally
from storage.database import Base
from storage.deliveries.table import Delivery
from storage.dialects import insert_into
from storage.people import segments
from storage.telegram_ids import PersonId


class BroadcastRead(Base):
    __tablename__ = "broadcast_reads"
    __table_args__ = (Index("ix_broadcast_reads_at", "broadcast_id", "at"),)

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
    """Counts who has confirmed that they read it: those since the tally, and those that it has."""
    tally = await tally_table.find(session, broadcast_id)
    if tally is None:
        return await read_within(session, broadcast_id, None, None)
    return tally.read + await read_within(session, broadcast_id, tally.until, None)


async def read_within(
    session: AsyncSession, broadcast_id: BroadcastId, after: datetime | None, until: datetime | None
) -> int:
    """How many confirmed in (after, until]."""
    chosen = select(func.count()).select_from(BroadcastRead).where(BroadcastRead.broadcast_id == broadcast_id)
    if after is not None:
        chosen = chosen.where(BroadcastRead.at > after)
    if until is not None:
        chosen = chosen.where(BroadcastRead.at <= until)
    return await session.scalar(chosen) or 0


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(BroadcastRead).where(BroadcastRead.person_id == person_id))
    return [{"broadcast": row.broadcast_id, "at": row.at} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets what this person has read, and that the last page of somebody's broadcast ended with them."""
    await segments.forget_ends(session, person_id, Broadcast.frozen_to, Broadcast.changed_to)
    await _keep_from_being_counted(session, person_id)
    counted = select(BroadcastRead.broadcast_id).where(
        BroadcastRead.person_id == person_id,
        BroadcastRead.broadcast_id == Tally.broadcast_id,
        BroadcastRead.at <= Tally.until,
    )
    await session.execute(
        update(Tally).where(counted.exists()).values(read=Tally.read - 1).execution_options(synchronize_session=False)
    )
    await session.execute(delete(BroadcastRead).where(BroadcastRead.person_id == person_id))


async def _keep_from_being_counted(session: AsyncSession, person_id: PersonId) -> None:
    """Until this transaction ends the clock counts no broadcast that this person has read: it would not see that they
    are gone, and whoever erases not what it counts."""
    theirs = select(BroadcastRead.broadcast_id).where(BroadcastRead.person_id == person_id)
    held = select(Broadcast.id).where(Broadcast.id.in_(theirs)).order_by(Broadcast.id)
    await session.execute(held.with_for_update(read=True, key_share=True))
