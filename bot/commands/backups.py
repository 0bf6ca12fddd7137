"""Commands around backups: made, verified, restored, and made before an upgrade."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.base import explained, fail, with_database
from bot.config.config import Config


def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="The file to write; or the word verify.")],
    verified: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="After verify: the file to check.")] = None,
) -> None:
    """Writes all data into one encrypted file and verifies it, while the bot runs. `verify FILE` tries a restore."""
    if verified is None:
        _write(context.obj, file)
    elif str(file) == "verify":
        _verify(context.obj, verified)
    else:
        fail("backup: name one file, or `backup verify FILE`")


def _write(config: Config, file: Path) -> None:
    from bot.backup.operations import back_up

    with _as("backup"):
        made = with_database(config, lambda database: back_up(database, file, config.backup.tools))
    typer.echo(f"backup written and verified: {made.file}, {made.size:,} bytes; only the encryption key opens it")


def _verify(config: Config, file: Path) -> None:
    from bot.backup.drill import drill
    from bot.process import vault_for_restore

    # A copy that is kept elsewhere may lie where nothing can be written.
    scratch = file.parent if os.access(file.parent, os.W_OK) else config.data.folder
    with _as("backup"), explained():
        found = asyncio.run(drill(file, vault_for_restore(config), config.backup.tools, scratch))
    typer.echo(f"the backup of {found.header.at} can be restored: schema {found.header.schema}, {found.contents}")


def restore(context: typer.Context, file: Path) -> None:
    """Restores a backup into an empty database; nothing is ever overwritten."""
    from bot.backup import operations
    from bot.process import open_for_restore

    config: Config = context.obj
    with _as("restore"):
        header = with_database(config, lambda database: operations.restore(config, database, file), open_for_restore)
    typer.echo(f"restored the backup of {header.at}")


def upgrade(context: typer.Context) -> None:
    """After a new version is installed: a backup, the migration, a check, and the way back in words, whatever the check
    found."""
    from bot.commands.check import faults
    from bot.commands.upgrade import migrate_with_backup

    config: Config = context.obj
    with _as("upgrade"):
        upgraded = with_database(config, lambda database: migrate_with_backup(config, database))
    for line in upgraded.done:
        typer.echo(line)
    found = asyncio.run(faults(config))
    if not found:
        typer.echo("the config and the connections are fine; start the bot")
    typer.echo(upgraded.way_back)
    if found:
        fail(*found)


@contextlib.contextmanager
def _as(command: str) -> Iterator[None]:
    from bot.backup.database_dump import CannotDump
    from bot.backup.sealed_file import BadBackup

    try:
        yield
    except (CannotDump, BadBackup) as failure:
        fail(f"{command}: {failure}")
