"""Counters by which one process tells the others that something it keeps in memory has changed."""

from __future__ import annotations

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into
from storage.engine.fast_statements import run


class Version(Base):
    __tablename__ = "versions"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


TABLES = frozenset({Version.__tablename__})
_ALL = select(Version.name, Version.value)


async def read_all(session: AsyncSession) -> dict[str, int]:
    """Returns by name how often each thing has changed."""
    return {row.name: row.value for row in await run(session, _ALL)}


async def raise_version(session: AsyncSession, name: str) -> None:
    """Tells all replicas that something has changed, once the transaction is committed."""
    statement = insert_into(session, Version).values(name=name, value=1)
    await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": Version.value + 1}))
