"""A backup that is tried: decrypted to its end, and restored into a place that is removed again."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bot.backup import database_dump, sealed_file
from bot.backup.sealed_file import Header
from storage import keys, moving, schema
from storage.database import open_database
from storage.encryption import Vault

PREFIX = ".trying-"


class Tried(NamedTuple):
    """`contents` says in words what is in it."""

    header: Header
    contents: str


async def drill(file: Path, vault: Vault, tools: str, scratch: Path) -> Tried:
    """Restores the backup in the folder `scratch`, which needs as much room as the database has, and counts what is
    there.

    Of a PostgreSQL backup the archive is read to its end, which needs no server.

    Raises:
        BadBackup, CannotDump, OSError: it could not be restored.
        WrongKey: what is in it was sealed with other keys.
    """
    with tempfile.TemporaryDirectory(dir=scratch, prefix=PREFIX) as folder:
        header, place = await asyncio.to_thread(_unpack, file, vault, Path(folder))
        if header.kind == "postgresql":
            count = await asyncio.to_thread(database_dump.count_tables, place, tools)
            return Tried(header, f"{count} tables")
        return Tried(header, await _count_rows(place, vault))


def _unpack(file: Path, vault: Vault, folder: Path) -> tuple[Header, Path]:
    place = folder / "database"
    with file.open("rb") as source:
        header, line = sealed_file.read_header(source)
        dumped: Iterator[bytes] = sealed_file.read(source, line, vault)
        if header.kind == "sqlite":
            database_dump.restore_sqlite(place, dumped)
        else:
            with place.open("wb") as target:
                target.writelines(dumped)
    return header, place


async def _count_rows(place: Path, vault: Vault) -> str:
    database = open_database(f"sqlite+aiosqlite:///{place}", vault)
    try:
        await schema.migrate(database)
        async with database.writing(apart=True) as session:
            await keys.check(session)
            counted = await moving.count_all(session)
    finally:
        await database.close()
    return f"{sum(counted.values()):,} rows in {len(counted)} tables"
