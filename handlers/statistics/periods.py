"""Weeks, months and years of the organisation's calendar, each with the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from handlers.i18n.translations import day_of_year, translator


class Kind(StrEnum):
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """From its first day to the day after its last."""

    kind: Kind
    first: date
    after: date

    @classmethod
    def of(cls, kind: Kind, today: date, back: int) -> Period:
        """The one that holds today, or so many before it."""
        if kind is Kind.WEEK:
            first = today - timedelta(days=today.weekday() + 7 * back)
            return cls(kind, first, first + timedelta(days=7))
        if kind is Kind.MONTH:
            return cls(kind, _month(today, -back), _month(today, 1 - back))
        return cls(kind, date(today.year - back, 1, 1), date(today.year - back + 1, 1, 1))

    @property
    def name(self) -> str:
        """As storage/statistics/searches.py names it: "2026-W48", "2026-11", "2026"."""
        if self.kind is Kind.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year}-W{week:02d}"
        return f"{self.first:%Y-%m}" if self.kind is Kind.MONTH else f"{self.first:%Y}"

    @property
    def before(self) -> Period:
        return Period.of(self.kind, self.first - timedelta(days=1), 0)

    def title(self, language: str) -> str:
        """ "Week 48 (23 Nov – 29 Nov)", "November 2026" as 2026-11, "2026"."""
        _ = translator(language)
        if self.kind is Kind.WEEK:
            last = self.after - timedelta(days=1)
            days = f"{day_of_year(self.first, language)} – {day_of_year(last, language)}"
            return _("Week {n} ({days})").format(n=self.first.isocalendar().week, days=days)
        return self.name

    def edges(self, zone: ZoneInfo) -> list[datetime]:
        """The moments that bound its days (of a year: its months), in the zone."""
        return [datetime.combine(day, time(), zone) for day in self._days()]

    def _days(self) -> list[date]:
        if self.kind is Kind.YEAR:
            return [_month(self.first, at) for at in range(13)]
        return [self.first + timedelta(days=at) for at in range((self.after - self.first).days + 1)]

    def labels(self, language: str) -> Sequence[str]:
        """For a chart of its stretches: the first, some between, the last."""
        stretches = self._days()[:-1]
        if self.kind is Kind.YEAR:
            return [str(day.month) for day in stretches]
        if self.kind is Kind.WEEK:
            return [day_of_year(day, language) for day in stretches]
        return [str(day.day) for day in (stretches[0], stretches[len(stretches) // 2], stretches[-1])]


def _month(day: date, further: int) -> date:
    """The first of the month so many after the day's."""
    whole = day.year * 12 + day.month - 1 + further
    return date(whole // 12, whole % 12 + 1, 1)
