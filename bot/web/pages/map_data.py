"""What the map draws: stations and clusters in an area, as compact JSON in the coordinates of the base map."""

from __future__ import annotations

import math

import orjson
from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from storage.geodesy import Crs, to_gcj02, to_wgs84
from storage.stations import areas
from storage.stations.areas import Area, Seen
from storage.stations.index import StationIndex
from storage.stations.stations import Amenity

_ALL_AMENITIES = sum(Amenity)
_LONGEST_MASK = len(str(_ALL_AMENITIES))
_DIGITS = 6
"""Of degrees: some centimetres."""
_SHIFT_SHOWS_BELOW = 2.0
"""Degrees: of a wider area, the 500 m by which Chinese maps are shifted are less than a pixel."""


async def stations(visit: Visit) -> web.Response:
    """Those of the area that the map shows."""
    query = visit.request.query
    crs = Crs(visit.site.map.crs)
    area = _area(query.get("box", ""), crs)
    amenities = amenities_of(query.get("amenities", ""))
    directory = visit.site.context.directory
    seen = areas.look(directory.index, directory.live, area, amenities, visit.now, only_open=query.get("open") == "1")
    shifts = crs is not Crs.WGS84 and area.width < _SHIFT_SHOWS_BELOW
    response = web.Response(body=content(directory.index, seen, shifts=shifts), content_type="application/json")
    response.headers.update(headers.of_page(headers.NOBODY, is_https=visit.site.is_https))
    response.enable_compression()
    return response


def amenities_of(text: str) -> int:
    """The amenities that a filter asks for; 0 for any."""
    return int(text) & _ALL_AMENITIES if text.isascii() and text.isdigit() and len(text) <= _LONGEST_MASK else 0


def _area(text: str, crs: Crs) -> Area:
    """west,south,east,north. Raises Turned."""
    try:
        numbers = [float(part) for part in text.split(",")]
        west, south, east, north = numbers
    except ValueError:
        raise Turned(Why.ODD) from None
    if not all(map(math.isfinite, numbers)):
        raise Turned(Why.ODD)
    if east - west >= 360:
        west, east = -180.0, 180.0
    west, east = (west + 180) % 360 - 180, (east + 180) % 360 - 180 or 180.0
    area = Area(west, max(south, -90.0), east if east != -180 else 180.0, min(north, 90.0))
    if not area.is_on_earth:
        raise Turned(Why.ODD)
    if crs is Crs.WGS84 or area.width >= _SHIFT_SHOWS_BELOW:
        return area
    (south, west), (north, east) = to_wgs84(area.south, area.west, crs), to_wgs84(area.north, area.east, crs)
    return Area(west, south, east, north)


def content(index: StationIndex, seen: Seen, *, shifts: bool) -> bytes:
    """What is drawn, as JSON: [key, x, y, state, name] of each station, [x, y, stations, open] of each group."""
    singles = [
        [
            int(index.keys[row]),
            *drawn(float(index.latitudes[row]), float(index.longitudes[row]), shifts=shifts),
            int(state),
            index.names[row],
        ]
        for row, state in zip(seen.rows.tolist(), seen.states.tolist(), strict=True)
    ]
    clusters = [[*drawn(one.latitude, one.longitude, shifts=shifts), one.stations, one.open] for one in seen.clusters]
    return orjson.dumps({"stations": singles, "clusters": clusters, "total": seen.total})


def middle_of(index: StationIndex) -> tuple[float, float]:
    """Latitude and longitude of where most stations are; 0, 0 if there is none."""
    if not len(index):
        return 0.0, 0.0
    at = index.latitudes.argsort()[len(index) // 2]
    return float(index.latitudes[at]), float(index.longitudes[at])


def drawn(latitude: float, longitude: float, *, shifts: bool) -> tuple[float, float]:
    """Longitude and latitude on the map."""
    if shifts:
        latitude, longitude = to_gcj02(latitude, longitude)
    return round(longitude, _DIGITS), round(latitude, _DIGITS)
