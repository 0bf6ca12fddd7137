"""What the cases of a desk have in common, as charts: people by month, and of a month by kind and platform.

They are for whoever opens the same figures in the chat (handlers/cases/statistics.py), desk by desk.
"""

from __future__ import annotations

from datetime import date

from handlers.cases.desk_access import desks_of
from handlers.cases.inputs import NO_PLATFORM
from handlers.chat.charts import Chart, Mark, by_name
from handlers.chat.talk import Talk
from handlers.i18n.day_names import month_and_year, month_name
from handlers.i18n.translations import Translate
from storage.cases import statistics as case_statistics
from storage.cases.desks import Desk, in_language
from storage.cases.statistics import MonthFigures
from storage.disclosure import HIDDEN
from storage.people.access import Right
from storage.statistics.periods import Period, PeriodUnit


async def charts(talk: Talk, period: Period, other: Period) -> list[Chart]:
    """Of a year by month, else of the month in which the period begins by kind and platform."""
    if not talk.person.may(Right.SEE_CASES):
        return []
    found: list[Chart] = []
    for key, desk in desks_of(talk).items():
        if period.unit is PeriodUnit.YEAR:
            found += await _by_month(talk, key, desk, period, other)
        else:
            found += await _of_month(talk, key, desk, period, other)
    return found


async def _by_month(talk: Talk, key: str, desk: Desk, period: Period, other: Period) -> list[Chart]:
    now = {one.month[-2:]: one.total for one in await _found(talk, key, period)}
    then = {one.month[-2:]: one.total for one in await _found(talk, key, other)}
    if not now:
        return []
    marks = [
        Mark(
            month_and_year(day, talk.language),
            now.get(f"{day:%m}", HIDDEN),
            then.get(f"{day:%m}", HIDDEN),
            month_name(day.month, talk.language),
            Period.of(PeriodUnit.MONTH, day, 0),
        )
        for day in period.stretches
    ]
    title = talk._("{desk}: people with cases, by month").format(desk=in_language(desk.title, talk.language))
    return [Chart(title, marks, is_over_time=True)]


async def _of_month(talk: Talk, key: str, desk: Desk, period: Period, other: Period) -> list[Chart]:
    now = next(iter(await _found(talk, key, period)), None)
    then = next(iter(await _found(talk, key, other)), None)
    if now is None:
        return []
    words = {"desk": in_language(desk.title, talk.language), "month": month_of(now, talk.language)}
    found = []
    kinds = [(kind, kind_name(desk, kind, talk.language), n) for kind, n in now.kinds.items()]
    if kinds:
        title = talk._("{desk}, {month}: people with cases, by kind").format(**words)
        found.append(by_name(title, kinds, then.kinds if then else {}))
    platforms = [(name, platform_name(talk._, name), n) for name, n in now.platforms.items()]
    if platforms:
        title = talk._("{desk}, {month}: people with cases, by platform").format(**words)
        found.append(by_name(title, platforms, then.platforms if then else {}))
    return found


async def _found(talk: Talk, key: str, period: Period) -> list[MonthFigures]:
    days = period.stretches if period.unit is PeriodUnit.YEAR else [period.first]
    return await case_statistics.by_month(talk.session, key, [f"{day:%Y-%m}" for day in days])


def month_of(figures: MonthFigures, language: str) -> str:
    """What the month is called."""
    return month_and_year(date.fromisoformat(f"{figures.month}-01"), language)


def kind_name(desk: Desk, key: str, language: str) -> str:
    """Its key where the desk has no such kind any more."""
    kind = desk.kind(key)
    return in_language(kind.words, language) if kind is not None else key


def platform_name(translate: Translate, key: str) -> str:
    _ = translate
    return _("No platform") if key == NO_PLATFORM.value else key
