"""Who can write to the database but has no key gives nobody a role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from storage import keys
from storage.database import Database
from storage.people import roles
from storage.people.roles import RoleRow
from storage.telegram_ids import PersonId
from tests.support.databases import KEY, opened
from tests.support.simulator import ADMIN, NOON

LI, WANG = PersonId(440), PersonId(441)
NEW_KEY = bytes(reversed(range(32)))


async def admins(database: Database) -> set[PersonId]:
    """By both ways in which roles are asked for, which agree."""
    async with database.reading() as session:
        held = await roles.held(session, [LI, WANG], NOON)
        holders = await roles.holders(session, ["admin"], NOON)
    assert holders == {person_id for person_id, names in held.items() if "admin" in names}
    return holders


@pytest.fixture
async def granted(database: Database) -> Database:
    async with database.writing() as session:
        await roles.grant(session, LI, "admin", ADMIN, NOON, NOON + timedelta(days=1))
    assert await admins(database) == {LI}
    return database


async def test_a_row_without_a_seal_counts_for_nothing(granted: Database) -> None:
    async with granted.writing() as session:
        await session.execute(insert(RoleRow).values(person_id=WANG, role="admin", granted_by=ADMIN, at=NOON))
    assert await admins(granted) == {LI}


async def test_a_seal_is_of_its_person_role_and_end(granted: Database) -> None:
    async with granted.writing() as session:
        seal = await session.scalar(select(RoleRow.seal))
        stolen = {"person_id": WANG, "role": "admin", "until": NOON + timedelta(days=1), "seal": seal}
        await session.execute(insert(RoleRow).values(**stolen, granted_by=ADMIN, at=NOON))
    assert await admins(granted) == {LI}
    async with granted.writing() as session:
        await session.execute(update(RoleRow).values(until=None))
    assert await admins(granted) == set()


async def test_a_role_outlives_its_key(granted: Database, migrated_url: str) -> None:
    async with granted.writing() as session:
        await roles.grant(session, LI, "coordinator", ADMIN, NOON)
        await roles.grant(session, WANG, "admin", ADMIN, NOON)
    both = opened(migrated_url, NEW_KEY, KEY)
    assert sum([done async for done in keys.rotate(both)]) >= 3
    await both.close()
    alone = opened(migrated_url, NEW_KEY)
    assert await admins(alone) == {LI, WANG}
    await alone.close()
