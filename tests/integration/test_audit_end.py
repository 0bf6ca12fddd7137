"""Who can write to the database but has no key can't blank the audit log, nor take it away."""

from __future__ import annotations

import asyncio

import orjson
import pytest
from sqlalchemy import delete, select, update

from storage import audit, keys, schema
from storage.audit import AuditHead, AuditRow
from storage.database import Database, vault_of
from storage.membership.audited import MembershipAction
from storage.operations.notices import AuditLogEnds
from storage.telegram_ids import PersonId
from tests.support.admins import admin_of
from tests.support.databases import opened
from tests.support.simulator import ADMIN, NOON, Town


async def noted(database: Database, count: int = 4) -> None:
    for at in range(count):
        async with database.writing() as session:
            await audit.note(session, PersonId(900), MembershipAction.APPLICATION_READ, NOON, 100 + at % 2, f"A-{at}")


async def fault(database: Database) -> str:
    async with database.reading() as session:
        return (await audit.verify(session)).fault


async def test_blanking_rows_without_the_key_is_found(database: Database) -> None:
    await noted(database)
    async with database.writing() as session:
        await audit.erase(session, PersonId(101))
    assert await fault(database) == ""
    async with database.writing() as session:
        await session.execute(update(AuditRow).values(sealed=None, subject=None))
    assert await fault(database) == "the sealed part of 4 rows was removed"


async def test_a_log_that_was_deleted_with_its_end_is_found(database_url: str) -> None:
    database = opened(database_url)
    await schema.migrate(database)
    async with database.writing() as session:
        await keys.check(session)
    assert await fault(database) == "", "a new database has an end"
    await noted(database)
    async with database.writing() as session:
        await session.execute(delete(AuditRow))
        await session.execute(delete(AuditHead))
    assert await fault(database) == "the end of the chain is missing"
    async with database.writing() as session:
        await session.execute(delete(keys.KeyCheck))  # as if the next start were the first
    async with database.writing() as session:
        await keys.check(session)
    assert await fault(database) == "the end of the chain is missing"
    await database.close()


async def test_what_0_7_erased_is_known_from_the_first_entry_on(database: Database) -> None:
    await noted(database)
    async with database.writing() as session:
        await session.execute(update(AuditRow).where(AuditRow.id == 2).values(sealed=None, subject=None))
        head = await session.get_one(AuditHead, 1)
        stored = orjson.loads(vault_of(session).open(head.sealed, "audit_head.sealed", 1))
        head.sealed = vault_of(session).seal(orjson.dumps(stored[:2]), "audit_head.sealed", 1)
    assert await fault(database) == ""
    await noted(database, 1)
    assert await fault(database) == ""
    async with database.writing() as session:
        await session.execute(update(AuditRow).where(AuditRow.id == 3).values(sealed=None, subject=None))
    assert await fault(database) == "the sealed part of 1 rows was removed"


async def test_first_entries_at_the_same_time_are_all_written(database: Database) -> None:
    await asyncio.gather(*(noted(database, 1) for _ in range(8)))
    async with database.reading() as session:
        assert (await audit.verify(session)) == (8, 0, "")


@pytest.mark.parametrize("digits", [16])
async def test_the_admins_are_told_how_it_ends(town: Town, digits: int) -> None:
    admin = await admin_of(town)
    await noted(town.database, 3)
    town.now = NOON.replace(hour=10)
    await town.tick("audit_head")
    said = (await admin.hears_of("The audit log has 3 entries"))["text"]
    async with town.database.reading() as session:
        head = await audit.head(session)
        kept = (await session.scalars(select(AuditRow).where(AuditRow.id == 3))).one()
    assert head is not None and kept.hash.hex()[:digits] == head.shown and head.shown in said
    await town.tick("audit_head")
    assert sum("audit log has" in one.get("text", "") for one in admin.heard) == 1
    assert AuditLogEnds.kind == "audit_head" and admin.id == ADMIN
