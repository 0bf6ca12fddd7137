"""Which stations are shown around a place, and which closed ones are only counted."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from storage.hours.opening_hours import HoursBook
from storage.stations.index import ANYTHING, StationIndex, Wanted
from storage.stations.reports import LiveBoard

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
ALWAYS, NEVER, SOON, LATER = "24/7", "18:00-22:00", "12:15-22:00", "12:16-22:00"
HERE = (37.43, 116.36)


async def index_of(*stations: tuple[int, str]) -> StationIndex:
    """Stations so many metres to the north, with these hours; each is named for its metres."""
    rows: list[Any] = [
        (key, f"{metres}", "", HERE[0] + metres / 111_000, HERE[1], hours, 0, None)
        for key, (metres, hours) in enumerate(stations, start=1)
    ]

    async def pages() -> AsyncIterator[Sequence[Any]]:
        yield rows

    return await StationIndex.load(pages(), HoursBook(ZoneInfo("Asia/Shanghai"), "CN"))


@pytest.mark.parametrize(
    ("stations", "shown", "closed", "nearest_closed"),
    [
        ([(100, ALWAYS), (200, ALWAYS), (300, ALWAYS), (400, ALWAYS), (500, NEVER)], "100 200 300 400", 0, None),
        ([(20, NEVER), (100, ALWAYS), (150, NEVER)], "100", 2, "20"),
        ([(20, SOON), (100, ALWAYS), (200, ALWAYS), (300, ALWAYS)], "100 200 20 300", 0, None),
        ([(20, LATER), (100, ALWAYS)], "100", 1, "20"),
        ([(100, ALWAYS), (150, SOON)], "100", 1, "150"),
        ([(20, SOON), (30, SOON), (40, SOON), (100, ALWAYS), (200, ALWAYS)], "100 20 30 200", 1, "40"),
        ([(20, NEVER), (3_000, ALWAYS)], "3000 20", 0, None),
        ([(20, NEVER), (30, NEVER)], "20 30", 0, None),
    ],
)
async def test_closed_stations_are_counted_unless_they_are_about_to_open(
    stations: list[tuple[int, str]], shown: str, closed: int, nearest_closed: str | None
) -> None:
    index = await index_of(*stations)
    nearby = index.around(*HERE, ANYTHING, NOON, LiveBoard(len(index)), 4)
    assert " ".join(index.names[one.row] for one in nearby.stations) == shown
    assert nearby.closed == closed
    assert (index.names[nearby.nearest_closed.row] if nearby.nearest_closed else None) == nearest_closed


async def test_pages_follow_each_other_without_a_gap() -> None:
    index = await index_of((5, SOON), (6, SOON), *((100 * n, ALWAYS) for n in range(1, 12)))

    def first(count: int) -> list[str]:
        found = index.nearest(*HERE, Wanted(radius=50_000.0), NOON, LiveBoard(len(index)), count)
        return [index.names[one.row] for one in found]

    whole = first(13)
    assert whole[:4] == ["100", "5", "6", "200"]
    assert all(first(count) == whole[:count] for count in range(1, 13))
