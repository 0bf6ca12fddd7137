"""A new station, as a form with a map."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages import map_data, station_form
from bot.web.pages.map_data import drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat.talk import Talk
from handlers.i18n import translations
from handlers.inputs.place import Point
from handlers.stations import acts
from handlers.stations.form import FIELDS, TWIN_WITHIN, StationDraft, typed_point
from storage.geodesy import Crs, is_place
from storage.people.access import Right
from storage.plain_text import clean
from storage.stations import stations
from storage.stations.ids import StationKey

_PATH = "/console/stations"
_NO_FAULTS: Mapping[str, str] = {}


async def begin(visit: Visit) -> web.Response:
    """The form of a new one; its pin stands where the map was."""
    found = typed_point(clean(visit.request.query.get("drawn", "")))
    if found is None or not is_place(*found):
        return _new(visit, station_form.EMPTY, is_drawn=False)
    return _new(visit, {**station_form.EMPTY, "place": f"{found[0]:.6f}, {found[1]:.6f}"}, is_drawn=True)


def _new(
    visit: Visit,
    texts: Mapping[str, str],
    *,
    is_drawn: bool,
    faults: Mapping[str, str] = _NO_FAULTS,
    twin: tuple[StationKey, str] | None = None,
) -> web.Response:
    shifts = Crs(visit.site.map.crs) is not Crs.WGS84
    middle = drawn(*map_data.middle_of(visit.site.context.directory.index), shifts=shifts)
    return visit.page(
        "station_new.html",
        status=422 if faults or twin else 200,
        form=station_form.fields_of(visit, texts, station_form.EMPTY, faults),
        at=station_form.pin(visit, texts["place"], is_drawn=is_drawn) or middle,
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
        is_drawn=is_drawn,
        twin=twin,
        token=visit.field("token") or secrets.token_hex(5),
    )


async def add(visit: Visit, talk: Talk) -> web.Response:
    """Once, however often the form is sent; where one is very near already, only if it is said to be another."""
    if not re.fullmatch(r"[0-9a-f]{10}", visit.field("token")):
        raise Turned(Why.ODD)
    station_id = f"chat-{visit.field('token')}"
    known = await stations.find_by_code(visit.session, stations.code_for(station_id))
    if known is not None:
        return _there(visit, known.key)
    sent = station_form.typed(visit)
    values, faults = await station_form.read_all(visit, sent, list(FIELDS))
    place = values.get("place")
    twin = _twin(visit, place) if isinstance(place, Point) and visit.field("another") != "1" else None
    if faults or twin:
        return _new(visit, sent, is_drawn=station_form.is_drawn(visit), faults=faults, twin=twin)
    known_values = {name: value for name, value in values.items() if value is not None}
    draft = StationDraft(**{"opening_hours": "", **known_values})  # type: ignore[arg-type]
    row = await acts.add(talk, draft, station_id)
    return _there(visit, row.key)


def _twin(visit: Visit, place: Point) -> tuple[StationKey, str] | None:
    """The one that may be the same, and what is said of it."""
    index = visit.site.context.directory.index
    found = index.nearest_row(place.latitude, place.longitude)
    if found is None or found[1] > TWIN_WITHIN:
        return None
    row, metres = found
    words = visit._("⚠️ {name} is only {distance} away. Is it the same one?")
    away = translations.distance(metres, visit.person.language)
    return StationKey(int(index.keys[row])), words.format(name=index.names[row], distance=away)


def _there(visit: Visit, key: StationKey) -> web.Response:
    return visit.back(f"{_PATH}/{key}?said=added")


PAGES = (
    Page("GET", f"{_PATH}/new", begin, Right.ADMINISTER, OFFICE),
    acting(f"{_PATH}/new", add, Right.ADMINISTER),
)
