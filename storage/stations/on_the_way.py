"""Stations that lie ahead of a rider, open by the time that they get there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from storage.geodesy import Floats, bearings_and_distances
from storage.hours.opening_hours import State
from storage.stations.ids import StationKey
from storage.stations.index import Found, Rows, StationIndex, Wanted
from storage.stations.reports import LiveBoard

METRES_PER_SECOND = 15_000 / 3_600
"""15 km/h, what an electric bicycle makes in a town between two lights."""
AHEAD_WITHIN = 45.0
"""Degrees to either side of the direction of travel: streets are not straight, but what is further aside is a detour.
"""
REACH = 10_000.0
"""Metres; beyond, nobody knows the way any more."""
HERE_WITHIN = 30.0
"""Metres: whoever is so near is there, in whatever direction."""
_FIRST_LOOK = 32


def riding_time(metres: float) -> timedelta:
    return timedelta(seconds=metres / METRES_PER_SECOND)


def ahead(
    index: StationIndex,
    live: LiveBoard,
    here: tuple[float, float],
    heading: float,
    wanted: Wanted,
    now: datetime,
    count: int,
) -> list[Found]:
    """The first `count` stations on the way, nearest first, with the hours that hold on arrival.

    `here` is (latitude, longitude) in degrees, `heading` in degrees clockwise from north. A station of unknown hours
    counts as open. Where riders confirmed that an amenity which was asked for is out, it stands behind the others.
    """
    reach = min(wanted.radius or REACH, REACH)
    look = _FIRST_LOOK
    while True:
        rows, straight = index.nearest_rows(*here, wanted, look)
        is_all = len(rows) < look
        # No station outside of this look is nearer than its farthest straight line.
        sure = np.inf if is_all or not len(rows) else float(straight[-1])
        rows, metres = _in_front(index, here, heading, rows, min(reach, sure))
        may_be_open = _may_be_open(index, live, rows, metres, now)
        rows, metres = rows[may_be_open], metres[may_be_open]
        behind = live.is_out(rows, wanted.amenities)
        first = list(islice(_open_on_arrival(index, rows[~behind], metres[~behind], now), count))
        if is_all or sure >= reach or len(first) >= count:
            last = _open_on_arrival(index, rows[behind], metres[behind], now)
            return [*first, *islice(last, count - len(first))]
        look *= 4


def _in_front(
    index: StationIndex, here: tuple[float, float], heading: float, rows: Rows, within: float
) -> tuple[Rows, Floats]:
    """Those of the rows that lie ahead within so many metres, nearest first, and how far they are."""
    bearings, metres = bearings_and_distances(*here, index.latitudes[rows], index.longitudes[rows])
    is_ahead: NDArray[np.bool_] = np.abs((bearings - heading + 180.0) % 360.0 - 180.0) <= AHEAD_WITHIN
    chosen = np.flatnonzero((is_ahead | (metres <= HERE_WITHIN)) & (metres <= within))
    order = chosen[np.argsort(metres[chosen], kind="stable")]
    return rows[order], metres[order]


def _may_be_open(index: StationIndex, live: LiveBoard, rows: Rows, metres: Floats, now: datetime) -> NDArray[np.bool_]:
    """Without those that are certainly closed on arrival, all at once."""
    arrivals = now.timestamp() + metres / METRES_PER_SECOND
    stays_closed = index.book.stays_closed(index.hours_numbers[rows], now, arrivals)
    return np.asarray((index.closed_until[rows] <= arrivals) & ~stays_closed & ~live.is_shut(rows))


def _open_on_arrival(index: StationIndex, rows: Rows, metres: Floats, now: datetime) -> Iterator[Found]:
    """One by one, as far as somebody wants to know: what is open then, with its hours."""
    for row, distance in zip(rows.tolist(), metres.tolist(), strict=True):
        hours = index.hours_on_arrival(row, now, now + riding_time(distance))
        if hours.state is not State.CLOSED:
            yield Found(row, StationKey(int(index.keys[row])), distance, hours)
