"""The database fails while the bot runs: readers get an answer, and the operator hears what it is, by four ways."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from bot.observability.database_watch import FULL_WAITS, DatabaseWatch
from bot.observability.metrics import Metrics
from bot.process import served
from storage import dialogues, schema
from storage.database import Database
from storage.database_errors import Cause, DatabaseAway
from storage.dialogues import Filled, OpenForm
from storage.schema_comparison import SchemaDiffers, compare
from storage.telegram_ids import PersonId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from tests.support.databases import opened
from tests.support.metrics import value
from tests.support.simulator import ADMIN, NOON, Town, free_port

DOCS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")


@pytest.fixture
async def address(town: Town) -> AsyncIterator[str]:
    application = web.Application()
    town.app.add_routes(application)
    async with served(application, free_port(), leaves_within=0.1) as found:
        yield found


async def get(address: str, path: str) -> tuple[int, str]:
    async with aiohttp.request("GET", f"{address}{path}") as answer:
        return answer.status, await answer.text()


async def look(town: Town) -> None:
    """One turn of the alarm."""
    (task,) = (one for one in town.app.background.tasks if one.name == "database alarm")
    await task.run()


class Disk:
    """Lets writes fail as on a full disk: SQLite by its own limit of pages, PostgreSQL by a trigger with the code."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._limit = 0
        self._marks = itertools.count(1, 1_000_000)
        if not database.is_postgresql:
            event.listen(database.engine.sync_engine, "begin", self._limit_pages)

    def _limit_pages(self, connection: object) -> None:
        cursor = connection.connection.cursor()  # type: ignore[attr-defined]
        cursor.execute(f"PRAGMA max_page_count = {self._limit or 1 << 30}")
        cursor.close()

    async def fill(self) -> None:
        if not self._database.is_postgresql:
            self._limit = 1  # SQLite raises it to what the file has
            await self.is_hit()
            return
        async with self._database.engine.begin() as connection:
            await connection.execute(
                text(
                    "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
                    "$$BEGIN RAISE EXCEPTION 'no space left' USING ERRCODE = '53100'; END$$"
                )
            )
            for table in ("updates", "versions", "dialogues"):
                await connection.execute(
                    text(f"CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION full_disk()")
                )

    async def is_hit(self) -> None:
        """Lets a form grow until there is no room for a byte more, in its page of the table either; then writes marks
        of updates until there is none for another."""
        length = 0
        for step in (64, 1):
            with contextlib.suppress(DBAPIError):
                while True:
                    await self._keep("x" * (length + step))
                    length += step
        with contextlib.suppress(DBAPIError):
            for number in itertools.count(next(self._marks)):
                async with self._database.writing() as session:
                    await updates.mark_done(session, UpdateKey(number), NOON)

    async def _keep(self, name: str) -> None:
        async with self._database.writing() as session:
            form = OpenForm(PersonId(1_000), "join", "name", Filled({"name": name}))
            await dialogues.keep(session, form, NOON, timedelta(hours=24))

    async def make_room(self) -> None:
        self._limit = 0
        if self._database.is_postgresql:
            async with self._database.engine.begin() as connection:
                await connection.execute(text("DROP FUNCTION full_disk() CASCADE"))


async def fails_again(town: Town) -> None:
    """Waits until another transaction finds the disk full; a trouble that was over meanwhile begins to count again."""
    watch = town.app.base.database_watch
    before = {trouble.error_id: trouble.failed for trouble in watch.current}
    await town.until(lambda: any(trouble.failed > before.get(trouble.error_id, 0) for trouble in watch.current))


@pytest.mark.menus
async def test_a_full_disk_is_said_everywhere_and_its_end_too(town: Town, address: str) -> None:
    admin, rider = town.rider(ADMIN), town.rider(7)
    await rider.says("/join")
    await rider.hears_of("Before the first question")
    await town.until(lambda: town.app.is_ready)
    disk = Disk(town.database)
    await disk.fill()
    await rider.presses("I agree")
    for _ in range(3):  # it is tried again every few seconds meanwhile
        await fails_again(town)
        town.now += timedelta(seconds=FULL_WAITS / 3)
    await rider.hears_of("that went wrong")
    status, said = await get(address, "/readyz")
    assert (status, json.loads(said)["trouble"]) == (503, f"database full: {Cause.FULL.sentence}")
    assert value((await get(address, "/metrics"))[1], 'nuanxin_database_trouble{cause="full"}') == 1
    await look(town)
    await look(town)
    told = await admin.hears_of("磁盘已满")
    (trouble,) = town.app.base.database_watch.current
    assert trouble.error_id in told["text"]
    assert sum("磁盘已满" in heard.get("text", "") for heard in admin.heard) == 1, "once an hour"
    town.now += timedelta(minutes=61)
    await disk.is_hit()
    await look(town)
    await admin.hears_of("磁盘已满")
    await disk.make_room()
    town.now += timedelta(seconds=61)
    await look(town)
    await admin.hears_of("数据库已恢复正常")
    assert not town.app.base.database_watch.is_troubled
    assert "database" not in (await get(address, "/readyz"))[1]
    await rider.presses("I agree")
    await rider.hears_of("What is your name?")


