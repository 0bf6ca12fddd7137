"""The command line. Libraries that only one command needs are imported there, so that `run` is ready sooner."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from bot import private_files
from bot.commands import backups, ballot, draw
from bot.commands.base import explained, fail, with_database
from bot.config.config import BadConfig, Config, load_with_warnings
from bot.observability import logs
from bot.sandbox import folder
from storage.database import Database
from storage.geodesy import Crs
from storage.telegram_ids import NOBODY

cli = typer.Typer(help="Nuanxin: a Telegram bot for gig workers.", no_args_is_help=True, pretty_exceptions_enable=False)
station_commands = typer.Typer(help="Import and export stations.", no_args_is_help=True)
cli.add_typer(station_commands, name="stations")

database_commands = typer.Typer(help="Move the database.", no_args_is_help=True)
cli.add_typer(database_commands, name="database")
key_commands = typer.Typer(help="Manage the encryption keys.", no_args_is_help=True)
cli.add_typer(key_commands, name="keys")
audit_commands = typer.Typer(help="Verify the audit log.", no_args_is_help=True)
cli.add_typer(audit_commands, name="audit")

ballot_commands = typer.Typer(help="Keys, box and result of a secret ballot.", no_args_is_help=True)
cli.add_typer(ballot_commands, name="ballot")

draw_commands = typer.Typer(help="Repeat a published draw.", no_args_is_help=True)
cli.add_typer(draw_commands, name="draw")
draw_commands.command("verify")(draw.verify)

log = logs.logger("bot.commands.cli")

# httpx, which python-telegram-bot imports, would load rich, click and pygments for a command line of its own: 4 MB.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]


@cli.callback()
def main(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The config file.", envvar="NUANXIN_CONFIG", readable=False)] = Path(
        "config.toml"
    ),
) -> None:
    """Reads the config before every command, but those of trustees and of anybody: on their computers there is none."""
    if context.invoked_subcommand in ("ballot", "draw"):
        context.obj = config
        return
    source = context.get_parameter_source("config")
    if source is not None and source.name == "COMMANDLINE":
        with explained():
            is_there = config.exists()
        if not is_there:
            fail(f"--config: there is no file {config}")
    try:
        loaded, warnings = load_with_warnings(config)
    except BadConfig as faults:
        fail(*faults.lines)
    context.obj = folder.in_use(loaded, context.invoked_subcommand)
    only_looks = context.invoked_subcommand in ("check", "health")
    try:
        logs.set_up(context.obj.logging.level, context.obj.logging.format, None if only_looks else context.obj.log_file)
    except OSError as failure:
        fail(f"logging.file: {failure.filename}: {failure.strerror}")
    _warn(context.invoked_subcommand, warnings)
    if not only_looks:
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
def sandbox(
    context: typer.Context,
    afresh: Annotated[bool, typer.Option("--afresh", help="Remove the sandbox's chats and data first.")] = False,
) -> None:
    """Runs the bot against the built-in Telegram, with a phone in the browser and demo data."""
    from bot.sandbox import runner

    _carry(runner.run(context.obj, typer.echo, afresh=afresh))


def _carry(running: Coroutine[Any, Any, None]) -> None:
    """Runs the program; what keeps it from starting is one line."""
    from telegram import error

    try:
        with explained():
            asyncio.run(running)
    except (error.InvalidToken, error.Forbidden):
        fail("telegram.token: Telegram does not accept it")


@cli.command()
def migrate(context: typer.Context) -> None:
    """Migrates the database to the newest schema."""
    from storage import schema

    typer.echo("schema migrated" if with_database(context.obj, schema.migrate) else "schema is up to date")


NO_ADMIN = "hint: people.admins is empty: start the bot, send it /id, and put the number that it answers there"


@cli.command()
def check(context: typer.Context) -> None:
    """Validates the config and the connections; reports each fault on one line."""
    from bot.commands.check import faults

    found = asyncio.run(faults(context.obj))
    if found:
        fail(*found)
    if context.obj.token and not context.obj.people.admins:
        typer.echo(NO_ADMIN, err=True)
    typer.echo("the config and the connections are fine")


@cli.command()
def health(context: typer.Context) -> None:
    """Asks the running bot on this machine whether it is ready; for containers and scripts."""
    from bot.commands.health import trouble_of

    trouble = trouble_of(context.obj.web)
    if trouble:
        fail(trouble)
    typer.echo("ready")


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
        typer.echo(f"{with_database(context.obj, fill)} demo stations added")
    except data.NotEmpty as refusal:
        fail(str(refusal))


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
    from storage.sheets.tables import BadFile
    from storage.stations.files import Line
    from storage.stations.importing import Hearers, Imported, import_stations

    with explained():
        is_file = file.is_file()
    if not is_file:
        fail(f"{file}: no such file")
    console = Console()

    def report(line: Line) -> None:
        said = [line.reason] if line.reason else []
        if line.hours_written and line.station is not None:
            said.insert(0, f"opening_hours {line.hours_written!r} read as {line.station.opening_hours!r}")
        console.print(f"line {line.number}: {'; '.join(said)}", markup=False, highlight=False, soft_wrap=True)

    async def work(database: Database) -> Imported:
        await schema.migrate(database)
        hearers = Hearers(report, show)
        return await import_stations(database, file, crs, system_clock(), hearers, dry_run=dry_run, is_swapped=swap)

    def show(at: int) -> None:
        progress.update(bar, completed=at)

    try:
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("reading", total=file.stat().st_size)
            found = with_database(context.obj, work)
    except BadFile as failure:
        fail(f"{file}: {failure}")
    typer.echo(f"{found.good} stations {'would be ' if dry_run else ''}imported, {found.refused} lines rejected")


@station_commands.command("export")
def export(context: typer.Context, file: Path) -> None:
    """Exports all stations as CSV, or as GeoJSON if the name ends in .geojson or .json."""
    from bot.commands.stations import export_stations

    count = with_database(context.obj, lambda database: export_stations(database, file))
    typer.echo(f"{count} stations exported")


cli.command()(backups.backup)
cli.command()(backups.restore)
cli.command()(backups.upgrade)


ballot_commands.command()(ballot.keygen)
ballot_commands.command("open")(ballot.open_)
ballot_commands.command()(ballot.publish)
ballot_commands.command()(ballot.verify)


@database_commands.command("move")
def move(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The empty database to move to, as in database.url.")],
) -> None:
    """Copies all data into an empty database, such as from SQLite to PostgreSQL. Stop the bot first."""
    from bot.commands.move import NotMoved, move_to

    try:
        rows = with_database(context.obj, lambda database: move_to(database, url, typer.echo))
    except NotMoved as failure:
        fail(f"database move: {failure}")
    typer.echo(f"{rows:,} rows moved and counted; now set database.url, and start the bot")


@key_commands.command("rotate")
def rotate(context: typer.Context) -> None:
    """Re-encrypts everything with a new key, or the first one in the config; the bot may keep running."""
    from bot.commands.keys import rotate_keys

    count = with_database(context.obj, lambda database: rotate_keys(context.obj, database, typer.echo))
    typer.echo(f"{count} values re-encrypted; keep the old key as long as you keep backups made with it")


@audit_commands.command("verify")
def verify(context: typer.Context) -> None:
    """Checks that no row of the audit log was changed, removed or inserted."""
    from storage import audit

    async def verifying(database: Database) -> tuple[audit.Verified, audit.Head | None]:
        async with database.reading() as session:
            return await audit.verify(session), await audit.head(session)

    found, head = with_database(context.obj, verifying)
    if found.fault:
        fail(f"audit: {found.fault}")
    typer.echo(f"audit log intact: {found.rows} rows, {found.erased} of them about erased people")
    if head is not None:
        typer.echo(f"it ends with {head.shown}; compare that with what the admins were told")
