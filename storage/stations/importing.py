"""Putting a file of stations in: a dry run that only reports, or all good lines in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.geodesy import Crs
from storage.stations import stations
from storage.stations.files import Line, read_stations
from storage.stations.stations import StationRow

_BATCH = 1_000


class Imported(NamedTuple):
    """`good` stations, of which `new` were not there before; lines `refused`."""

    good: int
    refused: int
    new: int


async def import_stations(
    database: Database,
    file: Path,
    crs: Crs,
    now: datetime,
    on_bytes: Callable[[int], None],
    on_refused: Callable[[Line], None],
    limit: int | None = None,
    *,
    dry_run: bool,
) -> Imported:
    """Puts all good lines in, or none on a dry run (which only reads). `limit` is how many lines the file may have.

    The file is read in a thread, a batch at a time.

    Raises:
        BadFile: the file as a whole can't be read.
    """
    lines = read_stations(file, crs, on_bytes, limit)
    good = refused = new = 0
    async with database.reading(apart=True) if dry_run else database.writing(apart=True) as session:
        known = await _known(session)
        while batch := await asyncio.to_thread(_next, lines):
            for line in batch:
                if line.station is None:
                    refused += 1
                    on_refused(line)
            found = [line.station for line in batch if line.station is not None]
            good += len(found)
            new += sum(station.id not in known for station in found)
            if not dry_run:
                await stations.put_all(session, found, now)
        if not dry_run:
            await stations.announce_change(session)
    return Imported(good, refused, new)


def _next(lines: Iterator[Line]) -> list[Line]:
    return list(islice(lines, _BATCH))


async def _known(session: AsyncSession) -> set[str]:
    """All ids at once: asked for batch by batch while the table grows, PostgreSQL would read it whole each time."""
    rows = await session.scalars(select(StationRow.id).where(StationRow.deleted_at.is_(None)))
    return set(rows)
