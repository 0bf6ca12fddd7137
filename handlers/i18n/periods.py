"""What a period is called, and its stretches below a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from handlers.i18n.day_names import month_and_year, year
from handlers.i18n.translations import day_of_year, translator
from storage.statistics.periods import Period, PeriodUnit


def title(period: Period, language: str) -> str:
    """ "Week 48 (23 Nov – 29 Nov)", "November 2026", "2026"."""
    _ = translator(language)
    if period.unit is PeriodUnit.WEEK:
        last = period.after - timedelta(days=1)
        days = f"{day_of_year(period.first, language)} – {day_of_year(last, language)}"
        return _("Week {n} ({days})").format(n=period.first.isocalendar().week, days=days)
    if period.unit is PeriodUnit.MONTH:
        return month_and_year(period.first, language)
    return year(period.first, language)


def labels(period: Period, language: str) -> Sequence[str]:
    """For a chart of its stretches: all months or weekdays; of a month the first, the middle and the last day."""
    stretches = period.stretches
    if period.unit is PeriodUnit.YEAR:
        return [str(day.month) for day in stretches]
    if period.unit is PeriodUnit.WEEK:
        return [day_of_year(day, language) for day in stretches]
    return [str(day.day) for day in (stretches[0], stretches[len(stretches) // 2], stretches[-1])]