async def test_a_disk_that_is_full_for_a_moment_is_waited_for(town: Town) -> None:
    rider = town.rider(7)
    await rider.says("/join")
    await rider.hears_of("Before the first question")
    disk = Disk(town.database)
    await disk.fill()
    await rider.presses("I agree")
    await fails_again(town)
    await disk.make_room()
    await rider.hears_of("What is your name?")
    assert not any("went wrong" in heard["text"] for heard in rider.heard)


async def test_a_missing_column_is_told_and_not_waited_for(town: Town, address: str) -> None:
    """The rider is answered with the id of the trouble, and the update does not come again."""
    admin, rider = town.rider(ADMIN), town.rider(7)
    await rider.says("/join")
    await rider.hears_of("Before the first question")
    async with town.database.writing() as session:
        await session.execute(text("ALTER TABLE consents RENAME COLUMN given_at TO given_at_of_old"))
    await rider.presses("I agree")
    said = (await rider.hears_of("that went wrong"))["text"]
    await town.until_idle()
    (trouble,) = town.app.base.database_watch.current
    assert (trouble.cause, trouble.error_id in said) == (Cause.SCHEMA, True)
    assert json.loads((await get(address, "/readyz"))[1])["trouble"].startswith("database schema: ")
    await look(town)
    await admin.hears_of("数据库缺少当前版本需要的表或字段")


async def test_a_restart_of_the_server_is_told_only_if_it_lasts(
    town: Town, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = town.rider(ADMIN)
    await town.until(lambda: town.app.is_ready)

    def away(*_: object, **__: object) -> None:
        raise DatabaseAway("ConnectionRefusedError")

    with monkeypatch.context() as outage:
        outage.setattr("storage.database.take_connection", away)
        async with asyncio.timeout(20):  # what was begun before may still work
            while not json.loads((await get(address, "/readyz"))[1])["trouble"].startswith("database away: "):
                await look_away(town)
        assert not any("连不上" in heard.get("text", "") for heard in admin.heard)
        async with asyncio.timeout(20):
            while not any("连不上" in heard.get("text", "") for heard in admin.heard):
                town.now += timedelta(seconds=61)
                await look_away(town)
    await look(town)
    await admin.hears_of("数据库已恢复正常")


async def look_away(town: Town) -> None:
    with pytest.raises(DatabaseAway):
        async with town.database.reading():
            pass
    await look(town)


def test_the_log_has_a_line_at_the_beginning_one_a_minute_and_one_at_the_end(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    now = 0.0
    watch = DatabaseWatch(Metrics(), lambda: now)
    for now in range(0, 130, 5):  # noqa: B007 (the clock is read by the watch)
        watch.failed(DatabaseAway("ConnectionRefusedError"))
    watch.worked(wrote=False)
    lines = [record.getMessage() for record in caplog.records]
    assert len([line for line in lines if "database away: the database can't be reached" in line]) == 3
    assert len([line for line in lines if "database away: over" in line]) == 1


def test_what_concerns_some_statements_only_is_over_after_a_while(caplog: pytest.LogCaptureFixture) -> None:
    now = 0.0
    watch = DatabaseWatch(Metrics(), lambda: now)
    error = DatabaseAway()
    error.__cause__ = type("Answered", (Exception,), {"sqlstate": "42703"})()
    watch.failed(error)
    watch.worked(wrote=True)
    assert watch.trouble.startswith("database schema")
    now = 301.0
    watch.worked(wrote=True)
    assert watch.trouble == ""


def test_neither_reading_nor_a_small_write_proves_that_there_is_room() -> None:
    now = 0.0
    watch = DatabaseWatch(Metrics(), lambda: now)
    error = DatabaseAway()
    error.__cause__ = type("Answered", (Exception,), {"sqlstate": "53100"})()
    watch.failed(error)
    watch.worked(wrote=True)
    now = 61.0
    watch.worked(wrote=False)
    assert watch.is_troubled
    watch.worked(wrote=True)
    assert not watch.is_troubled


async def test_a_schema_that_lacks_something_is_named_before_the_start(database: Database) -> None:
    async with database.reading() as session:
        await compare(session)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE stations DROP COLUMN note"))
        await connection.execute(text("DROP TABLE blocks"))
        await connection.execute(text("CREATE TABLE of_somebody_else (id INTEGER)"))
    async with database.reading() as session:
        with pytest.raises(SchemaDiffers) as said:
            await compare(session)
    line = str(said.value)
    assert "\n" not in line and f"has schema {schema.NEWEST}, but lacks" in line
    assert "blocks" in line and "stations.note" in line and "somebody" not in line


def test_every_cause_is_in_the_documents() -> None:
    assert {cause for cause in Cause if not re.search(rf"`{cause}`", DOCS)} == set()


async def test_a_damaged_file_is_no_empty_database(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"nonsense" * 1_000)
    database = opened(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(DatabaseAway):
        await schema.migrate(database)
    await database.close()
