"""The headlines of a period beside those of others, and one of them over time.

All of them are what the pages of the single periods show: nothing is counted anew.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from bot.web.pages.figures.address import Asked
from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.chat.charts import Chart, Headline, Mark
from handlers.chat.figures import shown
from handlers.chat.talk import Talk
from handlers.i18n.periods import title
from storage.statistics.periods import Period, PeriodUnit

IN_A_ROW = {PeriodUnit.WEEK: 12, PeriodUnit.MONTH: 12, PeriodUnit.YEAR: 4}
"""Periods of a chart."""

_Read = Callable[[Talk, Period], Awaitable[Sequence[Headline]]]


class Line(NamedTuple):
    """A headline: what it is, the address of its chart, and its figure in each period that is compared."""

    title: str
    address: str
    is_here: bool
    figures: Sequence[str]


class Compared(NamedTuple):
    """The headlines in these periods (each with what it is called), and the chart of one; None where no feature has
    any."""

    periods: Sequence[tuple[str, str]]
    lines: Sequence[Line]
    chart: Chart | None


async def compared(visit: Visit, asked: Asked) -> Compared:
    """Raises Turned."""
    periods = {visit._("Current"): asked.period, visit._("Previous"): asked.period.before}
    if asked.period.unit is not PeriodUnit.YEAR:
        periods[visit._("Last year")] = asked.period.year_before
    lines: list[Line] = []
    chart = None
    for read in (part.headlines for part in visit.site.features.figures):
        if read is None:
            continue
        found = [await read(visit.talk, period) for period in periods.values()]
        for each in zip(*found, strict=True):
            name = each[0].name
            is_here = name == asked.headline or not (asked.headline or lines)
            figures = [shown(visit.talk, one.value, one.digits) for one in each]
            lines.append(Line(each[0].title, asked.address(visit, of=name), is_here, figures))
            if is_here:
                chart = await _over_time(visit, asked, read, each[0])
    if asked.headline and chart is None:
        raise Turned(Why.ODD)
    heads = [(name, title(period, visit.talk.language)) for name, period in periods.items()]
    return Compared(heads, lines, chart)


async def _over_time(visit: Visit, asked: Asked, read: _Read, chosen: Headline) -> Chart:
    """In the periods up to this one, and in those of a year before."""
    row, found, is_year = [asked.period], dict[Period, Headline](), asked.period.unit is PeriodUnit.YEAR
    while len(row) < IN_A_ROW[asked.period.unit]:
        row.insert(0, row[0].before)
    for period in {*row, *(() if is_year else (one.year_before for one in row))}:
        found[period] = next(one for one in await read(visit.talk, period) if one.name == chosen.name)
    marks = [
        Mark(
            title(one, visit.talk.language),
            found[one].value,
            None if is_year else found[one.year_before].value,
            _short(one),
            one,
        )
        for one in row
    ]
    return Chart(chosen.title, marks, is_over_time=True, digits=chosen.digits)


def _short(period: Period) -> str:
    """Below a column: the number of the week or month, or the year."""
    if period.unit is PeriodUnit.WEEK:
        return str(period.first.isocalendar().week)
    return str(period.first.month if period.unit is PeriodUnit.MONTH else period.first.year)
