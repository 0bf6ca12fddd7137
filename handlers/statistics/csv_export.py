"""The figures of a period as CSV: what the pages show, in numbers, with the period before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet
from handlers.statistics import presses
from handlers.statistics.overview import Overview, overview, period_of
from handlers.statistics.periods import Period
from handlers.statistics.views import by_stretch, cells_of
from storage.disclosure import LEAST, columns, figure
from storage.people.access import Right
from storage.statistics import statistics
from storage.statistics.searches import AMENITY, BARE, HOUR, PLACE

HEADER = ["figure", "of", "value", "before"]
Row = tuple[str, str, object, object]


def register(routes: Routes) -> None:
    routes.press(presses.SEND, send, right=Right.SEE_FIGURES, writes=False)


async def send(talk: Talk, kind: str, back: int) -> None:
    period = period_of(talk, kind, back)
    rows = [
        *await _single(talk, period),
        *await _searches(talk, period),
        *await _stretches(talk, period),
        *await _turnouts(talk, period),
        *await _cases(talk, period),
    ]
    hidden = f"<{LEAST}"
    content = sheet(HEADER, [[hidden if cell is None else cell for cell in row] for row in rows])
    talk.document(f"figures-{period.name}.csv", content, period.title(talk.language))


async def _single(talk: Talk, period: Period) -> list[Row]:
    now, then = await overview(talk, period), await overview(talk, period.before)
    names = [one.name for one in fields(Overview)]
    return [(name, period.name, getattr(now, name), getattr(then, name)) for name in names]


async def _searches(talk: Talk, period: Period) -> list[Row]:
    rows: list[Row] = []
    for name, kind in (
        ("searches_by_hour", HOUR),
        ("searches_by_place", PLACE),
        ("no_station_near", BARE),
        ("asked_for", AMENITY),
    ):
        now, then = await cells_of(talk, period, kind), await cells_of(talk, period.before, kind)
        rows += [(name, cell, now.get(cell), then.get(cell)) for cell in sorted(now.keys() | then)]
    return rows


async def _stretches(talk: Talk, period: Period) -> list[Row]:
    edges = period.edges(talk.context.settings.organisation.zone)
    members = await statistics.members(talk.session, edges)
    placed = by_stretch(await statistics.turnouts(talk.session, edges[0], edges[-1]), edges)
    return [
        row
        for name, values in (("joined", members.joined), ("left", members.left), ("placed", placed))
        for row in _columns(name, values, [f"{edge:%Y-%m-%d}" for edge in edges])
    ]


def _columns(name: str, values: list[int], days: list[str]) -> Iterator[Row]:
    for day, value in zip(days, columns(values), strict=False):
        yield f"{name}_by_day", day, value, ""


async def _turnouts(talk: Talk, period: Period) -> list[Row]:
    zone = talk.context.settings.organisation.zone
    edges = period.edges(zone)
    rows: list[Row] = []
    for one in await statistics.turnouts(talk.session, edges[0], edges[-1]):
        of = f"{one.starts_at.astimezone(zone):%Y-%m-%d} {one.title}"
        rows += [("activity_placed", of, figure(one.placed), ""), ("activity_came", of, figure(one.came), "")]
        if one.rated >= LEAST:
            rows.append(("activity_stars", of, round(one.stars / one.rated, 2), ""))
    return rows


async def _cases(talk: Talk, period: Period) -> list[Row]:
    edges = period.edges(talk.context.settings.organisation.zone)
    rows: list[Row] = []
    for desk in talk.context.settings.desks:
        found = await statistics.case_times(talk.session, desk, edges[0], edges[-1])
        rows.append(("cases_opened", desk, figure(found.opened), ""))
        if found.answered >= LEAST and found.hours_to_answer is not None:
            rows.append(("case_hours_to_first_answer_median", desk, round(found.hours_to_answer, 2), ""))
        if found.closed >= LEAST and found.days_to_close is not None:
            rows.append(("case_days_to_close_median", desk, round(found.days_to_close, 2), ""))
    return rows
