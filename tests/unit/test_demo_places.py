"""The demo data agree with themselves."""

from __future__ import annotations

from sqlalchemy import select

from bot import demo
from storage.activities.activities import Activity
from storage.database import Database
from storage.stations.stations import StationRow
from tests.support.simulator import NOON


async def test_what_is_on_in_the_hall_is_where_the_hall_stands(database: Database) -> None:
    await demo.fill(database, NOON)
    async with database.reading() as session:
        places = {row.name: (row.latitude, row.longitude) for row in await session.scalars(select(StationRow))}
        activities = list(await session.scalars(select(Activity)))
    assert activities and all((row.latitude, row.longitude) == places[row.place] for row in activities)
