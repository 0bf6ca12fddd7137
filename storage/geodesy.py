"""Places on the earth: distances, coordinate systems, and the Cartesian space in which stations are searched."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from enum import StrEnum
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import eviltransform
import numpy as np
import orjson
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Geod

Floats: TypeAlias = NDArray[np.float64]


def _geodesics() -> Geod:
    """Geodesics on WGS-84, of pyproj, whose other parts are left out: its package opens a database of coordinate
    systems when it is imported, which takes 9 MB and 30 ms."""
    is_loaded = "pyproj" in sys.modules
    if not is_loaded:
        package = util.find_spec("pyproj")
        assert package is not None
        sys.modules["pyproj"] = util.module_from_spec(package)
    try:
        from pyproj.geod import Geod
    finally:
        if not is_loaded:
            del sys.modules["pyproj"]  # whoever imports it later gets all of it
    return Geod(ellps="WGS84")


_WGS84 = _geodesics()
_A = 6_378_137.0  # WGS-84 semi-major axis, metres
_MAINLAND = Path(__file__).parent / "mainland.json"
_E2 = 6.694379990141316e-3  # first eccentricity squared


class Crs(StrEnum):
    """Coordinate systems that station lists come in. Telegram, GPS and OpenStreetMap use WGS-84."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"  # Amap, Tencent
    BD09 = "bd09"  # Baidu


def is_place(latitude: float, longitude: float) -> bool:
    """Whether both are finite degrees in range."""
    return math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180


def to_wgs84(latitude: float, longitude: float, crs: Crs) -> tuple[float, float]:
    """Degrees in `crs` as degrees in WGS-84 (exact to the millimetre; only China's mainland is shifted)."""
    if crs is Crs.BD09:
        latitude, longitude = _inverse(eviltransform.gcj2bd, latitude, longitude)
    if crs is not Crs.WGS84:
        exact = _inverse(eviltransform.wgs2gcj, latitude, longitude)
        if is_on_mainland(*exact):
            return exact
    return latitude, longitude


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """WGS-84 degrees as Chinese maps want them. Hong Kong, Macau, Taiwan and other countries are not shifted."""
    if not is_on_mainland(latitude, longitude):
        return latitude, longitude
    gcj_latitude, gcj_longitude = eviltransform.wgs2gcj(latitude, longitude)
    return gcj_latitude, gcj_longitude


def _inverse(shift: Callable[[float, float], tuple[float, float]], x: float, y: float) -> tuple[float, float]:
    """Where `shift` leads to (x, y) from. It moves neighbours almost alike, so each round gains three digits."""
    from_x, from_y = x, y
    for _ in range(10):
        shifted_x, shifted_y = shift(from_x, from_y)
        from_x, from_y = from_x - (shifted_x - x), from_y - (shifted_y - y)
    return from_x, from_y


class _Border(NamedTuple):
    """The sides of a polygon, from (x, y) to (to_x, to_y) each, in degrees of longitude and latitude."""

    x: Floats
    y: Floats
    to_x: Floats
    to_y: Floats


@cache
def _mainland() -> _Border:
    rings = [np.array(ring) for ring in orjson.loads(_MAINLAND.read_bytes())["coordinates"]]
    begin, end = np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])
    return _Border(begin[:, 0], begin[:, 1], end[:, 0], end[:, 1])


def is_on_mainland(latitude: float, longitude: float) -> bool:
    """Whether the place is on China's mainland or off its coast, to about a kilometre; finer around Hong Kong and
    Macau. Maps of nothing else are in GCJ-02."""
    if not (18 < latitude < 54 and 73 < longitude < 136):
        return False
    border = _mainland()
    crossed = (border.y > latitude) != (border.to_y > latitude)
    x, y, to_x, to_y = (side[crossed] for side in border)
    return bool(np.count_nonzero(longitude < x + (to_x - x) * (latitude - y) / (to_y - y)) % 2)


def cartesian(latitudes: Floats, longitudes: Floats) -> Floats:
    """Points on the WGS-84 ellipsoid as earth-centred x, y, z in metres, shape (n, 3).

    The straight line between two such points is never longer than the geodesic, and for neighbours almost as long: the
    error is s³/24R², 0.2 mm at 5 km. So the order by straight line is a bound from which the exact one is found.
    """
    phi, lam = np.radians(latitudes), np.radians(longitudes)
    sin_phi, cos_phi = np.sin(phi), np.cos(phi)
    radius = _A / np.sqrt(1 - _E2 * sin_phi**2)
    return np.stack(
        (radius * cos_phi * np.cos(lam), radius * cos_phi * np.sin(lam), radius * (1 - _E2) * sin_phi), axis=-1
    )


def point(latitude: float, longitude: float) -> tuple[float, float, float]:
    """`cartesian` for one place, in metres."""
    phi, lam = math.radians(latitude), math.radians(longitude)
    sin_phi, cos_phi = math.sin(phi), math.cos(phi)
    radius = _A / math.sqrt(1 - _E2 * sin_phi * sin_phi)
    return radius * cos_phi * math.cos(lam), radius * cos_phi * math.sin(lam), radius * (1 - _E2) * sin_phi


def geodesics(latitude: float, longitude: float, latitudes: Floats, longitudes: Floats) -> Floats:
    """Geodesic metres from one place to many: Karney's algorithm (GeographicLib, as in geopy), about 1 µs each."""
    count = len(latitudes)
    _, _, metres = _WGS84.inv(np.full(count, longitude), np.full(count, latitude), longitudes, latitudes)
    return np.asarray(metres)


def bearings_and_distances(
    latitude: float, longitude: float, latitudes: Floats, longitudes: Floats
) -> tuple[Floats, Floats]:
    """Degrees clockwise from north at one place towards many (-180 to 180), and geodesic metres."""
    count = len(latitudes)
    bearings, _, metres = _WGS84.inv(np.full(count, longitude), np.full(count, latitude), longitudes, latitudes)
    return np.asarray(bearings), np.asarray(metres)


def bearing_and_distance(
    latitude: float, longitude: float, other_latitude: float, other_longitude: float
) -> tuple[float, float]:
    """Degrees clockwise from north at the first place, and geodesic metres."""
    bearing, _, metres = _WGS84.inv(longitude, latitude, other_longitude, other_latitude)
    return float(bearing), float(metres)


def distance(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Geodesic metres between two places."""
    _, _, metres = _WGS84.inv(longitude, latitude, other_longitude, other_latitude)
    return float(metres)
