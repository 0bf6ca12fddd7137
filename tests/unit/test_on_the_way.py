"""The search on the way against somebody who looks at every station by itself."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from storage.hours.opening_hours import HoursBook, State
from storage.stations.ids import StationKey
from storage.stations.index import StationIndex, Wanted
from storage.stations.on_the_way import ahead
from storage.stations.reports import Kind, LiveBoard, StationState
from storage.stations.stations import Amenity

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HERE = (37.43, 116.36)
EARTH = Geod(ellps="WGS84")
HOURS = {
    "24/7": (0, 999),
    "": (0, 999),
    "08:00-12:10": (0, 10),
    "12:20-22:00": (20, 999),
    "18:00-22:00": (360, 999),
}
"""By what they say, from when to when they are open, in minutes after noon."""

stations_around = st.lists(
    st.tuples(
        st.floats(0.0, 12_000.0),
        st.floats(-180.0, 180.0),
        st.sampled_from(sorted(HOURS)),
        st.sampled_from([0, int(Amenity.water)]),
        st.sampled_from([None, 0, 30]),
        st.sampled_from([None, Kind.CLOSED, Kind.NO_WATER]),
    ),
    max_size=40,
)


def built(stations: Sequence[Any]) -> tuple[StationIndex, LiveBoard]:
    rows: list[Any] = []
    states = []
    for key, (metres, bearing, hours, amenities, closed_for, report) in enumerate(stations, start=1):
        longitude, latitude, _ = EARTH.fwd(HERE[1], HERE[0], bearing, metres)
        closed = None if closed_for is None else NOON + timedelta(minutes=closed_for)
        rows.append((key, f"{key}", "", latitude, longitude, hours, amenities, closed))
        if report is not None:
            states.append((key - 1, StationState(station_key=key, kind=report, since=NOON, until=NOON)))

    async def pages() -> AsyncIterator[Sequence[Any]]:
        if rows:
            yield rows

    index = asyncio.run(StationIndex.load(pages(), HoursBook(ZoneInfo("Asia/Shanghai"), "CN")))
    return index, LiveBoard.of(len(index), states)


def expected(stations: Sequence[Any], heading: float, wanted: Wanted, count: int) -> list[int]:
    """One by one, as it is said in words."""
    found = []
    for key, (metres, bearing, hours, amenities, closed_for, report) in enumerate(stations, start=1):
        minutes = metres / 250  # 15 km/h
        turn = abs(math.remainder(bearing - heading, 360))
        opens, closes = HOURS[hours]
        is_open = (
            opens <= minutes < closes and (closed_for is None or closed_for <= minutes) and report is not Kind.CLOSED
        )
        is_wanted = amenities & wanted.amenities == wanted.amenities and metres <= min(wanted.radius or 1e9, 10_000)
        if is_open and is_wanted and (turn <= 45 or metres <= 30):
            found.append((report is Kind.NO_WATER and bool(wanted.amenities), metres, key))
    return [key for _, _, key in sorted(found)][:count]


def is_on_an_edge(station: Any, heading: float, wanted: Wanted) -> bool:
    """Whether a millimetre or a blink decides."""
    metres, bearing, _, _, closed_for, _ = station
    edges = (30.0, 10_000.0, wanted.radius or 0.0, 2_500.0, 5_000.0, 250.0 * (closed_for or 0))
    turn = abs(math.remainder(bearing - heading, 360))
    return any(abs(metres - edge) < 1 for edge in edges) or abs(turn - 45) < 0.01


@settings(max_examples=60, deadline=None)
@given(
    stations_around,
    st.floats(0.0, 360.0),
    st.sampled_from([Wanted(), Wanted(int(Amenity.water)), Wanted(radius=3_000.0)]),
    st.integers(1, 5),
)
def test_the_search_on_the_way_finds_what_brute_force_finds(
    around: list[Any], heading: float, wanted: Wanted, count: int
) -> None:
    distinct = {round(one[0]): one for one in around if not is_on_an_edge(one, heading, wanted)}
    chosen = list(distinct.values())
    index, live = built(chosen)
    found = ahead(index, live, HERE, heading, wanted, NOON, count)
    assert [int(one.key) for one in found] == expected(chosen, heading, wanted, count)


@pytest.mark.parametrize(("behind", "found"), [(200, "2"), (40, "2"), (10, "1")])
def test_what_lies_behind_is_left_behind(behind: float, found: str) -> None:
    """Riding north; only who stands at the door is there already."""
    always = ("24/7", 0, None, None)
    index, live = built([(behind, 180.0, *always), (2_000, 10.0, *always)])
    assert index.names[ahead(index, live, HERE, 0.0, Wanted(), NOON, 1)[0].row] == found


def test_the_first_look_is_widened_and_the_present_is_left_as_it_is() -> None:
    """Hundreds lie behind; and what will be open later is closed to everybody else now."""
    behind = [(100.0 + n, 180.0, "24/7", 0, None, None) for n in range(300)]
    index, live = built([*behind, (6_000, 0.0, "12:20-22:00", 0, None, None)])
    (only,) = ahead(index, live, HERE, 0.0, Wanted(), NOON, 3)
    assert only.key == StationKey(301) and only.hours.state is State.OPEN
    assert index.hours_of(300, NOON).state is State.CLOSED
    assert index.book.states(NOON)[index.hours_numbers[300]] == State.CLOSED
