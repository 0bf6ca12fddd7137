"""Weeks, months and years of the organisation's calendar, each with the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo


class PeriodUnit(StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day to the day after its last."""

    unit: PeriodUnit
    first: date
    after: date

    @classmethod
    def of(cls, unit: PeriodUnit, today: date, back: int) -> Period:
        """The one that holds today, or so many before it."""
        if unit is PeriodUnit.WEEK:
            first = today - timedelta(days=today.weekday() + 7 * back)
            return cls(unit, first, first + timedelta(days=7))
        if unit is PeriodUnit.MONTH:
            return cls(unit, _month(today, -back), _month(today, 1 - back))
        return cls(unit, date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1))

    @property
    def name(self) -> str:
        """As storage/statistics/searches.py names it: "2026-W48", "2026-11", "2026"."""
        if self.unit is PeriodUnit.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return f"{self.first:%Y-%m}" if self.unit is PeriodUnit.MONTH else f"{self.first:%Y}"

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period.of(self.unit, self.first - timedelta(days=1), 0)

    @property
    def year_before(self) -> Period:
        """The same week, month or year of last year; of a 53rd week, the last one that there was."""
        if self.unit is PeriodUnit.WEEK:
            year, week, _ = self.first.isocalendar()
            monday = date.fromisocalendar(year - 1, min(week, date(year - 1, 12, 28).isocalendar().week), 1)
            return Period.of(self.unit, monday, 0)
        return Period.of(self.unit, self.first.replace(year=self.first.year - 1), 0)

    def back_from(self, today: date) -> int:
        """How many periods before the one that holds today; negative for one to come."""
        now = Period.of(self.unit, today, 0).first
        if self.unit is PeriodUnit.WEEK:
            return (now - self.first).days // 7
        months = (now.year - self.first.year) * 12 + now.month - self.first.month
        return months if self.unit is PeriodUnit.MONTH else months // 12

    @property
    def weeks(self) -> Sequence[Period]:
        """Those that share a day with it."""
        monday = self.first - timedelta(days=self.first.weekday())
        return [
            Period.of(PeriodUnit.WEEK, monday + timedelta(days=days), 0)
            for days in range(0, (self.after - monday).days, 7)
        ]

    @property
    def stretches(self) -> Sequence[date]:
        """The first day of each of its stretches: its days, or of a year its months."""
        return self._bounds[:-1]

    def edges(self, zone: ZoneInfo) -> list[datetime]:
        """The moments that bound its stretches, in the zone: one more than there are stretches."""
        return [datetime.combine(day, time(), zone) for day in self._bounds]

    @property
    def _bounds(self) -> list[date]:
        if self.unit is PeriodUnit.YEAR:
            return [_month(self.first, at) for at in range(13)]
        return [self.first + timedelta(days=at) for at in range((self.after - self.first).days + 1)]


def _month(day: date, further: int) -> date:
    """The first of the month so many after the day's."""
    whole = day.year * 12 + day.month - 1 + further
    return date(whole // 12, whole % 12 + 1, 1)
