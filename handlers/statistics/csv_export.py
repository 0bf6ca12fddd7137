"""The figures of a period as CSV: what the pages show, in numbers, with the period before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields

from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet
from handlers.statistics import presses
from handlers.statistics.overview import period_of
from handlers.statistics.periods import title
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Average, Figure
from storage.people.access import Right
from storage.statistics import report
from storage.statistics.periods import Period
from storage.statistics.report import Overview
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
        *await _activities(talk, period),
        *await _cases(talk, period),
    ]
    hidden = f"<{MIN_CELL_SIZE}"
    content = sheet(HEADER, [[hidden if cell is HIDDEN else cell for cell in row] for row in rows])
    talk.document(f"figures-{period.name}.csv", content, title(period, talk.language))


async def _single(talk: Talk, period: Period) -> list[Row]:
    zone = talk.context.settings.organisation.zone
    now = await report.overview(talk.session, period, zone)
    then = await report.overview(talk.session, period.before, zone)
    names = [one.name for one in fields(Overview)]
    return [(name, period.name, getattr(now, name), getattr(then, name)) for name in names]


async def _searches(talk: Talk, period: Period) -> list[Row]:
    """A cell that is missing from one of the periods may have been empty or hidden there."""
    rows: list[Row] = []
    for name, kind in (
        ("searches_by_hour", HOUR),
        ("searches_by_place", PLACE),
        ("no_station_near", BARE),
        ("asked_for", AMENITY),
    ):
        now = await report.cells(talk.session, period, kind)
        then = await report.cells(talk.session, period.before, kind)
        rows += [(name, cell, now.get(cell, HIDDEN), then.get(cell, HIDDEN)) for cell in sorted(now.keys() | then)]
    return rows


async def _stretches(talk: Talk, period: Period) -> list[Row]:
    zone = talk.context.settings.organisation.zone
    members = await report.members(talk.session, period, zone)
    activities = await report.activities(talk.session, period, zone)
    return [
        row
        for name, values in (
            ("joined", members.joined_by_stretch),
            ("left", members.left_by_stretch),
            ("placed", activities.placed_by_stretch),
        )
        for row in _columns(name, period, values)
    ]


def _columns(name: str, period: Period, values: Sequence[Figure]) -> Iterator[Row]:
    for day, value in zip(period.stretches, values, strict=True):
        yield f"{name}_by_day", f"{day:%Y-%m-%d}", value, ""


async def _activities(talk: Talk, period: Period) -> list[Row]:
    zone = talk.context.settings.organisation.zone
    rows: list[Row] = []
    for one in (await report.activities(talk.session, period, zone)).activities:
        of = f"{one.starts_at.astimezone(zone):%Y-%m-%d} {one.title}"
        rows += [("activity_placed", of, one.placed, ""), ("activity_came", of, one.came, "")]
        rows += _if_shown("activity_stars", of, one.stars)
    return rows


async def _cases(talk: Talk, period: Period) -> list[Row]:
    rows: list[Row] = []
    for desk in talk.context.settings.desks:
        found = await report.cases(talk.session, period, talk.context.settings.organisation.zone, desk)
        rows.append(("cases_opened", desk, found.opened, ""))
        rows += _if_shown("case_hours_to_first_answer_median", desk, found.hours_to_answer)
        rows += _if_shown("case_days_to_close_median", desk, found.days_to_close)
    return rows


def _if_shown(name: str, of: str, value: Average) -> list[Row]:
    """An average has a line only where it may be shown."""
    return [] if value is HIDDEN else [(name, of, round(value, 2), "")]
