"""The search for stations, in memory: a k-d tree over points on the ellipsoid, and arrays beside it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
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

Rows = NDArray[np.int64]

CLOSED_COUNTS_WITHIN = 2_000.0
"""A closed station is shown if nothing open is within this many metres more."""
_MOST_CLOSED_BESIDE_OPEN = 2
_FIRST_LOOK = 16
_LAST_LOOK = 4_096
_SUBSETS_KEPT = 48


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the rider asked for: all of these amenities, open all day, within `radius` metres."""

    amenities: int = 0
    all_day: bool = False
    radius: float | None = None


class Found(NamedTuple):
    """A station in a list: `row` is its place in this index, `distance` geodesic metres."""

    row: int
    key: StationKey
    distance: float
    hours: Hours


class _Texts:
    """Many short texts in one piece of memory (186,100 Python strings would take four times as much)."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = []
        self._sizes: list[NDArray[np.int64]] = []
        self._bytes = b""
        self._ends: NDArray[np.int64] = np.zeros(1, np.int64)

    def extend(self, texts: Sequence[str]) -> None:
        encoded = [text.encode() for text in texts]
        self._chunks.append(b"".join(encoded))
        self._sizes.append(np.fromiter(map(len, encoded), np.int64, len(encoded)))

    def close(self) -> None:
        self._bytes = b"".join(self._chunks)
        self._ends = np.concatenate([np.zeros(1, np.int64), *self._sizes]).cumsum()
        self._chunks, self._sizes = [], []

    def __getitem__(self, row: int) -> str:
        return self._bytes[self._ends[row] : self._ends[row + 1]].decode()


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
        self.names = _Texts()
        self.addresses = _Texts()
        self.keys: NDArray[np.int64] = np.zeros(0, np.int64)
        self.latitudes: Floats = np.zeros(0)
        self.longitudes: Floats = np.zeros(0)
        self.amenities: NDArray[np.int64] = np.zeros(0, np.int64)
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
        parts: list[tuple[NDArray[np.int64], Floats, Floats, NDArray[np.int64], NDArray[np.int32], Floats]] = []
        async for page in pages:
            keys, names, addresses, latitudes, longitudes, hours, amenities, closed = zip(*page, strict=True)
            index.names.extend(names)
            index.addresses.extend(addresses)
            parts.append(
                (
                    np.array(keys, np.int64),
                    np.array(latitudes),
                    np.array(longitudes),
                    np.array(amenities, np.int64),
                    np.fromiter(map(book.number, hours), np.int32, len(hours)),
                    np.fromiter((until.timestamp() if until else 0.0 for until in closed), float, len(closed)),
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
        tree = self._subset(Wanted()).tree
        if tree is None:
            return [float("inf")] * len(latitudes)
        straight, _ = tree.query(cartesian(np.array(latitudes), np.array(longitudes)), k=1)
        return [float(one) for one in straight.ravel()]

    def nearest_row(self, latitude: float, longitude: float) -> tuple[int, float] | None:
        """The nearest station, open or not: its row, and metres to it; None if there is none."""
        if not len(self):
            return None
        rows, _ = self._subset(Wanted()).nearest(point(latitude, longitude), 1)
        return int(rows[0]), float(geodesics(latitude, longitude, self.latitudes[rows], self.longitudes[rows])[0])

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
        """The first `count` stations of the whole order for this place.

        Open ones and those of unknown hours come first, nearest first; where riders confirmed that an amenity which
        was asked for is out, the station stands behind the others. A closed one is shown only if nothing open is
        within 2 km more; beside open ones at most two of them.
        """
        return list(itertools.islice(self._ordered(latitude, longitude, wanted, now, live, count), count))

    def _ordered(
        self, latitude: float, longitude: float, wanted: Wanted, now: datetime, live: LiveBoard, count: int
    ) -> Iterator[Found]:
        rows, metres, is_open = self._neighbours(latitude, longitude, wanted, now, live, count)
        behind = live.is_out(rows, wanted.amenities)
        good = np.flatnonzero(is_open & ~behind)
        lower = np.flatnonzero(is_open & behind)
        nearest_open = metres[is_open].min() if is_open.any() else np.inf
        closed = np.flatnonzero(~is_open & (metres + CLOSED_COUNTS_WITHIN < nearest_open))
        if is_open.any():
            closed = closed[:_MOST_CLOSED_BESIDE_OPEN]
        opened = np.concatenate((good, lower))
        first = max(min(count, 5) - len(closed), 0)
        order = np.concatenate((opened[:first], closed, opened[first:])).tolist()
        for at in order:
            row = int(rows[at])
            key, hours = StationKey(int(self.keys[row])), live.hours(row, self.hours_of(row, now))
            yield Found(row, key, float(metres[at]), hours)

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
        found = _Subset(rows, KDTree(self._points[rows]) if len(rows) else None)
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
