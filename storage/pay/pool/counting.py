"""The counters of the pool. Once a week the clock looks into the books of those who share, and counts each person once.

A week is counted when it has been over for a while; then it is closed: the counters of cells that may not be shown are
removed, and nobody adds to the others any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import String, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import StrEnumColumn
from storage.database import Base
from storage.dialects import insert_into
from storage.pay import entries, sums
from storage.pay.pool import members
from storage.pay.pool.cells import By, Cell, cells_of, has_enough, may_be_shown
from storage.pay.pool.classes import Tally, class_of, told
from storage.pay.pool.members import PoolMember
from storage.privacy.retention import Retention
from storage.telegram_ids import PersonId

LATE = timedelta(days=2)
"""So long after its end, a week can still be noted."""
KEPT = timedelta(weeks=156)
_BATCH = 20
"""Books that are read in one transaction."""
_WEEKS_BACK = 4
"""After the bot was down for longer, weeks are left out."""


class PoolCount(Base):
    __tablename__ = "pay_pool_counts"

    week: Mapped[date] = mapped_column(primary_key=True)
    """Its Monday."""
    by: Mapped[By] = mapped_column(StrEnumColumn(By, 10), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    pay_class: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    closed: Mapped[bool] = mapped_column(default=False)


@dataclass(frozen=True, slots=True)
class Offered:
    """What the config offers to choose from: nothing else becomes a cell."""

    platforms: Collection[str]
    districts: Collection[str]


_Key = tuple[date, By, str, int]


def last_over(today: date) -> date:
    """The Monday of the newest week that can be counted."""
    return sums.week_of(today - LATE) - timedelta(weeks=1)


async def carry_on(
    session: AsyncSession, today: date, offered: Offered, chance: Random, left_out: Collection[PersonId] = ()
) -> bool:
    """Counts some of the books; closes the weeks when all have been. True if there is more to count.

    The weeks of people who are left out pass by uncounted.
    """
    week = last_over(today)
    found = await members.some_to_look_at(session, week, _BATCH)
    added: Counter[_Key] = Counter()
    for row in found:
        if row.person_id not in left_out:
            added.update([key async for key in _told_by(session, row, week, offered, chance)])
        row.looked_to = week
    await _add(session, added)
    if len(found) < _BATCH:
        await _close(session, week)
        return False
    return True


async def _told_by(
    session: AsyncSession, row: PoolMember, last: date, offered: Offered, chance: Random
) -> AsyncIterator[_Key]:
    """What the book of a person tells: of each week one class, the same for all its cells."""
    district = members.content_of(session, row).district
    book = await entries.all_of(session, row.person_id)
    for week in _weeks(max(row.looked_to, last - timedelta(weeks=_WEEKS_BACK)), last):
        kept = [entry for entry in book if week <= entry.day < week + timedelta(weeks=1)]
        per_hour = sums.total(kept).per_hour
        if per_hour is None or not has_enough(kept):
            continue
        pay_class = told(class_of(per_hour), chance)
        for cell in cells_of(kept, district, offered.platforms, offered.districts):
            yield week, cell.by, cell.name, pay_class


def _weeks(after: date, last: date) -> Iterator[date]:
    while after < last:
        after += timedelta(weeks=1)
        yield after


async def _add(session: AsyncSession, added: Counter[_Key]) -> None:
    """In the order of the key, which tells nothing about the order of the people."""
    for (week, by, name, pay_class), count in sorted(added.items()):
        values = {"week": week, "by": by, "name": name, "pay_class": pay_class, "count": count, "closed": False}
        statement = insert_into(session, PoolCount).values(values)
        same = list(PoolCount.__table__.primary_key)
        await session.execute(
            statement.on_conflict_do_update(index_elements=same, set_={"count": PoolCount.count + count})
        )


async def _close(session: AsyncSession, last: date) -> None:
    open_ = select(PoolCount.week).where(PoolCount.closed.is_(False), PoolCount.week <= last).distinct()
    for week in list(await session.scalars(open_)):
        sums_ = select(PoolCount.by, PoolCount.name, func.sum(PoolCount.count)).where(PoolCount.week == week)
        rows = await session.execute(sums_.group_by(PoolCount.by, PoolCount.name))
        people = {Cell(by, name): int(count) for by, name, count in rows}
        for by, name in people.keys() - may_be_shown(people):
            of_cell = (PoolCount.week == week, PoolCount.by == by, PoolCount.name == name)
            await session.execute(delete(PoolCount).where(*of_cell))
        await session.execute(update(PoolCount).where(PoolCount.week == week).values(closed=True))


async def tallies(session: AsyncSession, first: date, last: date) -> dict[date, dict[Cell, Tally]]:
    """Of the closed weeks between these Mondays, both included, the cells that may be shown."""
    rows = await session.scalars(
        select(PoolCount).where(PoolCount.closed.is_(True), PoolCount.week >= first, PoolCount.week <= last)
    )
    counts: dict[date, dict[Cell, dict[int, int]]] = {}
    for row in rows:
        counts.setdefault(row.week, {}).setdefault(Cell(row.by, row.name), {})[row.pay_class] = row.count
    return {week: {cell: Tally(found) for cell, found in counts[week].items()} for week in sorted(counts)}


async def newest(session: AsyncSession, last: date) -> date | None:
    """The newest closed week up to this one."""
    return await session.scalar(
        select(func.max(PoolCount.week)).where(PoolCount.closed.is_(True), PoolCount.week <= last)
    )


async def forget_some(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    await session.execute(delete(PoolCount).where(PoolCount.week < (now - KEPT).date()))
    return False
