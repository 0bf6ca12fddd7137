"""How many people came with cases of which kind and platform in which month: figures that point to nobody.

They are counted when a case is opened, apart from the case, so that they stay when it is erased. Each person is counted
once a month and desk; who reads the figures gets no cell below MIN_CELL_SIZE.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.dialects import insert_into
from storage.disclosure import MIN_CELL_SIZE, rounded, shown


class CaseCount(Base):
    __tablename__ = "case_counts"

    desk: Mapped[str] = mapped_column(String(15), primary_key=True)
    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    platform: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


class MonthFigures(NamedTuple):
    """Of one month ("2026-11"): the people who brought a case, by kind and by platform of their first one, the largest
    first, without those below MIN_CELL_SIZE."""

    month: str
    total: int
    kinds: Mapping[str, int]
    platforms: Mapping[str, int]


async def add(session: AsyncSession, desk: str, month: str, kind: str, platform: str) -> None:
    statement = insert_into(session, CaseCount).values(desk=desk, month=month, kind=kind, platform=platform, count=1)
    same = ["desk", "month", "kind", "platform"]
    await session.execute(statement.on_conflict_do_update(index_elements=same, set_={"count": CaseCount.count + 1}))


async def by_month(session: AsyncSession, desk: str, months: Sequence[str]) -> list[MonthFigures]:
    """Those of these months in which there were MIN_CELL_SIZE people or more."""
    rows = (
        await session.execute(
            select(CaseCount.month, CaseCount.kind, CaseCount.platform, CaseCount.count).where(
                CaseCount.desk == desk, CaseCount.month.in_(months)
            )
        )
    ).all()
    found = []
    for month in months:
        these = [(kind, platform, count) for when, kind, platform, count in rows if when == month]
        total = sum(count for _, _, count in these)
        if total >= MIN_CELL_SIZE:
            kinds = shown((kind, count) for kind, _, count in these)
            platforms = shown((platform, count) for _, platform, count in these)
            found.append(MonthFigures(month, rounded(total), kinds, platforms))
    return found
