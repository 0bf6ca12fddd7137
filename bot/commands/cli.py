"""The command line. Libraries that only one command needs are imported there, so that `run` is ready sooner."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot import private_files
from bot.config.config import BadConfig, Config, load_with_warnings
from bot.observability import logs
from storage.database import Database
from storage.geodesy import Crs
from storage.telegram_ids import NOBODY

cli = typer.Typer(help="Nuanxin: a Telegram bot for gig workers.", no_args_is_help=True, pretty_exceptions_enable=False)
station_commands = typer.Typer(help="Import and export stations.", no_args_is_help=True)
cli.add_typer(station_commands, name="stations")

key_commands = typer.Typer(help="Manage the encryption keys.", no_args_is_help=True)
cli.add_typer(key_commands, name="keys")
audit_commands = typer.Typer(help="Verify the audit log.", no_args_is_help=True)
cli.add_typer(audit_commands, name="audit")

log = logs.logger("bot.commands.cli")
Result = TypeVar("Result")


def _fail(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)


@cli.callback()
def main(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The config file.", envvar="NUANXIN_CONFIG")] = Path("config.toml"),
) -> None:
    """Reads the config before every command."""
    try:
        context.obj, warnings = load_with_warnings(config)
    except BadConfig as faults:
        _fail(*faults.lines)
    logs.set_up(context.obj.logging.level, context.obj.logging.format, context.obj.log_file)
    _warn(context.invoked_subcommand, warnings)
    if context.invoked_subcommand != "check":  # which changes nothing
        private_files.narrow(context.obj)


def _warn(command: str | None, warnings: list[str]) -> None:
    """Logs the warnings when the bot starts and prints them in `check`; other commands stay silent."""
    for warning in warnings:
        if command == "check":
            typer.echo(f"warning: {warning}", err=True)
        elif command in ("run", "sandbox"):
            log.warning(warning)


@cli.command()
def run(context: typer.Context) -> None:
    """Runs the bot until Ctrl-C or SIGTERM; without a token, against the sandbox."""
    config: Config = context.obj
    if not config.token:
        sandbox(context)
        return
    from bot import process

    _carry(process.run(config))


@cli.command()
def sandbox(context: typer.Context) -> None:
    """Runs the bot against the built-in Telegram, with a phone in the browser and demo data."""
    from bot.sandbox import runner

    _carry(runner.run(context.obj, typer.echo))


def _carry(running: Coroutine[Any, Any, None]) -> None:
    """Runs the program; what keeps it from starting is one line."""
    from telegram import error

    from bot.process import CannotStart
    from storage.encryption import BadKey
    from storage.keys import WrongKey
    from storage.schema import SchemaTooNew

    try:
        asyncio.run(running)
    except (error.InvalidToken, error.Forbidden):
        _fail("telegram.token: Telegram does not accept it")
    except (CannotStart, BadKey, WrongKey, SchemaTooNew, OSError) as failure:
        _fail(str(failure))
    except Exception as failure:
        if not _is_outage(failure):
            raise
        _fail_without_database(failure)


def _fail_without_database(failure: Exception) -> NoReturn:
    reason = failure.args[0] if failure.args else type(failure).__name__
    _fail(f"database.url: the database can't be opened ({reason})")


def _is_outage(failure: Exception) -> bool:
    from storage.database import is_outage

    return is_outage(failure)


def _with_database(
    config: Config, work: Callable[[Database], Awaitable[Result]], opened: Callable[[Config], Database] | None = None
) -> Result:
    """Runs the work on the configured database and closes it."""
    from bot.process import CannotStart, open_configured
    from storage.encryption import BadKey
    from storage.keys import WrongKey
    from storage.schema import SchemaTooNew

    async def working() -> Result:
        database = (opened or open_configured)(config)
        try:
            return await work(database)
        finally:
            await database.close()

    try:
        return asyncio.run(working())
    except (CannotStart, BadKey, WrongKey, SchemaTooNew) as failure:
        _fail(str(failure))
    except Exception as failure:
        if not _is_outage(failure):
            raise
        _fail_without_database(failure)


@cli.command()
def migrate(context: typer.Context) -> None:
    """Migrates the database to the newest schema."""
    from storage import schema

    typer.echo("schema migrated" if _with_database(context.obj, schema.migrate) else "schema is up to date")


@cli.command()
def check(context: typer.Context) -> None:
    """Validates the config and the connections; reports each fault on one line."""
    from bot.commands.check import faults

    found = asyncio.run(faults(context.obj))
    if found:
        _fail(*found)
    typer.echo("the config and the connections are fine")


@cli.command()
def demo(context: typer.Context) -> None:
    """Fills an empty database with demo data."""
    from bot import demo as data
    from bot.app import system_clock
    from storage import schema

    async def fill(database: Database) -> int:
        await schema.migrate(database)
        organiser = next(iter(context.obj.people.coordinators or context.obj.people.admins), NOBODY)
        return await data.fill(database, system_clock(), organiser)

    try:
        typer.echo(f"{_with_database(context.obj, fill)} demo stations added")
    except data.NotEmpty as refusal:
        _fail(str(refusal))


@station_commands.command("import")
def import_(
    context: typer.Context,
    file: Path,
    crs: Annotated[Crs, typer.Option(help="The coordinate system of the file.")] = Crs.WGS84,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report only; import nothing.")] = False,
    swap: Annotated[bool, typer.Option("--swap", help="The file has latitude and longitude swapped.")] = False,
) -> None:
    """Imports stations from CSV, GeoJSON or Overpass JSON in one transaction; reports and leaves out invalid lines."""
    from rich.console import Console
    from rich.progress import Progress

    from bot.app import system_clock
    from storage import schema
    from storage.stations.files import Line
    from storage.stations.importing import Imported, import_stations
    from storage.stations.tables import BadFile

    if not file.is_file():
        _fail(f"{file}: no such file")
    console = Console()

    def report(line: Line) -> None:
        console.print(f"line {line.number}: {line.reason}", markup=False, highlight=False, soft_wrap=True)

    async def work(database: Database) -> Imported:
        await schema.migrate(database)
        return await import_stations(
            database, file, crs, system_clock(), show, report, dry_run=dry_run, is_swapped=swap
        )

    def show(at: int) -> None:
        progress.update(bar, completed=at)

    try:
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("reading", total=file.stat().st_size)
            found = _with_database(context.obj, work)
    except BadFile as failure:
        _fail(f"{file}: {failure}")
    typer.echo(f"{found.good} stations {'would be ' if dry_run else ''}imported, {found.refused} lines rejected")


@station_commands.command("export")
def export(context: typer.Context, file: Path) -> None:
    """Exports all stations as CSV, or as GeoJSON if the name ends in .geojson or .json."""
    from bot.commands.stations import export_stations

    count = _with_database(context.obj, lambda database: export_stations(database, file))
    typer.echo(f"{count} stations exported")


@cli.command()
def backup(context: typer.Context, file: Path) -> None:
    """Writes all data into one encrypted file and verifies it; the bot may keep running."""
    from bot.backup.database_dump import CannotDump
    from bot.backup.operations import back_up
    from bot.backup.sealed_file import BadBackup

    try:
        made = _with_database(context.obj, lambda database: back_up(database, file, context.obj.backup.tools))
    except (CannotDump, BadBackup, OSError) as failure:
        _fail(f"backup: {failure}")
    typer.echo(f"backup written and verified: {made.file}, {made.size:,} bytes; only the encryption key opens it")


@cli.command()
def restore(context: typer.Context, file: Path) -> None:
    """Restores a backup into an empty database; nothing is ever overwritten."""
    from bot.backup import operations as backup_operations
    from bot.backup.database_dump import CannotDump
    from bot.backup.sealed_file import BadBackup
    from bot.process import open_for_restore

    try:
        header = _with_database(
            context.obj, lambda database: backup_operations.restore(context.obj, database, file), open_for_restore
        )
    except (CannotDump, BadBackup, OSError) as failure:
        _fail(f"restore: {failure}")
    typer.echo(f"restored the backup of {header.at}")


@key_commands.command("rotate")
def rotate(context: typer.Context) -> None:
    """Re-encrypts everything with a new key, or the first one in the config; the bot may keep running."""
    from bot.commands.keys import rotate_keys

    count = _with_database(context.obj, lambda database: rotate_keys(context.obj, database, typer.echo))
    typer.echo(f"{count} values re-encrypted; keep the old key as long as you keep backups made with it")


@audit_commands.command("verify")
def verify(context: typer.Context) -> None:
    """Checks that no row of the audit log was changed, removed or inserted."""
    from storage import audit

    async def verifying(database: Database) -> audit.Verified:
        async with database.reading() as session:
            return await audit.verify(session)

    found = _with_database(context.obj, verifying)
    if found.fault:
        _fail(f"audit: {found.fault}")
    typer.echo(f"audit log intact: {found.rows} rows, {found.erased} of them about erased people")
