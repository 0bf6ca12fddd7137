"""`upgrade`: what the operator is to have before and after a migration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.backup.database_dump import CannotDump
from bot.backup.operations import back_up
from bot.config.config import Config
from bot.process import database_file
from storage import schema
from storage.database import Database


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What happened, and how to go back, in lines for the operator."""

    done: list[str]
    way_back: str


async def migrate_with_backup(config: Config, database: Database) -> Upgraded:
    """Makes a backup that the rotation leaves alone, and migrates.

    Raises:
        CannotDump, BadBackup, OSError: there is no backup, so nothing was migrated.
        SchemaTooNew: a newer version migrated the database.
    """
    async with database.connected() as connection:
        before = await schema.revision(connection)
    if before is None:
        raise CannotDump("there is no database yet, so nothing to upgrade; start the bot")
    file = config.backup.folder / f"before-upgrade-{before}-{datetime.now(UTC):%Y%m%dT%H%M%S}Z.backup"
    made = await back_up(database, file, config.backup.tools)
    is_migrated = await schema.migrate(database)
    migrated = f"schema migrated from {before} to {schema.NEWEST}" if is_migrated else f"the schema is {before} already"
    return Upgraded([f"backup written and verified: {made.file}", migrated], _way_back(config, made.file))


def _way_back(config: Config, file: Path) -> str:
    database = database_file(config)
    moved = f"move {database} (and its -wal and -shm) away" if database else "let database.url name an empty database"
    return (
        "to go back: 1. stop the bot; 2. install the version that you had; "
        f"3. {moved}; 4. python -m bot restore {file}; 5. start the bot"
    )
