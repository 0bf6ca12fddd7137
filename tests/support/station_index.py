"""A search index of stations that are in no database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from storage.hours.opening_hours import HoursBook
from storage.stations.index import StationIndex
from tests.support.settings import SHANGHAI

HOURS = ("24/7", "off", "")
"""Of the stations in turn."""


async def index_of(places: Sequence[tuple[float, float]]) -> StationIndex:
    rows: Any = [(key, f"S{key}", "", *place, HOURS[key % 3], key % 4, None) for key, place in enumerate(places)]

    async def pages() -> AsyncIterator[Any]:
        if rows:
            yield rows

    return await StationIndex.load(pages(), HoursBook(SHANGHAI, "CN"))
