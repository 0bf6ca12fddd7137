"""Many new stations: a list that is pasted, or written by pins on the map; first what would be added, then that."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import NamedTuple

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages import map_data
from bot.web.pages.map_data import drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.i18n.translations import N_
from handlers.inputs.place import Point
from handlers.stations import acts
from handlers.stations.form import TWIN_WITHIN, StationDraft
from storage.geodesy import Crs
from storage.people.access import Right
from storage.stations import pasted, stations
from storage.stations.pasted import MOST_LINES, PastedLine

_PATH = "/console/stations/list"
_TOKEN = re.compile(r"[0-9a-f]{10}")
SYSTEMS = (Crs.WGS84, Crs.GCJ02, Crs.BD09)
FAULTS = {
    "place": N_("The coordinates are missing: write them like 37.43, 116.36."),
    "name": N_("The name is missing or too long."),
}
_TOO_MANY = N_("At most {n} lines at once. For a longer list, import a file.")


class Line(NamedTuple):
    """Of the preview; `why` says why it can't be added, or what to look at before it is ticked."""

    number: int
    name: str
    place: str
    address: str
    is_good: bool
    is_ticked: bool
    why: str


async def begin(visit: Visit) -> web.Response:
    """The list to be written, beside a map for pins."""
    return _form(visit, "", _default(visit))


def _default(visit: Visit) -> Crs:
    """Pins are in degrees of the map."""
    return Crs(visit.site.map.crs)


def _form(visit: Visit, text: str, crs: Crs, problem: str = "") -> web.Response:
    shifts = Crs(visit.site.map.crs) is not Crs.WGS84
    return visit.page(
        "station_list_new.html",
        status=422 if problem else 200,
        text=text,
        crs=crs.value,
        systems=[one.value for one in SYSTEMS],
        problem=problem,
        most=MOST_LINES,
        middle=drawn(*map_data.middle_of(visit.site.context.directory.index), shifts=shifts),
        map_crs=visit.site.map.crs,
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
    )


def _lines(visit: Visit) -> tuple[str, Crs, Sequence[PastedLine]]:
    """Raises Turned."""
    crs = visit.field("crs")
    if crs not in SYSTEMS:
        raise Turned(Why.ODD)
    text = visit.field("list")
    return text, Crs(crs), list(pasted.read_pasted(text, Crs(crs)))


async def plan(visit: Visit) -> web.Response:
    """Line by line what would be added; nothing is yet."""
    text, crs, lines = _lines(visit)
    if not lines:
        return _form(visit, text, crs, visit._("Write at least one line."))
    if len(lines) > MOST_LINES:
        return _form(visit, text, crs, visit._(_TOO_MANY).format(n=MOST_LINES))
    listed = [_listed(visit, line, lines) for line in lines]
    return visit.page(
        "station_list_plan.html",
        text=text,
        crs=crs.value,
        lines=listed,
        good=sum(line.is_good for line in listed),
        token=secrets.token_hex(5),
    )


def _listed(visit: Visit, line: PastedLine, lines: Sequence[PastedLine]) -> Line:
    if line.fault:
        return Line(line.number, line.name, "", "", is_good=False, is_ticked=False, why=visit._(FAULTS[line.fault]))
    why = _near(visit, line) or _again(visit, line, lines)
    place = f"{line.latitude:.5f}, {line.longitude:.5f}"
    return Line(line.number, line.name, place, line.address, is_good=True, is_ticked=not why, why=why)


def _near(visit: Visit, line: PastedLine) -> str:
    """The station that may be the same."""
    index = visit.site.context.directory.index
    found = index.nearest_row(line.latitude, line.longitude)
    if found is None or found[1] > TWIN_WITHIN:
        return ""
    away = translations.distance(found[1], visit.person.language)
    words = visit._("⚠️ {name} is only {distance} away. Is it the same one?")
    return words.format(name=index.names[found[0]], distance=away)


def _again(visit: Visit, line: PastedLine, lines: Sequence[PastedLine]) -> str:
    """The line above that says the same."""
    place = (line.latitude, line.longitude)
    same = (one.number for one in lines if not one.fault and (one.latitude, one.longitude) == place)
    first = next(same, line.number)
    return visit._("⚠️ The same place as in line {n}.").format(n=first) if first < line.number else ""


async def add(visit: Visit, talk: Talk) -> web.Response:
    """Each ticked line once, however often the form is sent, with an audit row each."""
    token = visit.field("token")
    _, _, lines = _lines(visit)
    ticked = set(visit.form.get("line", []))
    if not _TOKEN.fullmatch(token) or len(lines) > MOST_LINES:
        raise Turned(Why.ODD)
    added = []
    for line in lines:
        if line.fault or str(line.number) not in ticked:
            continue
        station_id = f"chat-{token}-{line.number}"
        row = await stations.find_by_code(visit.session, stations.code_for(station_id))
        if row is None:
            draft = StationDraft(Point(line.latitude, line.longitude), line.name, line.address, opening_hours="")
            row = await acts.add(talk, draft, station_id)
        added.append((row.key, row.name))
    said = visit.view.plural("{n} station is added.", "{n} stations are added.", len(added)).format(n=len(added))
    return visit.page("station_list_done.html", said=said, added=added)


PAGES = (
    Page("GET", _PATH, begin, Right.ADMINISTER, OFFICE),
    Page("POST", f"{_PATH}/plan", plan, Right.ADMINISTER, OFFICE),
    acting(f"{_PATH}/add", add, Right.ADMINISTER),
)
