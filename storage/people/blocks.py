"""Who is kept out for a while: floods, abuse. They still hear the hotline, and can still see and erase their data."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.coordination import change_counters
from storage.database import Base, vault_of
from storage.dialects import put
from storage.refusals import Repeated
from storage.telegram_ids import PersonId

VERSION = "blocks"
"""Raised with every change, so that every replica reads them again."""


class NotBlocked(Repeated):
    """They are not blocked (any more)."""


class Block(Base):
    __tablename__ = "blocks"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    reason: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    by: Mapped[PersonId]
    at: Mapped[datetime]


async def block(
    session: AsyncSession, person_id: PersonId, reason: str, by: PersonId, now: datetime, until: datetime | None
) -> None:
    """Keeps the person out until then (None: until it is lifted); a second block changes the first."""
    sealed = vault_of(session).seal(reason.encode(), "blocks.reason", person_id)
    await put(session, Block(person_id=person_id, until=until, reason=sealed, by=by, at=now))
    await change_counters.raise_version(session, VERSION)


async def lift(session: AsyncSession, person_id: PersonId) -> None:
    """Lets the person in again.

    Raises:
        NotBlocked: see the class.
    """
    gone = await session.execute(delete(Block).where(Block.person_id == person_id).returning(Block.person_id))
    if gone.first() is None:
        raise NotBlocked
    await change_counters.raise_version(session, VERSION)


async def lapse(session: AsyncSession, now: datetime) -> list[PersonId]:
    """Removes the blocks whose end has come; returns whose they were."""
    gone = await session.scalars(delete(Block).where(Block.until <= now).returning(Block.person_id))
    people = list(gone)
    if people:
        await change_counters.raise_version(session, VERSION)
    return people


async def any_lapsed(session: AsyncSession, now: datetime) -> bool:
    """Whether a block has come to its end; only reads."""
    return await session.scalar(select(Block.person_id).where(Block.until <= now).limit(1)) is not None


async def read_all(session: AsyncSession) -> dict[PersonId, datetime | None]:
    """Everybody who is kept out, and until when (it may have passed since the clock looked last)."""
    rows = await session.execute(select(Block.person_id, Block.until))
    return {row.person_id: row.until for row in rows}


async def newest(session: AsyncSession, limit: int = 20) -> list[tuple[Block, str]]:
    """The last ones with their reasons, newest first."""
    rows = await session.scalars(select(Block).order_by(Block.at.desc(), Block.person_id).limit(limit))
    return [(row, _reason(session, row)) for row in rows]


def _reason(session: AsyncSession, row: Block) -> str:
    return vault_of(session).open(row.reason, "blocks.reason", row.person_id).decode() if row.reason else ""


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    row = await session.get(Block, person_id)
    return [] if row is None else [{"until": row.until, "since": row.at, "reason": _reason(session, row)}]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """That they are kept out stays until its end, or it would be a way around it; why, is forgotten."""
    await session.execute(update(Block).where(Block.person_id == person_id).values(reason=None))
    await session.execute(update(Block).where(Block.by == person_id).values(by=0))
