"""Anonymous suggestions have a limit for each person and day, which names nobody."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from storage.cases import allowances
from storage.cases.allowances import Allowance
from storage.cases.cases import TooManyCases
from storage.database import Database
from storage.people import people
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

LI, WANG = PersonId(440), PersonId(441)
TODAY, TOMORROW = date(2026, 11, 24), date(2026, 11, 25)


async def test_the_limit_is_for_one_person_at_one_desk_on_one_day(database: Database) -> None:
    async with database.writing() as session:
        for _ in range(3):
            await allowances.use(session, LI, "suggestion", 3, TODAY)
        with pytest.raises(TooManyCases):
            await allowances.use(session, LI, "suggestion", 3, TODAY)
        await allowances.use(session, WANG, "suggestion", 3, TODAY)
        await allowances.use(session, LI, "care", 3, TODAY)
        await allowances.use(session, LI, "suggestion", 3, TOMORROW)


async def test_what_is_kept_names_nobody_and_is_gone_the_next_day(database: Database) -> None:
    async with database.writing() as session:
        await allowances.use(session, LI, "suggestion", 3, TODAY)
        await allowances.use(session, WANG, "suggestion", 3, TODAY)
    async with database.writing() as session:
        rows = (await session.scalars(select(Allowance))).all()
        assert len(rows) == 2 and {len(row.digest) for row in rows} == {16}
        assert {column.name for column in Allowance.__table__.columns} == {"digest", "last_day", "used"}
        await allowances.forget(session, TOMORROW)
        assert (await session.scalars(select(Allowance))).all() == []


async def test_people_are_seen_on_a_day_not_at_a_moment(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, {LI: "en"}, NOON)
        row = await session.get_one(PersonRow, LI)
    assert row.first_seen == row.last_seen == NOON.replace(hour=0)
