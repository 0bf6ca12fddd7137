"""Who can write to the database but has no key gets nobody's case."""

from __future__ import annotations

import pytest

from storage import keys, sealed_columns
from storage.cases import access, cases, erasure, parties, personal_data, queue
from storage.cases.table import NoSuchCase
from storage.database import Database
from tests.support.databases import KEY, opened
from tests.support.forged_cases import HANDLER, RIDER, THIEF, opened_case, rewritten, who_has_it
from tests.support.simulator import NOON

NEW_KEY = bytes(reversed(range(32)))


async def test_a_case_that_was_handed_over_in_the_database_is_nobodys(database: Database) -> None:
    """To the owner of another case, whose seal does not help either."""
    case_id, thiefs = await opened_case(database, RIDER), await opened_case(database, THIEF)
    async with database.writing() as session:
        await cases.claim(session, case_id, HANDLER, ["legal"], NOON)
    assert await who_has_it(database, case_id) == (RIDER, HANDLER)
    stolen = f"(SELECT person_id FROM cases WHERE id = {thiefs})"
    await rewritten(database, f"UPDATE cases SET person_id = {stolen} WHERE id = {case_id}")
    assert await who_has_it(database, case_id) == (None, None)
    async with database.reading() as session:
        with pytest.raises(NoSuchCase):
            await access.of_rider(session, case_id, THIEF)
        assert [row.id for row in await access.cases_of(session, THIEF)] == [thiefs]
    await rewritten(database, f"UPDATE cases SET assigned_to = {stolen}")
    async with database.reading() as session:
        assert await queue.in_hand(session, THIEF) == []
    for seal in ("NULL", f"(SELECT parties FROM cases WHERE id = {thiefs})"):
        await rewritten(database, f"UPDATE cases SET parties = {seal} WHERE id = {case_id}")
        assert await who_has_it(database, case_id) == (None, None)


async def test_what_the_program_does_with_a_case_is_sealed(database: Database) -> None:
    case_id = await opened_case(database, RIDER)
    async with database.writing() as session:
        await cases.claim(session, case_id, HANDLER, ["legal"], NOON)
    assert await who_has_it(database, case_id) == (RIDER, HANDLER)
    async with database.writing() as session:
        row = await access.of_handler_for_update(session, case_id, HANDLER)
        await cases.mark_conflict(session, row, HANDLER)
    assert await who_has_it(database, case_id) == (RIDER, None)
    async with database.writing() as session:
        await cases.claim(session, case_id, THIEF, ["legal"], NOON)
    async with database.writing() as session:
        await erasure.erase(session, THIEF)
    assert await who_has_it(database, case_id) == (RIDER, None)
    async with database.writing() as session:
        await personal_data.strip(session, case_id)
    assert await who_has_it(database, case_id) == (None, None)


async def test_a_seal_outlives_its_key(database: Database, migrated_url: str) -> None:
    case_id = await opened_case(database, RIDER)
    both = opened(migrated_url, NEW_KEY, KEY)
    assert sum([done async for done in keys.rotate(both)]) >= 2
    await both.close()
    alone = opened(migrated_url, NEW_KEY)
    assert await who_has_it(alone, case_id) == (RIDER, None)
    await alone.close()


def test_the_column_is_rotated_with_the_others() -> None:
    assert parties.COLUMN in {one.name for one in sealed_columns.sealed_columns()}
