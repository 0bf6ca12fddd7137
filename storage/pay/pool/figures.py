"""What the pool tells: marks of hourly pay by cell, and changes that are more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from storage.disclosure import rounded
from storage.pay.pool import counting
from storage.pay.pool.cells import By, Cell
from storage.pay.pool.classes import Tally, chance_of

QUARTERS_FROM = 10
"""With fewer people, a quarter mark would be what one of them told."""
SOUND_FROM = 30
"""People in each of two weeks that are compared."""
ERROR = 0.05
"""How probable it may be that any of the changes of a week that are shown is none."""
WEEKS_COMPARED = 4
"""The newest week is held against each of so many before it."""
_STEP = 10
"""Marks are shown to a tenth of the currency."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Hourly pay in hundredths; `people` is rounded. Without `lower` and `upper` there are too few for quarters."""

    people: int
    median: int
    lower: int | None = None
    upper: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """By which share the median of a cell has changed since a week."""

    cell: Cell
    since: date
    share: float


@dataclass(frozen=True, slots=True)
class PoolReport:
    """Of one week."""

    week: date
    marks: Mapping[Cell, Marks]
    changes: Sequence[Change]


async def report(session: AsyncSession, first: date, last: date) -> PoolReport | None:
    """Of the newest closed week whose Monday is between these days; None where there is none."""
    week = await counting.newest(session, last)
    if week is None or week < first:
        return None
    found = await counting.tallies(session, week - timedelta(weeks=WEEKS_COMPARED), week)
    now = found.pop(week)
    order = sorted(now, key=lambda cell: (list(By).index(cell.by), cell.name))
    return PoolReport(week, {cell: marks(now[cell]) for cell in order}, list(_changes(order, now, found)))


def marks(tally: Tally) -> Marks:
    people, median = rounded(tally.people), _shown(tally.mark(0.5))
    if tally.people < QUARTERS_FROM:
        return Marks(people, median)
    return Marks(people, median, _shown(tally.mark(0.25)), _shown(tally.mark(0.75)))


def _shown(pay: float) -> int:
    return round(pay / _STEP) * _STEP


def _changes(
    cells: Sequence[Cell], now: Mapping[Cell, Tally], earlier: Mapping[date, Mapping[Cell, Tally]]
) -> Iterator[Change]:
    """Of each cell, the change since the latest of the earlier weeks for which there is one."""
    error = ERROR / (WEEKS_COMPARED * len(cells))
    for cell in cells:
        for week in sorted(earlier, reverse=True):
            before = earlier[week].get(cell)
            if before is not None and (share := change(before, now[cell], error)) is not None:
                yield Change(cell, week, share)
                break


def change(before: Tally, now: Tally, error: float) -> float | None:
    """By which share the median has changed; None unless that is more than chance.

    `error` is ERROR divided by all the comparisons of a week (Bonferroni).
    """
    if min(before.people, now.people) < SOUND_FROM or chance_of(before, now) > error:
        return None
    return now.mark(0.5) / before.mark(0.5) - 1
