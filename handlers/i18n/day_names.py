"""Names of weekdays and months, and lists of them, as each language has them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from babel.dates import format_date

from handlers.i18n.translations import day_of_year, translator

_MONDAY = date(2024, 1, 1)


@lru_cache(maxsize=32)
def short_day(weekday: int, language: str) -> str:
    """周六, "Sat"; 0 is Monday."""
    return format_date(_MONDAY + timedelta(days=weekday), "EEE", locale=language)


@lru_cache(maxsize=32)
def narrow_day(weekday: int, language: str) -> str:
    """As a column of a calendar is headed: 六, "Sa"."""
    return format_date(
        _MONDAY + timedelta(days=weekday), "EEEEE" if language == "zh_Hans" else "EEEEEE", locale=language
    )


def month_day(month: int, day: int, language: str) -> str:
    """9月8日, "8 Sep"; of no year, so also 29 February."""
    return day_of_year(date(2024, month, day), language)


def month_name(month: int, language: str) -> str:
    """9月, "Sep"."""
    return format_date(date(2024, month, 1), "M月" if language == "zh_Hans" else "MMM", locale=language)


def month_and_year(month: date, language: str) -> str:
    """2026年11月, "November 2026"."""
    return format_date(month, "y年M月" if language == "zh_Hans" else "MMMM y", locale=language)


def month_of(month: date, today: date, language: str) -> str:
    """11月, "Nov"; with the year, if it is another one than today's. Short enough for one of three buttons in a row."""
    is_of_this_year = month.year == today.year
    if language == "zh_Hans":
        return format_date(month, "M月" if is_of_this_year else "y年M月", locale=language)
    return format_date(month, "MMM" if is_of_this_year else "MMM y", locale=language)


def year(day: date, language: str) -> str:
    """2026年, "2026"."""
    return format_date(day, "y年" if language == "zh_Hans" else "y", locale=language)


def days_words(days: Sequence[int], language: str) -> str:
    """Every day, 周一至周五, 周六、周日."""
    _ = translator(language)
    numbers = sorted(set(days))
    if len(numbers) == 7:
        return _("every day")
    is_run = len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1
    if is_run:
        return _("{first} to {last}").format(
            first=short_day(numbers[0], language), last=short_day(numbers[-1], language)
        )
    return _(", ").join(short_day(number, language) for number in numbers)
