"""Unexpected errors: each kind once, with the id of its first and last time and how often it came. Nothing of what
somebody wrote is in it: only the error's type and the line of code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into

TOLD_AGAIN_AFTER = timedelta(hours=24)
"""An error that has not come for so long is told again when it comes."""
KEPT = timedelta(days=30)


class ErrorRow(Base):
    __tablename__ = "errors"

    fingerprint: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    place: Mapped[str] = mapped_column(String(120))
    error_id: Mapped[str] = mapped_column(String(8))
    first_at: Mapped[datetime]
    last_at: Mapped[datetime] = mapped_column(index=True)
    count: Mapped[int]


async def note(session: AsyncSession, fingerprint: str, kind: str, place: str, error_id: str, now: datetime) -> bool:
    """Counts the error; True if the admins have to hear of it: it is new, or was not seen for a day."""
    before = await session.scalar(select(ErrorRow.last_at).where(ErrorRow.fingerprint == fingerprint))
    is_new = before is None or now - before > TOLD_AGAIN_AFTER
    statement = insert_into(session, ErrorRow).values(
        fingerprint=fingerprint,
        kind=kind[:60],
        place=place[:120],
        error_id=error_id,
        first_at=now,
        last_at=now,
        count=1,
    )
    change = {
        "error_id": error_id,
        "last_at": now,
        "count": 1 if is_new else ErrorRow.count + 1,
        "first_at": now if is_new else ErrorRow.first_at,
    }
    # Of two replicas that meet it at the same moment, the one that finds a row of the other's does not tell.
    counted = await session.scalar(
        statement.on_conflict_do_update(index_elements=["fingerprint"], set_=change).returning(ErrorRow.count)
    )
    return is_new and counted == 1


async def newest(session: AsyncSession, limit: int = 10) -> Sequence[ErrorRow]:
    """The last kinds, newest first."""
    return (await session.scalars(select(ErrorRow).order_by(ErrorRow.last_at.desc()).limit(limit))).all()


async def count_since(session: AsyncSession, since: datetime) -> int:
    """How many kinds came since then."""
    return await session.scalar(select(func.count()).select_from(ErrorRow).where(ErrorRow.last_at >= since)) or 0


async def forget(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(ErrorRow).where(ErrorRow.last_at < now - KEPT))
