"""Charts of the statistics as values: a page draws them, lists them as a table, and saves them as a file.

Like all figures they come from where what would point to one person is HIDDEN already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import NamedTuple

from markupsafe import Markup

from handlers.i18n.day_names import month_and_year, month_name
from handlers.i18n.translations import day_of_year
from storage.disclosure import HIDDEN, Average, Figure
from storage.statistics.periods import Period, PeriodUnit


class Location(NamedTuple):
    """A place in degrees, WGS-84."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Mark:
    """One figure of a chart, and the one that it is held against (None where there is none).

    `short` is its name below a column. It leads to a `period` or to a `location` on the map of stations.
    """

    name: str
    value: Average
    against: Average | None = None
    short: str = ""
    period: Period | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns in the order of time, or bars by name; `digits` of its figures are behind the point."""

    title: str
    marks: Sequence[Mark]
    is_over_time: bool = False
    digits: int = 0

    @property
    def is_compared(self) -> bool:
        return any(mark.against is not None for mark in self.marks)


@dataclass(frozen=True, slots=True)
class Told:
    """What a view tells: its charts, and lines in words."""

    charts: Sequence[Chart] = ()
    lines: Sequence[Markup] = ()


@dataclass(frozen=True, slots=True)
class Headline:
    """One of a feature's main figures of a period; `name` stands in addresses."""

    name: str
    title: str
    value: Average
    digits: int = 0


def by_stretch(title: str, period: Period, values: Sequence[Figure], against: Sequence[Figure], language: str) -> Chart:
    """A column for each day or month of a period, over that of another one. A month leads to its page, and a day of a
    month to its week's."""
    marks = []
    for day, value, before in zip_longest(period.stretches, values, against[: len(values)]):
        is_month = period.unit is PeriodUnit.YEAR
        name = month_and_year(day, language) if is_month else day_of_year(day, language)
        short = month_name(day.month, language) if is_month else str(day.day)
        marks.append(Mark(name, value, before, short, _within(period, day)))
    return Chart(title, marks, is_over_time=True)


def _within(period: Period, day: date) -> Period | None:
    if period.unit is PeriodUnit.YEAR:
        return Period.of(PeriodUnit.MONTH, day, 0)
    return Period.of(PeriodUnit.WEEK, day, 0) if period.unit is PeriodUnit.MONTH else None


def by_name(title: str, rows: Sequence[tuple[str, str, Average]], against: Mapping[str, Average]) -> Chart:
    """A bar for each (key, name, figure), in this order. What is missing from `against` was not shown then."""
    return Chart(title, [Mark(name, value, against.get(key, HIDDEN)) for key, name, value in rows])
