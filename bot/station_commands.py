"""`stations import` and `stations export`: stations as files, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from bot.app import system_clock
from storage import schema, stations
from storage.database import Database
from storage.geodesy import Crs
from storage.station_files import CsvWriter, GeoJsonWriter, Line, read_stations

_BATCH = 2_000


class Imported(NamedTuple):
    good: int
    refused: int


async def import_stations(
    database: Database,
    file: Path,
    crs: Crs,
    dry_run: bool,
    on_bytes: Callable[[int], None],
    on_refused: Callable[[Line], None],
) -> Imported:
    """Puts all good lines in, or none on a dry run.

    Raises:
        BadFile: the file as a whole can't be read.
    """
    await schema.migrate(database)
    lines = read_stations(file, crs, on_bytes)
    good = refused = 0
    async with database.writing(apart=True) as session:
        while batch := list(islice(lines, _BATCH)):
            for line in _refused(batch):
                refused += 1
                on_refused(line)
            found = [line.station for line in batch if line.station is not None]
            good += len(found)
            await stations.put_all(session, found, system_clock())
        if dry_run:
            await session.rollback()
        else:
            await stations.announce_change(session)
    return Imported(good, refused)


def _refused(lines: list[Line]) -> Iterator[Line]:
    return (line for line in lines if line.station is None)


async def export_stations(database: Database, file: Path) -> int:
    """Writes all stations: GeoJSON if the name ends in .geojson or .json, else CSV."""
    await schema.migrate(database)
    kind = GeoJsonWriter if file.suffix.lower() in (".geojson", ".json") else CsvWriter
    count = 0
    with file.open("wb") as target:
        writer = kind(target)
        async with database.reading(apart=True) as session:
            async for row in stations.all_rows(session):
                writer.add(row)
                count += 1
        writer.close()
    return count
