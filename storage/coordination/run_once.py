"""What is done once on an occasion (a day's digest), however many processes see the time come."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import String, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into

KEPT = timedelta(days=60)


class Occasion(Base):
    __tablename__ = "occasions"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


async def is_first(session: AsyncSession, name: str, now: datetime) -> bool:
    """Notes the occasion in this transaction; False if it was noted before."""
    statement = insert_into(session, Occasion).values(name=name, at=now).on_conflict_do_nothing()
    return await session.scalar(statement.returning(Occasion.name)) is not None


async def was(session: AsyncSession, name: str) -> bool:
    """Whether it was noted; only reads."""
    return await session.get(Occasion, name) is not None


async def forget(session: AsyncSession, now: datetime) -> None:
    """Removes occasions that are older than KEPT."""
    await session.execute(delete(Occasion).where(Occasion.at < now - KEPT))
