"""One search among 186,100 stations, beside numpy over all of them, and beside itself at ten times as many."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.support.places import AMENITIES, COUNT, HOURS, towns
from benchmarks.support.report import Result
from storage.geodesy import distance, geodesics
from storage.hours.opening_hours import HoursBook, State
from storage.stations.index import StationIndex, Wanted
from storage.stations.reports import LiveBoard
from storage.stations.stations import Amenity, IndexRow, amenities_from

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
WATER = Wanted(int(Amenity.battery_swap))
EARTH = 6_371_008.8


async def index_of(count: int) -> StationIndex:
    chance = random.Random(count)
    known = towns()
    masks = [int(amenities_from(text.split(";"))) for text in AMENITIES]

    async def pages() -> AsyncIterator[Sequence[IndexRow]]:
        rows = []
        for number in range(count):
            latitude, longitude = known[number % len(known)]
            rows.append(
                (
                    number + 1,
                    f"s{number}",
                    "",
                    max(-90.0, min(90.0, latitude + chance.gauss(0, 0.02))),
                    max(-180.0, min(180.0, longitude + chance.gauss(0, 0.02))),
                    HOURS[number % len(HOURS)],
                    masks[number * 7 % len(masks)],
                    None,
                )
            )
        yield rows  # type: ignore[misc]

    return await StationIndex.load(pages(), HoursBook(ZoneInfo("Asia/Shanghai"), "CN"))


def by_numpy(index: StationIndex, latitude: float, longitude: float) -> list[int]:
    """The peer: haversine over all with the same filters, then geodesics for the nearest twenty."""
    phi, lam = np.radians(index.latitudes), np.radians(index.longitudes)
    here_phi, here_lam = np.radians(latitude), np.radians(longitude)
    half = np.sin((phi - here_phi) / 2) ** 2 + np.cos(phi) * np.cos(here_phi) * np.sin((lam - here_lam) / 2) ** 2
    metres = 2 * EARTH * np.arcsin(np.sqrt(half))
    good = (index.amenities & WATER.amenities) == WATER.amenities
    good &= (index.book.states(NOW) != State.CLOSED)[index.hours_numbers]
    rows = np.flatnonzero(good)
    nearest = rows[np.argpartition(metres[rows], 20)[:20]]
    exact = [distance(latitude, longitude, index.latitudes[row], index.longitudes[row]) for row in nearest]
    return [int(nearest[at]) for at in np.argsort(exact)[:5]]


def by_brute_force(index: StationIndex, latitude: float, longitude: float) -> list[int]:
    """The nearest five open ones by geodesics to all: the truth."""
    good = (index.amenities & WATER.amenities) == WATER.amenities
    good &= (index.book.states(NOW) != State.CLOSED)[index.hours_numbers]
    rows = np.flatnonzero(good)
    metres = geodesics(latitude, longitude, index.latitudes[rows], index.longitudes[rows])
    return [int(rows[at]) for at in np.argsort(metres, kind="stable")[:5]]


def by_index(index: StationIndex, latitude: float, longitude: float, live: LiveBoard) -> list[int]:
    found = index.nearest(latitude, longitude, WATER, NOW, live, 5)
    return [one.row for one in found if one.hours.state is not State.CLOSED]


def _median_us(run: Callable[[float, float], object], places: Sequence[tuple[float, float]]) -> float:
    taken = []
    for latitude, longitude in places:
        started = time.perf_counter()
        run(latitude, longitude)
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1e6


def _places(count: int) -> list[tuple[float, float]]:
    chance = random.Random(5)
    near = [(latitude + chance.gauss(0, 0.05), longitude) for latitude, longitude in chance.sample(towns(), count)]
    return [(max(-90, min(90, latitude)), longitude) for latitude, longitude in near]


async def measure() -> list[Result]:
    index, large = await index_of(COUNT), await index_of(10 * COUNT)
    board, large_board = LiveBoard.of(len(index), []), LiveBoard.of(len(large), [])
    places = _places(1_500)
    odd = [(90.0, 0.0), (-90.0, 12.0), (0.0, 180.0), (0.0, -180.0), (-16.5, 179.99), (66.0, -179.99), (89.99, 100.0)]
    wrong = sum(
        by_index(index, *place, board)[:3] != by_brute_force(index, *place)[: len(by_index(index, *place, board)[:3])]
        for place in places[:300] + odd
    )
    own = _median_us(lambda latitude, longitude: by_index(index, latitude, longitude, board), places)
    ten = _median_us(lambda latitude, longitude: by_index(large, latitude, longitude, large_board), places)
    numpy_ = _median_us(lambda latitude, longitude: by_numpy(index, latitude, longitude), places[:150])
    again = _median_us(lambda latitude, longitude: by_index(index, latitude, longitude, board), places)
    own = (own + again) / 2
    return [
        Result("search, amenity and open now", own, "us", "numpy over all", numpy_, f"<= {1 / 15:.4f}"),
        Result("search among 10 x stations", ten, "us", "among 186,100", own, "<= 1.5"),
        Result("searches that differ from brute force", float(wrong), "of 307", goal="<= 0"),
    ]
