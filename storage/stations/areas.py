"""What a map shows of the stations in memory: those of an area, or how many there are in each part of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storage.geodesy import Floats, is_place
from storage.hours.opening_hours import State
from storage.stations.index import Rows, StationIndex
from storage.stations.reports import LiveBoard

MOST_SINGLE = 120
"""So many stations are shown one by one; of more, neighbours are put together."""
PARTS = 8
"""From west to east there are at least so many parts, and less than twice as many."""
_MOST_PARTS_UP = 48


class Area(NamedTuple):
    """In degrees of WGS-84. An area over the antimeridian has its west in the east."""

    west: float
    south: float
    east: float
    north: float

    @property
    def width(self) -> float:
        return (self.east - self.west) % 360 or 360.0

    @property
    def is_on_earth(self) -> bool:
        """Whether it can be looked at."""
        return is_place(self.south, self.west) and is_place(self.north, self.east) and self.south < self.north


class Cluster(NamedTuple):
    """Stations that are too close together to be told apart: how many, how many of them are open, and
    where they are on average."""

    latitude: float
    longitude: float
    stations: int
    open: int


@dataclass(frozen=True, slots=True)
class Seen:
    """`rows` are those of the index that are shown one by one; their `states` are State values."""

    rows: Rows
    states: NDArray[np.int8]
    clusters: list[Cluster]
    total: int


def look(
    index: StationIndex, live: LiveBoard, area: Area, amenities: int, now: datetime, *, only_open: bool = False
) -> Seen:
    """What is to be seen of an area: stations that have all of these amenities."""
    rows = _within(index, area, amenities)
    states = states_of(index, live, rows, now)
    if only_open:
        is_open = states == State.OPEN
        rows, states = rows[is_open], states[is_open]
    if len(rows) <= MOST_SINGLE:
        return Seen(rows, states, [], len(rows))
    return _gathered(index, area, rows, states)


def _within(index: StationIndex, area: Area, amenities: int) -> Rows:
    latitudes, longitudes = index.latitudes, index.longitudes
    inside = (latitudes >= area.south) & (latitudes <= area.north)
    if area.width < 360:
        east_of, west_of = longitudes >= area.west, longitudes <= area.east
        inside &= east_of & west_of if area.west <= area.east else east_of | west_of
    if amenities:
        inside &= (index.amenities & amenities) == amenities
    return np.flatnonzero(inside)


def states_of(index: StationIndex, live: LiveBoard, rows: Rows, now: datetime) -> NDArray[np.int8]:
    """By the hours, what somebody has closed for a while, and what riders confirmed."""
    by_hours = np.asarray(index.book.states(now), np.int8)
    states = by_hours[index.hours_numbers[rows]]
    states[(index.closed_until[rows] > now.timestamp()) | live.is_shut(rows)] = State.CLOSED
    return states


def _gathered(index: StationIndex, area: Area, rows: Rows, states: NDArray[np.int8]) -> Seen:
    """Parts lie where they lay before when a map is moved: their edges are multiples of a power of two."""
    step = 2.0 ** math.floor(math.log2(area.width / PARTS))
    step_up = max(step, 2.0 ** math.ceil(math.log2((area.north - area.south) / _MOST_PARTS_UP)))
    latitudes, longitudes = index.latitudes[rows], index.longitudes[rows]
    east = (longitudes - area.west) % 360 if area.west > area.east else longitudes - area.west
    first = math.floor(area.west / step) * step - area.west
    across = np.floor((east - first) / step).astype(np.int64)
    up = np.floor(latitudes / step_up).astype(np.int64) - math.floor(area.south / step_up)
    parts = up * (int(across.max()) + 1) + across
    counts = np.bincount(parts)
    alone = counts[parts] == 1
    return Seen(rows[alone], states[alone], _clusters(parts, counts, latitudes, longitudes, states), len(rows))


def _clusters(
    parts: NDArray[np.int64], counts: NDArray[np.int64], latitudes: Floats, longitudes: Floats, states: NDArray[np.int8]
) -> list[Cluster]:
    is_open = np.bincount(parts, weights=states == State.OPEN)
    mean_latitudes = np.bincount(parts, weights=latitudes) / np.maximum(counts, 1)
    mean_longitudes = np.bincount(parts, weights=longitudes) / np.maximum(counts, 1)
    return [
        Cluster(float(mean_latitudes[part]), float(mean_longitudes[part]), int(counts[part]), int(is_open[part]))
        for part in np.flatnonzero(counts > 1)
    ]
