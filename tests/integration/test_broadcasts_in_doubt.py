"""Who can write to the database but has no key can't approve a broadcast, nor give an approved one to others."""

from __future__ import annotations

import pytest
from sqlalchemy import text, update

from storage import schema
from storage.broadcasts import broadcasts, corrections
from storage.broadcasts.broadcasts import Broadcast, BroadcastInDoubt, BroadcastState
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.schema import SchemaTooNew
from storage.telegram_ids import PersonId
from tests.support.simulator import ADMIN, COORDINATOR, NOON

OLD, NEW = Content("sendMessage", {"text": "Saturday"}), Content("sendMessage", {"text": "Sunday"})
ONE = BroadcastId(1)
THIRD = PersonId(12)


async def waiting(database: Database) -> None:
    """One that waits for approval."""
    async with database.writing() as session:
        await broadcasts.create(session, COORDINATOR, OLD, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, ONE, None, None, NOON, needs_approval=True)


async def forged(database: Database, **columns: object) -> None:
    async with database.writing() as session:
        await session.execute(update(Broadcast).values(**columns))


FORGERIES: dict[str, dict[str, object]] = {
    "its state": {},
    "its author": {"author": ADMIN},
    "to whom": {"segment": Segment().text + " "},
    "its topic": {"topic": Topic.URGENT},
    "nothing sealed": {"release": None},
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_what_nobody_approved_is_not_let_go(database: Database, what: str) -> None:
    await waiting(database)
    await forged(database, state=BroadcastState.SCHEDULED, **FORGERIES[what])
    async with database.reading() as session:
        row = await session.get_one(Broadcast, ONE)
        with pytest.raises(BroadcastInDoubt):
            broadcasts.require_released(session, row)


async def test_what_was_approved_is_let_go_and_to_nobody_else(database: Database) -> None:
    await waiting(database)
    async with database.writing() as session:
        row = await broadcasts.approve(session, ONE, ADMIN, NOON)
        broadcasts.require_released(session, row)
    await forged(database, topic=Topic.URGENT)
    async with database.reading() as session:
        with pytest.raises(BroadcastInDoubt):
            broadcasts.require_released(session, await session.get_one(Broadcast, ONE))


async def test_nobody_approves_their_own_under_another_name(database: Database) -> None:
    await waiting(database)
    await forged(database, author=ADMIN)
    async with database.writing() as session:
        with pytest.raises(BroadcastInDoubt):
            await broadcasts.approve(session, ONE, COORDINATOR, NOON)


async def test_nobody_approves_their_own_correction_under_another_name(database: Database) -> None:
    await waiting(database)
    async with database.writing() as session:
        row = await broadcasts.approve(session, ONE, ADMIN, NOON)
        row.state, row.total = BroadcastState.DONE, 0
        corrected = await corrections.correct(session, ONE, NEW, COORDINATOR, 500, NOON)
        assert isinstance(corrected, Broadcast), "an approved one needs it, whatever the columns say"
    await forged(database, corrected_by=THIRD)
    async with database.writing() as session:
        with pytest.raises(BroadcastInDoubt):
            await corrections.approve(session, ONE, row.revision, COORDINATOR, NOON)


async def test_an_upgrade_keeps_what_was_approved_and_what_waits(database: Database) -> None:
    await waiting(database)
    async with database.writing() as session:
        row = await broadcasts.create(session, COORDINATOR, NEW, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=True)
        await broadcasts.approve(session, row.id, ADMIN, NOON)
    await schema.migrate(database, "0015")
    await schema.migrate(database)
    async with database.writing() as session:
        first, second = await session.get_one(Broadcast, ONE), await session.get_one(Broadcast, row.id)
        assert broadcasts.content_of(session, first) == OLD
        assert broadcasts.release_of(session, second).approved_by == ADMIN
        with pytest.raises(BroadcastInDoubt):
            broadcasts.require_released(session, first)
        await broadcasts.approve(session, ONE, ADMIN, NOON)


async def test_a_schema_that_was_put_back_is_refused(database: Database) -> None:
    await waiting(database)
    async with database.writing() as session:
        await session.execute(text("ALTER TABLE broadcasts DROP COLUMN release"))
        await session.execute(text("ALTER TABLE broadcasts ADD COLUMN approved_by BIGINT"))
        await session.execute(text("UPDATE alembic_version SET version_num = '0015'"))
    with pytest.raises(SchemaTooNew, match="sealed under schema 0016"):
        await schema.migrate(database)
