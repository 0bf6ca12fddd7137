"""The audit log: whoever changes, removes or inserts a row is found out."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from storage import audit
from storage.audit import AuditHead, AuditRow
from storage.database import Database
from storage.membership.audited import MembershipAction
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

ROWS = 6


@pytest.fixture
async def chain(database: Database) -> AsyncIterator[Database]:
    for at in range(ROWS):
        async with database.writing() as session:
            await audit.note(
                session,
                PersonId(900),
                MembershipAction.APPLICATION_READ,
                NOON + timedelta(minutes=at),
                100 + at % 2,
                f"A-{at}",
            )
    yield database


async def verified(database: Database) -> audit.Verified:
    async with database.reading() as session:
        return await audit.verify(session)


async def test_a_whole_chain_is_whole_also_after_an_erasure(chain: Database) -> None:
    assert await verified(chain) == (ROWS, 0, "")
    async with chain.writing() as session:
        await audit.erase(session, PersonId(101))
    assert await verified(chain) == (ROWS, 3, "")
    async with chain.reading() as session:
        assert [entry.about for entry in await audit.newest(session, subject=100)] == ["A-4", "A-2", "A-0"]
        assert await audit.newest(session, subject=101) == []


@pytest.mark.parametrize("column", ["at", "actor", "act", "subject", "sealed", "commitment", "hash"])
async def test_a_changed_value_is_found(chain: Database, column: str) -> None:
    async with chain.writing() as session:
        row = await session.get_one(AuditRow, 3)
        other = await session.get_one(AuditRow, 2)
        value = {"actor": 901, "act": "role_taken"}.get(column, getattr(other, column))
        await session.execute(update(AuditRow).where(AuditRow.id == row.id).values({column: value}))
    assert (await verified(chain)).fault


@pytest.mark.parametrize("row", [1, 3, ROWS])
async def test_a_removed_row_is_found_also_the_last(chain: Database, row: int) -> None:
    async with chain.writing() as session:
        await session.execute(delete(AuditRow).where(AuditRow.id == row))
    assert (await verified(chain)).fault


async def test_a_row_that_was_inserted_or_a_chain_made_anew_is_found(chain: Database) -> None:
    """Who can write to the database, but has no key, can compute every hash, yet not seal the chain's end."""
    async with chain.writing() as session:
        last = await session.get_one(AuditRow, ROWS)
        said = f"{ROWS + 1}/2026-11-24T04:00:00.000000/1/role_granted/".encode() + bytes(32)
        forged = hashlib.sha256(last.hash + said).digest()
        session.add(AuditRow(id=ROWS + 1, at=NOON, actor=1, act="role_granted", commitment=bytes(32), hash=forged))
    assert f"{ROWS} rows were written" in (await verified(chain)).fault
    async with chain.writing() as session:
        await session.execute(delete(AuditHead))
    assert (await verified(chain)).fault == "the end of the chain is missing"
