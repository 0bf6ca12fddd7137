"""Which stations lie within an outline that somebody drew on a map."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from storage.geodesy import is_place
from storage.stations.index import Rows, StationIndex

FEWEST_CORNERS, MOST_CORNERS = 3, 100

Corner = tuple[float, float]
"""Latitude and longitude in degrees of WGS-84."""


def is_outline(corners: Sequence[Corner]) -> bool:
    """Whether these corners bound an area on Earth."""
    return FEWEST_CORNERS <= len(corners) <= MOST_CORNERS and all(is_place(*corner) for corner in corners)


def within(index: StationIndex, corners: Sequence[Corner]) -> Rows:
    """The rows of the stations inside, by the number of sides that a line to the east of them crosses. Sides are
    straight lines in degrees, as a map draws them; an outline may cross the antimeridian."""
    latitudes = np.array([latitude for latitude, _ in corners])
    longitudes = np.unwrap(np.array([longitude for _, longitude in corners]), period=360.0)
    middle = (longitudes.min() + longitudes.max()) / 2
    rows = np.flatnonzero((index.latitudes >= latitudes.min()) & (index.latitudes <= latitudes.max()))
    y = index.latitudes[rows]
    x = middle + (index.longitudes[rows] - middle + 180.0) % 360.0 - 180.0
    is_inside = np.zeros(len(rows), bool)
    for at in range(len(corners)):
        (south, west), (north, east) = sorted(
            [(latitudes[at - 1], longitudes[at - 1]), (latitudes[at], longitudes[at])]
        )
        if south == north:
            continue
        crosses = (south <= y) & (y < north)
        is_inside ^= crosses & (x < west + (y - south) / (north - south) * (east - west))
    return rows[is_inside]
