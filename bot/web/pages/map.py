"""The map of all stations, the page of one, and where the rider is."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from bot.web import headers
from bot.web.pages import map_data
from bot.web.pages.map_data import drawn
from bot.web.turned_away import Turned, Why
from bot.web.visits import Page, Visit
from handlers.i18n import formatting, translations
from handlers.stations import format as station_format
from handlers.stations import maps, reporting
from handlers.stations.admin import closed_line
from handlers.stations.answer import count_wanted
from handlers.stations.page import REPORT_BUTTONS
from storage.geodesy import Crs, is_place, to_wgs84
from storage.geodesy import distance as metres_between
from storage.stations import searches, stations
from storage.stations.ids import SearchId, StationKey
from storage.stations.index import Wanted
from storage.stations.reports import Kind
from storage.stations.searches import Search
from storage.stations.stations import Amenity, StationRow

NEAREST = 5
SEARCH_COSTS = 12
"""Requests as which a search counts, so that one person makes 20 a minute at most: each is kept, and counts in the
figures."""
FILTERS = (
    Amenity.water,
    Amenity.charging,
    Amenity.toilet,
    Amenity.battery_swap,
    Amenity.rest,
    Amenity.meals,
    Amenity.microwave,
    Amenity.medicine,
    Amenity.air_conditioning,
    Amenity.heating,
    Amenity.shower,
    Amenity.repair_tools,
    Amenity.legal_help,
)
"""What riders ask for, most often first."""


async def show(visit: Visit) -> web.Response:
    """The map begins where the rider searched last, else where most stations are."""
    index = visit.site.context.directory.index
    last = await searches.latest(visit.session, visit.person.id, visit.now)
    here = (last.latitude, last.longitude) if last else None
    middle = here or map_data.middle_of(index)
    shifts = Crs(visit.site.map.crs) is not Crs.WGS84
    names = [(int(one), *station_format.AMENITIES[one]) for one in FILTERS]
    return visit.page(
        "map.html",
        middle=drawn(*middle, shifts=shifts),
        here=drawn(*here, shifts=shifts) if here else None,
        amenities=[(mask, sign, visit._(name)) for mask, sign, name in names],
        tiles=visit.site.map.tiles,
        pmtiles=bool(visit.site.map.pmtiles),
        hours=formatting.hours(visit.site.context.settings.retention.places),
    )


async def station(visit: Visit) -> web.Response:
    """Hours, live state, amenities, ways there, and the report buttons."""
    return await _station(visit, await _found(visit))


async def _found(visit: Visit) -> StationRow:
    key = visit.request.match_info["key"]
    row = await stations.find(visit.session, StationKey(int(key)))
    if row is None:
        raise Turned(Why.NOTHING_HERE)
    return row


async def _station(visit: Visit, row: StationRow, said: str = "") -> web.Response:
    directory, talk = visit.site.context.directory, visit.talk
    place = directory.index.row_of(row.key)
    last = await searches.latest(visit.session, visit.person.id, visit.now)
    metres = metres_between(last.latitude, last.longitude, row.latitude, row.longitude) if last else None
    lines = [closed_line(talk, row)]
    if place is not None:
        current = directory.live.hours(place, directory.index.hours_of(place, visit.now))
        lines = [station_format.hours(current, talk.local_today, visit.person.language), *lines]
        states = directory.live.by_row.get(place, [])
        lines += station_format.reports(states, visit.now, visit.person.language)
    language = visit.person.language
    return visit.page(
        "station.html",
        station=row,
        said=said,
        distance=translations.distance(metres, language) if metres is not None else "",
        lines=list(filter(None, lines)),
        week=station_format.opening_hours(talk, row.opening_hours),
        amenities=station_format.amenities(row.amenities, language),
        fresh=visit._("Last checked {ago}").format(ago=formatting.ago(row.updated_at, visit.now, language)),
        ways=_ways(visit, row),
        reports=[(kind.value, visit._(label)) for kind, label in REPORT_BUTTONS.items()],
        share=visit.site.context.link(f"st_{row.code}"),
    )


def _ways(visit: Visit, row: StationRow) -> list[tuple[str, str]]:
    """Names of maps with the links into them."""
    to = maps.links(maps.Target(row.key, row.name, row.latitude, row.longitude))
    _ = visit._
    chinese = [("amap", _("🧭 Amap")), ("baidu", _("Baidu")), ("tencent", _("Tencent"))]
    others = [("google", _("🧭 Google")), ("apple", "Apple"), ("osm", "OSM")]
    is_chinese = visit.site.context.settings.organisation.country == "CN"
    return [(name, to[key]) for key, name in (chinese if is_chinese else others)]


async def report(visit: Visit) -> web.Response:
    """One tap on how it is there right now."""
    kind = visit.field("kind")
    if kind not in list(Kind):
        raise Turned(Why.ODD)
    row, context = await _found(visit), visit.site.context
    outcome = await reporting.take(visit.session, context, row, visit.person.id, Kind(kind), visit.now)
    visit.committed.append(context.directory.refresh_live)
    return await _station(visit, row, reporting.thanks(outcome, visit.person.language))


async def place(visit: Visit) -> web.Response:
    """The rider is here: as in the chat, that is a search, whose place is kept for as long."""
    try:
        latitude, longitude = float(visit.field("latitude")), float(visit.field("longitude"))
    except ValueError:
        raise Turned(Why.ODD) from None
    if not is_place(latitude, longitude):
        raise Turned(Why.ODD)
    crs = Crs(visit.site.map.crs)
    if visit.field("drawn") == "1":
        latitude, longitude = to_wgs84(latitude, longitude, crs)
    amenities = map_data.amenities_of(visit.field("amenities"))
    key = SearchId(secrets.randbits(62))
    await searches.add_all(visit.session, [Search(key, visit.person.id, visit.now, latitude, longitude)])
    if amenities:
        await count_wanted(visit.talk, amenities)
    directory = visit.site.context.directory
    found = directory.index.nearest(latitude, longitude, Wanted(amenities), visit.now, directory.live, NEAREST)
    language, today = visit.person.language, visit.view.today
    nearest = [
        (
            one.key,
            directory.index.names[one.row],
            translations.distance(one.distance, language),
            station_format.hours(one.hours, today, language),
            station_format.amenities(int(directory.index.amenities[one.row]), language, 4),
        )
        for one in found
    ]
    at = drawn(latitude, longitude, shifts=crs is not Crs.WGS84)
    return visit.page("nearest.html", nearest=nearest, at=at)


def base_map(file: Path) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Serves the organisation's own base map, of which browsers ask for pieces (Range)."""
    found = {**headers.SECURITY, "Content-Type": "application/octet-stream", "Cache-Control": "max-age=3600"}

    async def serve(_request: web.Request) -> web.StreamResponse:
        return web.FileResponse(file, headers=found)

    return serve


PAGES = (
    Page("GET", "/app/map", show),
    Page("GET", "/app/map/stations", map_data.stations),
    Page("GET", r"/app/map/stations/{key:\d{1,18}}", station),
    Page("POST", r"/app/map/stations/{key:\d{1,18}}/report", report, writes=True),
    Page("POST", "/app/map/place", place, writes=True, costs=SEARCH_COSTS),
)
