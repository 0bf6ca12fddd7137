"""Numbers that are given once and never again, in order, also by several processes."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into


class Counter(Base):
    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int]


async def next_number(session: AsyncSession, name: str) -> int:
    """From 1 on. Others wait until this transaction ends, so a number is given back if it fails."""
    statement = insert_into(session, Counter).values(name=name, value=1)
    counted = statement.on_conflict_do_update(index_elements=["name"], set_={"value": Counter.value + 1})
    found = await session.scalar(counted.returning(Counter.value), execution_options={"populate_existing": True})
    return int(found or 0)
