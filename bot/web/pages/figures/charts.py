"""Charts on a page: what the template and its script draw, the table beside it, and the file of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.web import headers
from bot.web.visits import Visit
from handlers.chat.charts import Chart, Mark
from handlers.chat.figures import shown
from handlers.csv_files import sheet
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Average

WIDE = 100
"""Units of a bar that is as long as the longest."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `number` and `other_number` are what the script draws, "" for what may not be shown; `part`
    and `other_part` are the lengths of bars."""

    name: str
    short: str
    link: str
    text: str
    other: str
    number: str
    other_number: str
    part: float
    other_part: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as the template takes it. `now` and `then` head its columns."""

    title: str
    is_over_time: bool
    is_compared: bool
    now: str
    then: str
    rows: Sequence[Row]


def drawn(visit: Visit, chart: Chart, now: str, then: str, link_of: Callable[[Mark], str]) -> Drawn:
    """`link_of` says where a figure leads to; "" for nowhere."""
    figures = [one for mark in chart.marks for one in (mark.value, mark.against)]
    most = max((one for one in figures if one is not None and one is not HIDDEN), default=1)

    def row(mark: Mark) -> Row:
        other = "" if mark.against is None else shown(visit.talk, mark.against, chart.digits)
        numbers = _number(mark.value), _number(mark.against)
        parts = [round(float(one or 0) / max(most, 1) * WIDE, 2) for one in numbers]
        text = shown(visit.talk, mark.value, chart.digits)
        return Row(mark.name, mark.short or mark.name, link_of(mark), text, other, *numbers, *parts)

    return Drawn(chart.title, chart.is_over_time, chart.is_compared, now, then, [row(mark) for mark in chart.marks])


def _number(one: Average | None) -> str:
    return "" if one is None or one is HIDDEN else f"{one:g}"


def file_of(visit: Visit, name: str, charts: Sequence[tuple[Chart, str, str]]) -> web.Response:
    """The same figures as CSV; each chart comes with the names of its two periods."""
    rows = [
        [chart.title, mark.name, now, _cell(mark.value), then if mark.against is not None else "", _cell(mark.against)]
        for chart, now, then in charts
        for mark in chart.marks
    ]
    content = sheet(["chart", "of", "period", "value", "against", "value_against"], rows)
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    disposition = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return web.Response(body=content, content_type="text/csv", headers={**found, **disposition})


def _cell(one: Average | None) -> object:
    return f"<{MIN_CELL_SIZE}" if one is HIDDEN else one
