"""What is left on a disk and in a database, byte by byte and row by row."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg

from storage import audit, dialogues, keys
from storage.database import Base, Database
from storage.dialogues import Filled, OpenForm
from storage.membership import reviews
from storage.membership.audited import MembershipAction
from storage.people import people
from storage.sealed_columns import SealedColumn, identity, sealed_columns
from storage.telegram_ids import PersonId
from tests.support.applications import ID_NUMBER, applied
from tests.support.processes import bot_settings
from tests.support.simulator import NOON

NAME, PHONE, DISTRICT = "欧阳若曦", "13912345678", "陵城新区"


async def tables_of(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""
    async with database.reading() as session:
        return {
            table.name: sorted(map(repr, (await session.execute(table.select())).all()))
            for table in Base.metadata.sorted_tables
        }


async def plain_tables_of(database: Database) -> dict[str, list[Any]]:
    """The same with what is sealed in plain: sealing again makes other bytes."""
    sealed_by_table: dict[str, list[SealedColumn]] = defaultdict(list)
    for column in sealed_columns():
        sealed_by_table[column.table.name].append(column)
    found = {}
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = [dict(row) for row in (await session.execute(table.select())).mappings()]
            for row in rows:
                for one in sealed_by_table[table.name]:
                    if (sealed := row[one.column.name]) is not None:
                        place = identity(*(row[other.name] for other in (*one.keys, *one.bound_to)))
                        row[one.column.name] = database.vault.open(sealed, one.name, place)
            found[table.name] = sorted(map(repr, rows))
    return found


async def filled(database: Database) -> None:
    async with database.writing() as session:
        await keys.check(session)
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 501)), "en"), NOON)
        for person_id in range(1, 501):
            form = OpenForm(PersonId(person_id), "join", "name", Filled({"name": "李雷"}))
            await dialogues.keep(session, form, NOON, timedelta(hours=24))
        row = await applied(session, 1)
        await reviews.claim(session, row.id, PersonId(900), NOON)
        await reviews.approve(session, row.id, PersonId(900), NOON)
        await audit.note(session, PersonId(900), MembershipAction.APPLICATION_APPROVED, NOON, 1, row.receipt)


def traces(said: Sequence[str]) -> list[bytes]:
    """What must stand nowhere on a disk, as text, as UTF-16 and as JSON spells it."""
    return [text.encode(code) for text in said for code in ("utf-8", "utf-16-le", "unicode-escape")]


def files_of(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def search(folder: Path, said: Sequence[str] = (NAME, PHONE, DISTRICT, ID_NUMBER, "+86" + PHONE)) -> None:
    wanted = traces(said)
    for file in files_of(folder):
        content = file.read_bytes()
        for trace in wanted:
            assert trace not in content, f"{trace!r} stands in {file.name}"


def talkative(address: str, url: str) -> dict[str, str]:
    """Settings of a program that logs at debug level into a file; the database is PostgreSQL at `url`, or SQLite."""
    settings = {
        **bot_settings(address, ""),
        "NUANXIN_GEOCODING__SERVICE": "",
        "NUANXIN_LOGGING__LEVEL": "debug",
        "NUANXIN_LOGGING__FILE": "logs/nuanxin.log",
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND_PER_CHAT": "1000",
    }
    return {**settings, "NUANXIN_DATABASE__URL": url} if url else settings


async def search_disk(folder: Path, url: str, *said: str) -> None:
    """The folder of a program; then the files of its PostgreSQL database, or a backup of its SQLite file."""
    looked_for = (said,) if said else ()
    await asyncio.to_thread(search, folder, *looked_for)
    if url:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        await connection.execute("CHECKPOINT")
        data = Path(await connection.fetchval("SHOW data_directory"))
        number = await connection.fetchval("SELECT oid FROM pg_database WHERE datname = current_database()")
        await connection.close()
        for part in (f"base/{number}", "pg_wal"):
            await asyncio.to_thread(search, data / part, *looked_for)
        return
    source = sqlite3.connect(folder / "data" / "nuanxin.db")
    backup = sqlite3.connect(folder / "backup.db")
    source.backup(backup)
    backup.close()
    source.close()
    await asyncio.to_thread(search, folder, *looked_for)
