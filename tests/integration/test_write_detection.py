"""Whether a transaction wrote is seen at the engine, whichever way a statement takes to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Executable, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.feature import AllFeatures, Feature
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.features import FEATURES
from storage.coordination.change_counters import Version
from storage.database import Database
from storage.dialects import lock_chat
from storage.engine.fast_statements import run
from storage.engine.write_detection import has_written
from storage.people.people import PersonRow
from storage.telegram_ids import ChatId, PersonId
from storage.updates import updates
from tests.support.config import configured
from tests.support.simulator import Town, running, telegram

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
RIDER = PersonId(5)
Work = Callable[[AsyncSession], Awaitable[object]]

_MOVED = update(PersonRow).where(PersonRow.id == RIDER).values(language="zh_Hans")
_ROW = {"id": 9, "first_seen": NOW, "last_seen": NOW}


async def _by_the_session(session: AsyncSession) -> None:
    await session.execute(_MOVED)


async def _past_the_orm(session: AsyncSession) -> None:
    await (await session.connection()).execute(_MOVED)


async def _as_plain_text(session: AsyncSession) -> None:
    await (await session.connection()).execute(text("UPDATE people SET language = 'zh_Hans'"))


async def _on_the_hot_path(session: AsyncSession) -> None:
    await run(session, _MOVED)


_ADDED_TWICE = text("INSERT INTO versions (name, value) VALUES ('sample', 2) ON CONFLICT DO NOTHING")

PAST: dict[str, Work] = {
    "viasession": _by_the_session,
    "pastorm": _past_the_orm,
    "plaintext": _as_plain_text,
    "hotpath": _on_the_hot_path,
}


async def _handle(work: Work, talk: Talk) -> None:
    await work(talk.session)
    talk.say("Done.")


def _register(routes: Routes, _others: AllFeatures) -> None:
    for name, work in PAST.items():
        routes.command(name, partial(_handle, work), about="")


@pytest.fixture
async def writing(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """The bot with commands that write, each in another way."""
    feature = Feature(name="writes", register=_register)
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address), all_features=(feature, *FEATURES))
        async with running(town.app):
            yield town


@pytest.mark.parametrize("name", PAST)
async def test_a_handler_that_says_done_has_its_effect_kept(writing: Town, name: str) -> None:
    rider = writing.rider(RIDER)
    await rider.says("/help")  # from now on they are known: their next update writes nothing else
    await rider.hears()
    await writing.until_idle()
    await rider.says(f"/{name}")
    await rider.hears_of("Done.")
    async with writing.database.reading() as session:
        assert await session.scalar(select(PersonRow.language).where(PersonRow.id == RIDER)) == "zh_Hans"
        marks = await session.scalars(select(updates.DoneUpdate.key))
        assert marks.all(), "the update has its mark"


async def _add(session: AsyncSession) -> None:
    session.add(PersonRow(**_ROW))


async def _insert(session: AsyncSession) -> None:
    await session.execute(insert(PersonRow).values(**_ROW))


async def _insert_many(session: AsyncSession) -> None:
    await (await session.connection()).execute(insert(PersonRow), [_ROW, {**_ROW, "id": 10}])


async def _delete(session: AsyncSession) -> None:
    await session.execute(delete(PersonRow).where(PersonRow.id == RIDER))


@pytest.mark.parametrize("work", [*PAST.values(), _add, _insert, _insert_many, _delete])
async def test_a_statement_that_changes_rows_is_seen(database: Database, work: Work) -> None:
    async with database.writing() as session:
        await session.execute(insert(PersonRow).values(**{**_ROW, "id": RIDER}))
    async with database.writing() as session:
        assert not await has_written(session)
        await work(session)
        assert await has_written(session)
    async with database.writing() as session:
        assert not await has_written(session), "the next transaction begins without a mark"


async def test_reading_locking_and_savepoints_are_not_writing(database: Database) -> None:
    async with database.writing() as session:
        await lock_chat(session, ChatId(7))
        await session.scalars(select(PersonRow).with_for_update(skip_locked=True))
        await session.get(PersonRow, RIDER, with_for_update=True)
        await session.execute(text("WITH known AS (SELECT id FROM people) SELECT id FROM known"))
        async with session.begin_nested():
            await session.execute(text("SELECT count(*) FROM updates"))
        assert not await has_written(session)


@pytest.mark.parametrize("none", [_MOVED, _MOVED.returning(PersonRow.id), _ADDED_TWICE])
async def test_a_statement_that_finds_no_row_has_written_nothing(database: Database, none: Executable) -> None:
    async with database.writing() as session:
        await session.execute(insert(Version).values(name="sample", value=1))
    async with database.writing() as session:
        await session.execute(none)
        assert not await has_written(session)


async def test_a_query_that_holds_a_change_is_seen(database: Database) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has no changes in a WITH before a SELECT")
    async with database.writing() as session:
        await session.execute(insert(PersonRow).values(**_ROW))
    async with database.writing() as session:
        await session.execute(text("WITH gone AS (DELETE FROM people RETURNING id) SELECT id FROM gone"))
        assert await has_written(session)
    changed = _MOVED.returning(PersonRow.id).cte("changed")
    async with database.writing() as session:
        await session.execute(select(changed.c.id))
        assert await has_written(session)
