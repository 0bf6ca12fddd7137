"""The demo data agree with themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot import demo
from storage.activities.activities import Activity
from storage.database import Database
from storage.membership import memberships
from storage.stations.stations import StationRow
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON


async def test_what_is_on_in_the_hall_is_where_the_hall_stands(database: Database) -> None:
    await demo.fill(database, NOON)
    async with database.reading() as session:
        places = {row.name: (row.latitude, row.longitude) for row in await session.scalars(select(StationRow))}
        activities = list(await session.scalars(select(Activity)))
    assert activities and all((row.latitude, row.longitude) == places[row.place] for row in activities)


async def test_none_goes_where_there_are_members(database: Database) -> None:
    """They would be told of activities that do not take place, also while there are no stations yet."""
    async with database.writing() as session:
        await memberships.create(session, PersonId(5), {"name": "Li"}, NOON)
    with pytest.raises(demo.NotEmpty):
        await demo.fill(database, NOON)
    async with database.reading() as session:
        assert not list(await session.scalars(select(Activity)))
