"""The stations within an outline that was drawn on the map: a list, how they are, a file of them."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.i18n import formatting, translations
from handlers.stations import format as station_format
from handlers.stations.admin import CLOSED_UNTIL, closed_line
from handlers.stations.form import typed_point
from storage.geodesy import Crs, to_wgs84
from storage.hours.opening_hours import State
from storage.people.access import Right
from storage.stations import areas, outlines, together
from storage.stations.files import CsvWriter
from storage.stations.ids import StationKey
from storage.stations.outlines import MOST_CORNERS, Corner
from storage.stations.stations import StationRow
from storage.stations.together import MOST

PATH = "/console/stations/area"
_LONGEST = 40 * MOST_CORNERS
"""Characters of an outline."""


class Listed(NamedTuple):
    """A line of the list."""

    key: StationKey
    name: str
    address: str
    state: str
    amenities: str
    reports: Sequence[str]
    closed: str


def outline_of(visit: Visit, text: str) -> list[Corner]:
    """The corners in WGS-84; in `text` they stand in degrees of the map, as "lat,lng lat,lng". Raises Turned."""
    if len(text) > _LONGEST:
        raise Turned(Why.ODD)
    typed = [typed_point(corner) for corner in text.split()]
    crs = Crs(visit.site.map.crs)
    corners = [to_wgs84(*corner, crs) for corner in typed if corner is not None]
    if len(corners) != len(typed) or not outlines.is_outline(corners):
        raise Turned(Why.ODD)
    return corners


async def show(visit: Visit) -> web.Response:
    """The list, with what may be done to those that are ticked."""
    return await shown(visit, visit.request.query.get("corners", ""))


async def shown(visit: Visit, text: str, problem: str = "", said: str = "") -> web.Response:
    """Raises Turned."""
    corners = outline_of(visit, text)
    directory = visit.site.context.directory
    rows = outlines.within(directory.index, corners)
    states = areas.states_of(directory.index, directory.live, rows, visit.now)
    keys = [StationKey(int(key)) for key in directory.index.keys[rows]]
    by_key = dict(zip(keys, states.tolist(), strict=True))
    found = await together.of_keys(visit.session, keys[:MOST])
    middle = corners[0]
    return visit.page(
        "station_area.html",
        status=422 if problem else 200,
        corners=text,
        total=len(rows),
        most=MOST,
        summary=_summary(visit, found, list(by_key.values())),
        lines=[_line(visit, row, by_key[row.key]) for row in found],
        problem=problem,
        said=said,
        at=f"{middle[0]:.5f},{middle[1]:.5f}",
        may_change=visit.person.may(Right.ADMINISTER),
        amenities=[(one.name, sign, visit._(name)) for one, (sign, name) in station_format.AMENITIES.items()],
        ends=[(choice.id, choice.label) for choice in CLOSED_UNTIL.input.choices(visit.talk)],
    )


def _line(visit: Visit, row: StationRow, state: int) -> Listed:
    directory, language = visit.site.context.directory, visit.person.language
    place = directory.index.row_of(row.key)
    live = directory.live.by_row.get(place, []) if place is not None else []
    words = {State.OPEN: visit._("open now"), State.CLOSED: visit._("closed now")}
    return Listed(
        row.key,
        row.name,
        row.address,
        words.get(State(state), visit._("hours unknown")),
        station_format.names(row.amenities, language),
        station_format.reports(live, visit.now, language),
        closed_line(visit.talk, row),
    )


def _summary(visit: Visit, found: Sequence[StationRow], states: Sequence[int]) -> list[str]:
    """How they are, in lines."""
    _, language = visit._, visit.person.language
    counted = Counter(states)
    open_words = _("open now: {open} · closed now: {closed} · hours unknown: {unknown}").format(
        open=counted[State.OPEN], closed=counted[State.CLOSED], unknown=counted[State.UNKNOWN]
    )
    offered = Counter(one for row in found for one in station_format.AMENITIES if row.amenities & one)
    parts = [
        f"{station_format.AMENITIES[one][0]} {_(station_format.AMENITIES[one][1])} {translations.number(n, language)}"
        for one, n in offered.most_common()
    ]
    lines = [open_words, *([" · ".join(parts)] if parts else [])]
    if found:
        oldest = min(row.updated_at for row in found)
        lines.append(_("The oldest entry was checked {ago}.").format(ago=formatting.ago(oldest, visit.now, language)))
    return lines


async def save(visit: Visit) -> web.Response:
    """All of them as a file that can be imported again."""
    corners = outline_of(visit, visit.request.query.get("corners", ""))
    index = visit.site.context.directory.index
    rows = outlines.within(index, corners)[:MOST]
    out = io.BytesIO()
    writer = CsvWriter(out)
    for row in await together.of_keys(visit.session, [StationKey(int(key)) for key in index.keys[rows]]):
        writer.add(row)
    writer.close()
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    disposition = {"Content-Disposition": 'attachment; filename="stations-of-the-area.csv"'}
    return web.Response(body=out.getvalue(), content_type="text/csv", headers={**found, **disposition})
