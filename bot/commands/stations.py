"""`stations export`: stations as a file."""

from __future__ import annotations

from pathlib import Path

from storage import schema
from storage.database import Database
from storage.stations import stations
from storage.stations.files import CsvWriter, GeoJsonWriter


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
