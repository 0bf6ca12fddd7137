"""What a map shows of an area: the stations in it, or groups that add up to them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.hours.opening_hours import State
from storage.stations import areas
from storage.stations.areas import Area
from storage.stations.index import StationIndex
from storage.stations.reports import LiveBoard
from tests.support.station_index import index_of

NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)


def looked(index: StationIndex, area: Area, amenities: int = 0, *, only_open: bool = False) -> areas.Seen:
    return areas.look(index, LiveBoard(len(index)), area, amenities, NOON, only_open=only_open)


async def test_a_few_are_shown_one_by_one_with_their_states() -> None:
    index = await index_of([(37.1, 116.1), (37.2, 116.2), (37.3, 116.3), (10.0, 10.0)])
    seen = looked(index, Area(116, 37, 117, 38))
    assert seen.rows.tolist() == [0, 1, 2] and not seen.clusters and seen.total == 3
    assert [State(one) for one in seen.states] == [State.OPEN, State.CLOSED, State.UNKNOWN]
    assert looked(index, Area(116, 37, 117, 38), only_open=True).rows.tolist() == [0]
    assert looked(index, Area(116, 37, 117, 38), amenities=2).rows.tolist() == [2]


async def test_an_area_may_lie_over_the_antimeridian() -> None:
    index = await index_of([(0.0, 179.5), (0.0, -179.5), (0.0, 170.0), (0.0, 0.0)])
    assert looked(index, Area(175, -5, -175, 5)).rows.tolist() == [0, 1]
    assert looked(index, Area(-180, -90, 180, 90)).total == 4


@settings(max_examples=40)
@given(
    st.integers(0, 2**32 - 1),
    st.floats(-179, 178),
    st.floats(-80, 79),
    st.floats(1e-4, 359),
    st.floats(1e-4, 170),
)
async def test_groups_add_up_to_what_is_there(seed: int, west: float, south: float, wide: float, tall: float) -> None:
    """However odd the area: never too many parts, and each lies within it."""
    made = np.random.default_rng(seed)
    places = zip(made.uniform(-85, 85, 600).tolist(), made.uniform(-180, 180, 600).tolist(), strict=True)
    index = await index_of(list(places))
    area = Area(west, south, (west + wide + 180) % 360 - 180, min(90.0, south + tall))
    seen = looked(index, area)
    inside = (index.latitudes >= area.south) & (index.latitudes <= area.north)
    east = (index.longitudes - area.west) % 360
    inside &= east <= area.width
    assert seen.total == np.count_nonzero(inside)
    assert len(seen.rows) + sum(one.stations for one in seen.clusters) == seen.total
    assert len(seen.rows) + len(seen.clusters) <= 2 * areas.PARTS * 60
    assert all(0 <= one.open <= one.stations and area.south <= one.latitude <= area.north for one in seen.clusters)


@pytest.mark.parametrize("box", [Area(0, 5, 1, 5), Area(0, 6, 1, 5), Area(float("nan"), 0, 1, 1), Area(0, -91, 1, 5)])
def test_what_is_no_area_is_told(box: Area) -> None:
    assert not box.is_on_earth
