"""Which processes run the bot: each says every few seconds that it lives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, insert_into

LIVES_FOR = timedelta(seconds=35)
"""Longer than three beats: a process that has not been heard of since is gone."""


class Replica(Base):
    __tablename__ = "replicas"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    version: Mapped[str] = mapped_column(String(20))
    leads: Mapped[bool]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]


async def beat(
    session: AsyncSession, name: str, version: str, leads: bool, started_at: datetime, now: datetime
) -> None:
    """This process lives; those that have not been heard of for long are forgotten."""
    values = {"version": version, "leads": leads, "started_at": started_at, "seen_at": now}
    statement = insert_into(session, Replica).values(name=name, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    await session.execute(delete(Replica).where(Replica.seen_at < now - LIVES_FOR))


async def alive(session: AsyncSession, now: datetime) -> Sequence[Replica]:
    found = await session.scalars(select(Replica).where(Replica.seen_at >= now - LIVES_FOR).order_by(Replica.name))
    return found.all()


async def leave(session: AsyncSession, name: str) -> None:
    await session.execute(delete(Replica).where(Replica.name == name))
