"""The search for stations, in memory: a k-d tree over points on the ellipsoid, and arrays beside it."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from cachetools import LRUCache
from numpy.typing import NDArray
from pykdtree.kdtree import KDTree

from storage.geodesy import Floats, cartesian, geodesics, point
from storage.hours.opening_hours import Hours, HoursBook, State
from storage.stations.ids import StationKey
from storage.stations.reports import LiveBoard
from storage.stations.stations import WITHOUT_END, Amenity, IndexRow
from storage.stations.texts import Texts

Rows = NDArray[np.int64]

CLOSED_COUNTS_WITHIN = 2_000.0
"""A closed station is shown if nothing open is within this many metres more."""
OPENS_SOON = timedelta(minutes=15)
"""A closed station that is nearer than any open one is shown if it opens within this time."""
_MOST_CLOSED_BESIDE_OPEN = 2
_SHOWN_FIRST = 3
"""The closed ones that are shown stand among so many of the first."""
_MAY_OPEN_SOON = 16
"""So many of the nearest closed stations are looked at for those."""
_FIRST_LOOK = 16
_LAST_LOOK = 4_096
_SUBSETS_KEPT = 48


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rider asked for: all of these amenities, open all day, within `radius` metres."""

    amenities: int = 0
    all_day: bool = False
    radius: float | None = None


ANYTHING = Wanted()


class Found(NamedTuple):
    """A station in a list: `row` is its place in this index, `distance` geodesic metres."""

    row: int
    key: StationKey
    distance: float
    hours: Hours


class Nearby(NamedTuple):
    """What is around a place: the stations to show, and how many closed ones are nearer than the last of these, with
    the nearest of them."""

    stations: list[Found]
    closed: int = 0
    nearest_closed: Found | None = None


class _Subset(NamedTuple):
    """The stations that a combination of amenities leaves, with a tree of their own."""

    rows: Rows
    tree: KDTree | None

    def nearest(self, here: tuple[float, float, float], count: int) -> tuple[Rows, Floats]:
        """The `count` rows with the shortest straight lines (metres), shortest first."""
        if self.tree is None:
            return self.rows, np.zeros(0)
        straight, at = self.tree.query(np.array([here]), k=count)
        return self.rows[at.ravel()], straight.ravel()


