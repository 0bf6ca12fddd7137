"""The command line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from telegram import error

from bot import app as application
from bot import logs
from bot.config import BadConfig, Config, load
from storage import schema, stations
from storage.encryption import BadKey
from storage.geodesy import Crs
from storage.station_files import BadFile, CsvWriter, GeoJsonWriter, read_stations

cli = typer.Typer(help="Nuanxin: a Telegram bot for gig workers.", no_args_is_help=True, pretty_exceptions_enable=False)
station_commands = typer.Typer(help="Stations as files.", no_args_is_help=True)
cli.add_typer(station_commands, name="stations")
console = Console()
_BATCH = 2_000


def _fail(*lines: str) -> None:
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
        context.obj = load(config)
    except BadConfig as faults:
        _fail(*faults.lines)
    logs.set_up(context.obj.logging.level, context.obj.logging.format)


@cli.command()
def run(context: typer.Context) -> None:
    """Runs the bot until Ctrl-C or SIGTERM."""
    config: Config = context.obj
    if not config.token:
        _fail("telegram.token: missing; get one from @BotFather")
    if config.telegram.mode == "webhook":
        _fail("telegram.mode: the webhook is not built yet; use polling")
    try:
        asyncio.run(application.run(config))
    except (error.InvalidToken, error.Forbidden):
        _fail("telegram.token: Telegram does not accept it")
    except (BadKey, schema.SchemaTooNew, OSError) as failure:
        _fail(str(failure))


@cli.command()
def migrate(context: typer.Context) -> None:
    """Brings the database to the newest schema."""

    async def work() -> bool:
        database = application.open_configured(context.obj)
        try:
            return await schema.migrate(database)
        finally:
            await database.close()

    typer.echo("migrated" if asyncio.run(work()) else "already at the newest schema")


@cli.command()
def check(context: typer.Context) -> None:
    """Validates the config and the connections."""

    async def work() -> None:
        database = application.open_configured(context.obj)
        try:
            async with database.engine.connect() as connection:
                await schema.revision(connection)
        finally:
            await database.close()

    try:
        asyncio.run(work())
    except Exception as failure:
        _fail(f"database: {type(failure).__name__}: can't be opened")
    typer.echo("the config and the database are fine")


@station_commands.command("import")
def import_(
    context: typer.Context,
    file: Path,
    crs: Annotated[Crs, typer.Option(help="The coordinate system of the file.")] = Crs.WGS84,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only report.")] = False,
) -> None:
    """Reads stations from CSV or GeoJSON; good lines go in, all in one transaction."""
    if not file.is_file():
        _fail(f"{file}: no such file")
    try:
        good, refused = asyncio.run(_import(context.obj, file, file.stat().st_size, crs, dry_run))
    except BadFile as failure:
        _fail(f"{file}: {failure}")
    typer.echo(f"{good} stations {'would be ' if dry_run else ''}imported, {refused} lines refused")


async def _import(config: Config, file: Path, size: int, crs: Crs, dry_run: bool) -> tuple[int, int]:
    from rich.progress import Progress

    database = application.open_configured(config)
    good = refused = 0
    try:
        await schema.migrate(database)
        with Progress(console=console, transient=True) as progress:
            bar = progress.add_task("reading", total=size)
            lines = read_stations(file, crs, lambda at: progress.update(bar, completed=at))
            async with database.writing() as session:
                batch: list[stations.Station] = []
                for line in lines:
                    if line.station is None:
                        refused += 1
                        console.print(
                            f"line {line.number}: {line.reason}", markup=False, highlight=False, soft_wrap=True
                        )
                        continue
                    good += 1
                    batch.append(line.station)
                    if len(batch) == _BATCH:
                        await stations.put_all(session, batch, application.system_clock())
                        batch = []
                await stations.put_all(session, batch, application.system_clock())
                if dry_run:
                    await session.rollback()
                else:
                    await stations.announce_change(session)
    finally:
        await database.close()
    return good, refused


@station_commands.command("export")
def export(context: typer.Context, file: Path) -> None:
    """Writes all stations as CSV, or as GeoJSON if the name ends in .geojson or .json."""
    typer.echo(f"{asyncio.run(_export(context.obj, file))} stations exported")


async def _export(config: Config, file: Path) -> int:
    database = application.open_configured(config)
    count = 0
    try:
        await schema.migrate(database)
        kind = GeoJsonWriter if file.suffix.lower() in (".geojson", ".json") else CsvWriter
        with file.open("wb") as target:
            writer = kind(target)
            async with database.reading() as session:
                async for row in stations.all_rows(session):
                    writer.add(row)
                    count += 1
            writer.close()
    finally:
        await database.close()
    return count
