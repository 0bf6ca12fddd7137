"""`backup` and `restore`: one encrypted file with all that the bot keeps; and the same for the daily backup."""

from __future__ import annotations

import asyncio
import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import inspect

from bot.backup import database_dump, leftovers, sealed_file
from bot.backup.database_dump import CannotDump
from bot.backup.sealed_file import BadBackup, Header
from bot.config.config import Config
from storage import schema
from storage.database import Database
from storage.encryption import Vault


class Made(NamedTuple):
    """`size` in bytes; `content` is the SHA-256 of what was dumped."""

    file: Path
    size: int
    content: str


async def back_up(database: Database, file: Path, tools: str) -> Made:
    """Writes a backup and reads it back, while the bot runs. The file is there only if it is whole.

    Raises:
        CannotDump, BadBackup, FileExistsError, OSError: nothing of it is left behind.
    """
    if not database.is_postgresql and not await asyncio.to_thread(Path(str(database.engine.url.database)).exists):
        raise CannotDump(f"{database.engine.url.database} does not exist: there is nothing to back up")
    async with database.connected() as connection:
        found = await schema.revision(connection)
    if found is None:
        raise CannotDump("the database is empty: there is nothing to back up")
    kind = "postgresql" if database.is_postgresql else "sqlite"
    header = Header(kind, found, datetime.now(UTC).isoformat(timespec="seconds"))
    return await asyncio.to_thread(_write, database, file, header, tools)


def _write(database: Database, file: Path, header: Header, tools: str) -> Made:
    if file.exists():
        raise FileExistsError(f"{file} exists; it is not overwritten")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            leftovers.hold(target.fileno())
            dumped = database_dump.dump(database.engine.url, tools, file.parent)
            content = sealed_file.write(target, header, dumped, database.vault)
            target.flush()
            os.fsync(target.fileno())
        if _digest(part, database.vault) != content:
            raise BadBackup("the backup failed verification: reading it back gave different data")
        os.link(part, file)
    finally:
        part.unlink(missing_ok=True)
    return Made(file, file.stat().st_size, content)


def _digest(file: Path, vault: Vault) -> str:
    """Of what is in the backup, all of it decrypted."""
    digest = hashlib.sha256()
    with file.open("rb") as source:
        _, line = sealed_file.read_header(source)
        for chunk in sealed_file.read(source, line, vault):
            digest.update(chunk)
    return digest.hexdigest()


async def restore(config: Config, database: Database, file: Path) -> Header:
    """Puts a backup into the empty place that the config names, and brings it to the newest schema.

    Raises:
        CannotDump: the place is not empty, or of the other kind.
        BadBackup: the file is not whole, or its key is not at hand.
    """
    with file.open("rb") as source:
        header, line = sealed_file.read_header(source)
        kind = "postgresql" if database.is_postgresql else "sqlite"
        if header.kind != kind:
            raise CannotDump(f"this is a {header.kind} backup, but database.url names a {kind} database")
        if header.schema > schema.NEWEST:
            raise CannotDump(f"the backup has schema {header.schema}, but this program only knows {schema.NEWEST}")
        if database.is_postgresql:
            await _check_empty(database)
        dumped = sealed_file.read(source, line, database.vault)
        await asyncio.to_thread(database_dump.restore, database.engine.url, config.backup.tools, dumped)
    await schema.migrate(database)
    return header


async def _check_empty(database: Database) -> None:
    async with database.connected() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    if tables:
        raise CannotDump(
            f"the database holds {len(tables)} tables; a backup is only restored into an empty one (CREATE DATABASE)"
        )