class StationIndex:
    """An unchanging picture of all stations; a change in the table makes a new one (see `load`)."""

    def __init__(self, book: HoursBook) -> None:
        self.book = book
        self.names = Texts()
        self.addresses = Texts()
        self.keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self.latitudes: Floats = np.zeros(0)
        self.longitudes: Floats = np.zeros(0)
        self.amenities: NDArray[np.int32] = np.zeros(0, np.int32)
        self.hours_numbers: NDArray[np.int32] = np.zeros(0, np.int32)
        self.closed_until: Floats = np.zeros(0)
        """Until when somebody has closed it for a while, in seconds since 1970; 0 where nobody has."""
        self._points: Floats = np.zeros((0, 3))
        self._all: _Subset | None = None
        self._subsets: LRUCache[tuple[int, bool], _Subset] = LRUCache(_SUBSETS_KEPT)

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    async def load(cls, pages: AsyncIterable[Sequence[IndexRow]], book: HoursBook) -> StationIndex:
        """Builds the index from the pages of `stations.pages_for_index`, yielding to other tasks between them."""
        index = cls(book)
        parts: list[tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int32], NDArray[np.int32], Floats]] = []
        async for page in pages:
            keys, names, addresses, latitudes, longitudes, hours, amenities, closed = zip(*page, strict=True)
            index.names.extend(names)
            index.addresses.extend(addresses)
            numbers = {expression: book.number(expression) for expression in dict.fromkeys(hours)}
            parts.append(
                (
                    np.array(keys, np.int64),
                    np.array(latitudes),
                    np.array(longitudes),
                    np.array(amenities, np.int32),
                    np.fromiter(map(numbers.__getitem__, hours), np.int32, len(hours)),
                    _seconds(closed),
                )
            )
        index.names.close()
        index.addresses.close()
        if parts:
            columns = zip(*parts, strict=True)
            (
                index.keys,
                index.latitudes,
                index.longitudes,
                index.amenities,
                index.hours_numbers,
                index.closed_until,
            ) = (np.concatenate(column) for column in columns)
        index._points = cartesian(index.latitudes, index.longitudes)
        index._subset(Wanted())
        return index

    def row_of(self, key: StationKey) -> int | None:
        """Where the station with this key stands in the index; None if it is not there (any more)."""
        row = int(np.searchsorted(self.keys, key))
        return row if row < len(self.keys) and self.keys[row] == key else None

    def metres_to_nearest(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> list[float]:
        """From each place to its nearest station, open or not, by the straight line (see `cartesian`).

        Infinite if there is none.
        """
        tree = self._subset(ANYTHING).tree
        if tree is None:
            return [float("inf")] * len(latitudes)
        straight, _ = tree.query(cartesian(np.array(latitudes), np.array(longitudes)), k=1)
        return [float(one) for one in straight.ravel()]

    def nearest_row(self, latitude: float, longitude: float, wanted: Wanted = ANYTHING) -> tuple[int, float] | None:
        """The nearest station that has what is wanted, open or not, however far: its row, and metres to it; None if
        there is none."""
        rows, _ = self.nearest_rows(latitude, longitude, wanted, 1)
        if not len(rows):
            return None
        return int(rows[0]), float(geodesics(latitude, longitude, self.latitudes[rows], self.longitudes[rows])[0])

    def nearest_rows(self, latitude: float, longitude: float, wanted: Wanted, count: int) -> tuple[Rows, Floats]:
        """The `count` stations nearest by the straight line (metres) that have what is wanted, open or not."""
        subset = self._subset(wanted)
        return subset.nearest(point(latitude, longitude), min(count, len(subset.rows)))

    def hours_on_arrival(self, row: int, now: datetime, arrival: datetime) -> Hours:
        """Returns the hours that hold at `arrival`, a while from now; closed if it is still closed for a while then."""
        until = self.closed_until[row]
        if until > arrival.timestamp():
            return Hours(State.CLOSED, self._opens_again(until))
        return self.book.hours_ahead(int(self.hours_numbers[row]), now, arrival)

    def hours_of(self, row: int, now: datetime) -> Hours:
        """Returns the hours of a station; closed while it is closed for a while."""
        until = self.closed_until[row]
        if until > now.timestamp():
            return Hours(State.CLOSED, self._opens_again(until))
        return self.book.hours(int(self.hours_numbers[row]), now)

    def with_unusable_hours(self) -> list[StationKey]:
        """The keys of stations whose hours count as unknown, since they can't be worked out."""
        unusable = np.array(sorted(self.book.unusable), np.int32)
        return [StationKey(int(key)) for key in self.keys[np.isin(self.hours_numbers, unusable)]]

    def _opens_again(self, until: float) -> datetime | None:
        return None if until >= WITHOUT_END.timestamp() else datetime.fromtimestamp(until, self.book.zone)

    def nearest(
        self, latitude: float, longitude: float, wanted: Wanted, now: datetime, live: LiveBoard, count: int
    ) -> list[Found]:
        """The stations of `around` alone."""
        return self.around(latitude, longitude, wanted, now, live, count).stations

    def around(
        self, latitude: float, longitude: float, wanted: Wanted, now: datetime, live: LiveBoard, count: int
    ) -> Nearby:
        """The first `count` stations of the whole order for this place, and the closed ones that are left out.

        Open ones and those of unknown hours come first, nearest first; where riders confirmed that an amenity which
        was asked for is out, the station stands behind the others. A closed one is shown only if nothing open is
        within 2 km more, or if it is nearer than any open one and about to open; beside open ones at most two of them.
        """
        rows, metres, is_open = self._neighbours(latitude, longitude, wanted, now, live, count)

        def found(at: int) -> Found:
            row = int(rows[at])
            hours = live.hours(row, self.hours_of(row, now))
            return Found(row, StationKey(int(self.keys[row])), float(metres[at]), hours)

        behind = live.is_out(rows, wanted.amenities)
        closed = np.flatnonzero(~is_open)
        order = np.concatenate((np.flatnonzero(is_open & ~behind), np.flatnonzero(is_open & behind))).tolist()
        if order:
            nearer = closed[metres[closed] < metres[is_open].min()].tolist()
            soon = [at for at in nearer[:_MAY_OPEN_SOON] if _opens_within(found(at).hours, OPENS_SOON, now)]
            alone = [
                at for at in nearer if metres[at] + CLOSED_COUNTS_WITHIN < metres[is_open].min() and at not in soon
            ]
            beside = sorted([*soon, *alone][:_MOST_CLOSED_BESIDE_OPEN])
            first = _SHOWN_FIRST - len(beside)
            order = [*order[:first], *beside, *order[first:]][:count]
        else:
            order = closed[:count].tolist()
        farthest = metres[order].max() if len(order) == count else np.inf
        left_out = [at for at in closed[metres[closed] <= farthest].tolist() if at not in order]
        return Nearby([found(at) for at in order], len(left_out), found(left_out[0]) if left_out else None)

    def _neighbours(
        self, latitude: float, longitude: float, wanted: Wanted, now: datetime, live: LiveBoard, count: int
    ) -> tuple[Rows, Floats, NDArray[np.bool_]]:
        """Rows, metres and openness of at least the `count` nearest open stations and all that are nearer."""
        subset = self._subset(wanted)
        open_states = self.book.states(now) != State.CLOSED
        here, moment = point(latitude, longitude), now.timestamp()
        size, look = len(subset.rows), max(_FIRST_LOOK, 2 * count)
        while True:
            look = min(look, size)
            rows, straight = subset.nearest(here, look)
            if look >= _LAST_LOOK and look < size:
                rows, straight = self._all_open_and_nearest(subset.rows, rows, open_states, here)
                look = size
            is_open = open_states[self.hours_numbers[rows]] & (self.closed_until[rows] <= moment) & ~live.is_shut(rows)
            behind = live.is_out(rows, wanted.amenities)
            # No station outside of this look is nearer than its farthest straight line.
            sure = float(np.max(straight)) if look < size else np.inf
            metres = geodesics(latitude, longitude, self.latitudes[rows], self.longitudes[rows])
            order = np.argsort(metres, kind="stable")
            rows, metres, is_open, behind = rows[order], metres[order], is_open[order], behind[order]
            enough = np.count_nonzero(is_open & ~behind & (metres <= sure)) >= count
            beyond = wanted.radius is not None and wanted.radius <= sure
            if look >= size or enough or beyond:
                within = metres <= (sure if wanted.radius is None else min(sure, wanted.radius))
                return rows[within], metres[within], is_open[within]
            look *= 4

    def _all_open_and_nearest(
        self, candidates: Rows, nearest: Rows, open_states: NDArray[np.bool_], here: tuple[float, float, float]
    ) -> tuple[Rows, Floats]:
        """Where open stations are so rare that the tree would be walked to its end: the nearest thousands of all."""
        opened = candidates[open_states[self.hours_numbers[candidates]]]
        straight = np.linalg.norm(self._points[opened] - here, axis=1)
        if len(opened) > _LAST_LOOK:
            opened = opened[np.argpartition(straight, _LAST_LOOK)[:_LAST_LOOK]]
        rows = np.union1d(opened, nearest)
        return rows, np.linalg.norm(self._points[rows] - here, axis=1)

    def _subset(self, wanted: Wanted) -> _Subset:
        key = (wanted.amenities, wanted.all_day)
        found = self._all if key == (0, False) else self._subsets.get(key)
        if found is not None:
            return found
        rows = self._matching(Amenity(wanted.amenities), all_day=wanted.all_day)
        points = self._points if len(rows) == len(self) else self._points[rows]  # no copy of all of them
        found = _Subset(rows, KDTree(points) if len(rows) else None)
        if key == (0, False):
            self._all = found
        else:
            self._subsets[key] = found
        return found

    def _matching(self, amenities: int, *, all_day: bool) -> Rows:
        matching = (self.amenities & amenities) == amenities
        if all_day:
            matching &= self.book.open_all_day()[self.hours_numbers]
        return np.flatnonzero(matching)


def _seconds(moments: Sequence[datetime | None]) -> Floats:
    """Since 1970; 0 for None, which nearly all are."""
    if not any(moments):
        return np.zeros(len(moments))
    return np.array([moment.timestamp() if moment else 0.0 for moment in moments])


def _opens_within(hours: Hours, time: timedelta, now: datetime) -> bool:
    return hours.changes_at is not None and hours.changes_at - now <= time
