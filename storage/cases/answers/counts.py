"""How many times riders said that a page helped, or that it did not: counters by week, month and year, and nothing of
who said so. Each person counts once a month for a page, by a keyed digest that goes with the month
(storage/cases/allowances): else one of them could make up a figure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.cases import allowances
from storage.database import Base
from storage.dialects import insert_into
from storage.disclosure import HIDDEN, Figure, figure
from storage.statistics.periods import Period, PeriodUnit
from storage.telegram_ids import PersonId

PageKey = tuple[str, str]
"""A desk and a kind of it."""


class AnswerCount(Base):
    __tablename__ = "answer_counts"

    desk: Mapped[str] = mapped_column(String(15), primary_key=True)
    kind: Mapped[str] = mapped_column(String(15), primary_key=True)
    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    """As storage/statistics/periods names it."""
    helped: Mapped[bool] = mapped_column(primary_key=True)
    count: Mapped[int]


class Helped(NamedTuple):
    """As they are shown."""

    yes: Figure = HIDDEN
    no: Figure = HIDDEN

    @property
    def is_shown(self) -> bool:
        return self.yes is not HIDDEN or self.no is not HIDDEN


async def add(session: AsyncSession, person_id: PersonId, page: PageKey, today: date, *, helped: bool) -> None:
    """One more, in the week, the month and the year of this day, unless this person has been counted this month."""
    desk, kind = page
    if not await allowances.is_first_of_month(session, person_id, f"{desk}/{kind} helped", today):
        return
    rows = [
        {"desk": desk, "kind": kind, "period": Period.of(unit, today, 0).name, "helped": helped, "count": 1}
        for unit in PeriodUnit
    ]
    statement = insert_into(session, AnswerCount).values(rows)
    same = ["desk", "kind", "period", "helped"]
    await session.execute(statement.on_conflict_do_update(index_elements=same, set_={"count": AnswerCount.count + 1}))


async def of(session: AsyncSession, period: Period) -> Mapping[PageKey, Helped]:
    """By page, those of which there is something to show."""
    rows = await session.execute(
        select(AnswerCount.desk, AnswerCount.kind, AnswerCount.helped, AnswerCount.count).where(
            AnswerCount.period == period.name
        )
    )
    found: dict[PageKey, Helped] = {}
    for desk, kind, helped, count in rows:
        before = found.get((desk, kind), Helped())
        found[desk, kind] = before._replace(**{"yes" if helped else "no": figure(count)})
    return {page: helped for page, helped in found.items() if helped.is_shown}
