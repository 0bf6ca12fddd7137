"""Who may do what only one process does: a named lease that lapses when its holder does not renew it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete, or_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, insert_into

LASTS = timedelta(seconds=8)
RENEWED_EVERY = timedelta(seconds=2)
"""A holder that dies is replaced after at most LASTS + RENEWED_EVERY = 10 s."""


class Lease(Base):
    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    holder: Mapped[str] = mapped_column(String(40))
    until: Mapped[datetime]


async def take(session: AsyncSession, name: str, holder: str, now: datetime) -> bool:
    """Takes or renews the lease; False while another holds it."""
    statement = insert_into(session, Lease).values(name=name, holder=holder, until=now + LASTS)
    taken = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["name"],
            set_={"holder": holder, "until": now + LASTS},
            where=or_(Lease.holder == holder, Lease.until <= now),
        ).returning(Lease.holder)
    )
    return taken.scalar() == holder


async def give_back(session: AsyncSession, holder: str) -> None:
    """Whoever leaves in order does not let the others wait."""
    await session.execute(delete(Lease).where(Lease.holder == holder))
