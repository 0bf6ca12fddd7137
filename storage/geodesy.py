"""Places on the earth: distances, coordinate systems, and the Cartesian space in which stations are searched."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import TypeAlias

import eviltransform
import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

Floats: TypeAlias = NDArray[np.float64]

_WGS84 = Geod(ellps="WGS84")
_A = 6_378_137.0  # WGS-84 semi-major axis, metres
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
    """Degrees in `crs` as degrees in WGS-84 (exact to the millimetre; unchanged outside China)."""
    if crs is Crs.BD09:
        latitude, longitude = eviltransform.bd2gcj(latitude, longitude)
    if crs is not Crs.WGS84:
        latitude, longitude = eviltransform.gcj2wgs_exact(latitude, longitude)
    return latitude, longitude


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """WGS-84 degrees as Chinese maps want them (unchanged outside China)."""
    gcj_latitude, gcj_longitude = eviltransform.wgs2gcj(latitude, longitude)
    return gcj_latitude, gcj_longitude


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
