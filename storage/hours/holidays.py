"""Public holidays of a country, as dates.

China's come from chinesecalendar, which keeps the State Council's yearly notice (bridge days included, 2 October 2026
for one). Years whose notice it does not have yet, and other countries, come from the package holidays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=64)
def public_holidays(country: str, year: int) -> tuple[date, ...]:
    """The days of `year` that are public holidays in `country` (ISO 3166 alpha-2), ascending; none if it is unknown."""
    if country.upper() == "CN":
        try:
            return tuple(_chinese(year))
        except NotImplementedError:
            pass
    import holidays

    try:
        return tuple(sorted(holidays.country_holidays(country.upper(), years=year)))
    except NotImplementedError:
        return ()


def _chinese(year: int) -> Iterator[date]:
    from chinese_calendar import get_holiday_detail

    day = date(year, 1, 1)
    while day.year == year:
        is_off, name = get_holiday_detail(day)
        if is_off and name:
            yield day
        day += timedelta(days=1)


def is_working_day(country: str, day: date) -> bool:
    """Monday to Friday but for public holidays; in China also the weekends that the yearly notice turns into working
    days."""
    if country.upper() == "CN":
        from chinese_calendar import is_workday

        try:
            return bool(is_workday(day))
        except NotImplementedError:
            pass
    return day.weekday() < 5 and day not in public_holidays(country, day.year)


def as_ranges(days: tuple[date, ...]) -> list[tuple[date, date]]:
    """Runs of neighbouring days as (first, last)."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
