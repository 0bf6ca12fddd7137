"""Demo data: stations in and around Dezhou that do not exist, marked as such."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from storage import stations
from storage.database import Database
from storage.geodesy import Crs
from storage.station_files import read_stations

STATIONS = Path(__file__).parent / "stations.csv"


class NotEmpty(Exception):
    """The database holds stations already; demo data would mix with them."""


async def fill(database: Database, now: datetime) -> int:
    """Puts the demo data into an empty, migrated database; returns the number of stations.

    Raises:
        NotEmpty: see the class.
    """
    lines = list(read_stations(STATIONS, Crs.WGS84))
    async with database.writing() as session:
        if await stations.count(session):
            raise NotEmpty("the database is not empty; demo data goes only into an empty one")
        await stations.put_all(session, [line.station for line in lines if line.station is not None], now)
        await stations.announce_change(session)
    return len(lines)
