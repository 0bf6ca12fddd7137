"""A case that something other than the program has changed: nothing is done with it, the admins hear of it once, and an
erasure reaches it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from schedules import cases as cases_by_clock
from storage import keys, schema
from storage.cases import access, cases, doubts, erasure, messages, queue, queues
from storage.cases.desks import Desk
from storage.cases.ids import CaseId
from storage.cases.messages import CaseMessage, Said
from storage.cases.table import Case, CaseConflict, CaseContent, CaseInDoubt, Side, content_of
from storage.database import Database
from storage.keys import KeyCheck
from storage.people import roles
from storage.schema import SchemaTooNew
from tests.support.admins import admin_of
from tests.support.databases import opened
from tests.support.forged_cases import HANDLER, RIDER, THIEF, opened_case, rewritten, who_has_it
from tests.support.settings import clock_context
from tests.support.simulator import COUNSEL, NOON, Town

FORGERIES = {
    "its rider": "UPDATE cases SET person_id = (SELECT person_id FROM cases WHERE id = 2) WHERE id = 1",
    "its desk": "UPDATE cases SET desk = 'care' WHERE id = 1",
    "its number": "UPDATE cases SET number = 'X-1' WHERE id = 1",
    "nobody's": "UPDATE cases SET person_id = NULL, assigned_to = NULL, parties = NULL WHERE id = 1",
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_a_forged_case_is_not_taken_and_keeps_its_seal(database: Database, what: str) -> None:
    case_id = await opened_case(database, RIDER)
    await opened_case(database, THIEF)
    await rewritten(database, FORGERIES[what])
    async with database.reading() as session:
        seal = await session.scalar(select(Case.parties).where(Case.id == case_id))
        for desk in ("legal", "care"):
            assert case_id not in [row.id for row in await queue.in_queue(session, desk, HANDLER)]
    with pytest.raises(CaseInDoubt):
        async with database.writing() as session:
            await cases.claim(session, case_id, HANDLER, ["legal", "care"], NOON)
    async with database.reading() as session:
        assert await session.scalar(select(Case.parties).where(Case.id == case_id)) == seal


async def test_a_conflict_that_was_deleted_in_the_database_still_holds(database: Database) -> None:
    case_id = await opened_case(database, RIDER)
    async with database.writing() as session:
        await cases.claim(session, case_id, HANDLER, ["legal"], NOON)
        row = await access.of_handler_for_update(session, case_id, HANDLER)
        await cases.mark_conflict(session, row, HANDLER)
    await rewritten(database, "DELETE FROM case_conflicts")
    async with database.reading() as session:
        row = await session.get_one(Case, case_id)
        assert access.who_may_see(session, row, [HANDLER, THIEF]) == [THIEF]
        assert await queue.in_queue(session, "legal", HANDLER) == []


async def test_an_erasure_reaches_what_was_given_to_somebody_else(database: Database) -> None:
    case_id, thiefs = await opened_case(database, RIDER), await opened_case(database, THIEF)
    async with database.writing() as session:
        row = await session.get_one(Case, case_id)
        for words in ("one", "two"):
            await messages.say(session, row, Side.RIDER, RIDER, None, Said(text=words), NOON)
    await rewritten(database, f"UPDATE case_messages SET case_id = {thiefs} WHERE id = 1")
    await rewritten(database, FORGERIES["its rider"])
    async with database.writing() as session:
        await erasure.erase(session, RIDER)
    async with database.reading() as session:
        row = await session.get_one(Case, case_id)
        assert row.content is None and (await session.get_one(Case, thiefs)).content is not None
        assert (await session.scalars(select(CaseMessage))).all() == []
        assert (await doubts.naming(session, RIDER)).brought == []


async def test_an_erased_handler_is_in_no_seal(database: Database) -> None:
    case_id = await opened_case(database, RIDER)
    other = await opened_case(database, RIDER)
    async with database.writing() as session:
        for one in (case_id, other):
            await cases.claim(session, one, HANDLER, ["legal"], NOON)
        await cases.mark_conflict(session, await session.get_one(Case, other), HANDLER)
    await rewritten(database, f"UPDATE cases SET desk = 'care', assigned_to = NULL WHERE id = {case_id}")
    await rewritten(database, "DELETE FROM case_conflicts")
    async with database.writing() as session:
        await erasure.erase(session, HANDLER)
    async with database.reading() as session:
        said = [one.parties async for one in doubts.all_seals(session)]
        assert [(one.handler, one.hidden_from) for one in said if one is not None] == [(None, ())] * 2
    assert await who_has_it(database, other) == (RIDER, None)


async def test_the_admins_are_told_once(town: Town) -> None:
    admin, counsel = await admin_of(town), town.rider(COUNSEL)
    case_id, _ = await opened_case(town.database, RIDER), await opened_case(town.database, THIEF)
    stolen = "(SELECT person_id FROM cases WHERE id = 2)"
    await rewritten(town.database, f"UPDATE cases SET assigned_to = {stolen} WHERE id = {case_id}")
    for _ in range(2):
        await town.tick("case_doubts")
        await town.tick("cases")
    await admin.hears_of("L-2026-000001")
    await town.until_idle()
    assert sum("L-2026-000001" in str(one.get("text")) for one in admin.heard) == 1
    assert not any("back in the queue" in str(one.get("text")) for one in counsel.heard)
    async with town.database.reading() as session:
        assert (await queues.in_doubt(session, NOON)).waiting == 1
    await rewritten(town.database, f"UPDATE cases SET assigned_to = NULL WHERE id = {case_id}")
    await town.tick("case_doubts")
    async with town.database.reading() as session:
        assert (await queues.in_doubt(session, NOON)).waiting == 0


async def test_many_cases_in_doubt_hold_up_no_other(database: Database) -> None:
    """As many as are looked at in one transaction, all of them late for longer, and urgent."""
    later, last = NOON + timedelta(seconds=1), CaseId(queue.AT_ONCE + 1)
    async with database.writing() as session:
        for at in range(last):
            due = later if at == queue.AT_ONCE else NOON
            row = await cases.open_case(session, "legal", "L", RIDER, CaseContent("pay"), 1, 2026, due, NOON)
            cases.mark_urgent(row, NOON, due - NOON)
    await rewritten(database, f"UPDATE cases SET parties = NULL WHERE id < {last}")
    context, more = clock_context(desks={"legal": Desk("legal", "legal", "L", "⚖️", {}, {}, {}, {}, ())}), True
    while more:
        async with database.writing() as session:
            more = await cases_by_clock.run(session, later, context)
    async with database.reading() as session:
        found = (await session.scalars(select(Case).order_by(Case.id))).all()
    assert all(row.urgent_told for row in found), "where somebody may be in danger, all are told of"
    assert [row.id for row in found if row.escalation_level] == [last]


# Upgrades, and what somebody makes look like one


@pytest.mark.parametrize("words", [b"nuanxin", None], ids=["an old check row", "no check row"])
async def test_no_start_seals_what_was_forged(database: Database, words: bytes | None) -> None:
    case_id = await opened_case(database, RIDER)
    async with database.writing() as session:
        row = await session.get_one(KeyCheck, 1)
        if words is None:
            await session.delete(row)
        else:
            row.sealed = database.vault.seal(words, "key_checks.sealed", 1)
        await roles.grant(session, THIEF, "admin", THIEF, NOON)
        await session.execute(text("UPDATE roles SET seal = NULL"))
        await session.execute(text("UPDATE cases SET parties = NULL"))
    async with database.writing() as session:
        await keys.check(session)
    async with database.reading() as session:
        assert await roles.held(session, [THIEF], NOON) == {}
    assert await who_has_it(database, case_id) == (None, None)


@pytest.fixture
async def upgraded(database_url: str) -> AsyncIterator[Database]:
    """Three cases, one of them hidden from HANDLER."""
    database = opened(database_url)
    await schema.migrate(database)
    for person in (RIDER, THIEF, RIDER):
        await opened_case(database, person)
    async with database.writing() as session:
        await keys.check(session)
        await cases.mark_conflict(session, await session.get_one(Case, CaseId(3)), HANDLER)
    yield database
    await database.close()


async def test_an_upgrade_seals_what_was_sealed_and_nothing_that_was_forged(upgraded: Database) -> None:
    await schema.migrate(upgraded, "0014")
    await rewritten(upgraded, FORGERIES["its rider"])
    await schema.migrate(upgraded)
    assert await who_has_it(upgraded, CaseId(1)) == (None, None)
    assert await who_has_it(upgraded, CaseId(3)) == (RIDER, None)
    async with upgraded.writing() as session:
        row = await session.get_one(Case, CaseId(3))
        assert content_of(session, row).kind == "pay" and access.who_may_see(session, row, [HANDLER]) == []
        assert await session.get(CaseConflict, (CaseId(3), HANDLER)) is not None
        with pytest.raises(CaseInDoubt):
            await cases.claim(session, CaseId(1), HANDLER, ["legal"], NOON)


async def test_a_schema_that_was_put_back_is_refused(upgraded: Database) -> None:
    async with upgraded.writing() as session:
        row = await session.get_one(KeyCheck, 1)
        row.sealed = upgraded.vault.seal(b"nuanxin", "key_checks.sealed", 1)
    await rewritten(upgraded, "DROP INDEX ix_cases_doubted")
    for column in ("cases DROP COLUMN doubt_told", "people DROP COLUMN username_seal"):
        await rewritten(upgraded, f"ALTER TABLE {column}")
    await rewritten(upgraded, "UPDATE cases SET parties = NULL, person_id = NULL")
    await rewritten(upgraded, "UPDATE alembic_version SET version_num = '0014'")
    with pytest.raises(SchemaTooNew, match="sealed under schema 0015"):
        await schema.migrate(upgraded)
