"""What commands have in common: one line for what keeps them from their work, and the database that they work on."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from typing import NoReturn, TypeVar

import typer

from bot.config.config import Config
from storage.database import Database

Result = TypeVar("Result")


def fail(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)


@contextlib.contextmanager
def explained() -> Iterator[None]:
    """Ends the command with one line if its cause is known; an error of the program keeps its traceback."""
    try:
        yield
    except Exception as failure:
        line = line_of(failure)
        if not line:
            raise
        fail(line)


def line_of(failure: Exception) -> str:
    """What keeps the program from its work, and where to change it; empty if the program itself is at fault."""
    from bot.geocoding import NotUsable
    from bot.process import CannotStart
    from storage.database_errors import cause_of
    from storage.encryption import BadKey, WrongKey
    from storage.schema import SchemaTooNew
    from storage.schema_comparison import SchemaDiffers

    if isinstance(failure, BadKey):
        return f"security.encryption_keys: {failure}"
    if isinstance(failure, CannotStart | NotUsable | WrongKey | SchemaTooNew | SchemaDiffers):
        return str(failure)
    cause = cause_of(failure)
    if cause is not None:
        inner = failure.__cause__ or failure
        return f"database.url: {cause.sentence} ({type(inner).__name__})"
    if isinstance(failure, OSError):
        return f"{failure.filename}: {failure.strerror}" if failure.filename else str(failure)
    return ""


def with_database(
    config: Config, work: Callable[[Database], Awaitable[Result]], opened: Callable[[Config], Database] | None = None
) -> Result:
    """Runs the work on the configured database and closes it."""
    from bot.process import open_configured

    async def working() -> Result:
        database = (opened or open_configured)(config)
        try:
            return await work(database)
        finally:
            await database.close()

    with explained():
        return asyncio.run(working())
