"""The hours of the days of one week, worked out: for rules that no sentence says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from opening_hours import State

from storage.hours.holidays import public_holidays
from storage.hours.hours_reading import next_change, parse
from storage.hours.parsed_hours import ParsedHours

_MOST_SPANS = 6
"""Of one day."""


@dataclass(frozen=True, slots=True)
class DayHours:
    """When it is open on that day: from and to, in minutes."""

    day: date
    spans: Sequence[tuple[int, int]]


@lru_cache(maxsize=512)
def week_of(expression: str, monday: date, zone: ZoneInfo, country: str) -> Sequence[DayHours]:
    """Monday to Sunday.

    Raises:
        BadHours: the expression can't be read, or the library gives up on it.
        TooDear: it is beyond the limits.
    """
    last = monday + timedelta(days=6)
    days: tuple[date, ...] = ()
    if "PH" in expression:
        days = sum((public_holidays(country, year) for year in dict.fromkeys((monday.year, last.year))), ())
    parsed = parse(expression, days, zone)
    return tuple(_day(parsed, monday + timedelta(days=at), zone) for at in range(7))


def _day(parsed: ParsedHours, day: date, zone: ZoneInfo) -> DayHours:
    at = datetime.combine(day, time(), zone)
    midnight = datetime.combine(day + timedelta(days=1), time(), zone)
    spans: list[tuple[int, int]] = []
    for _ in range(2 * _MOST_SPANS):
        change = min(next_change(parsed, at) or midnight, midnight)
        if parsed.now(at).state == State.OPEN:
            spans.append((_minutes(at, day), _minutes(change, day)))
        if change >= midnight:
            break
        at = change
    return DayHours(day, tuple(spans[:_MOST_SPANS]))


def _minutes(at: datetime, day: date) -> int:
    return 1_440 if at.date() > day else at.hour * 60 + at.minute
