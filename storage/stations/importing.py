"""Putting a file of stations in: a dry run that only reports, or all good lines in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import Database
from storage.geodesy import Crs
from storage.stations import stations
from storage.stations.files import Line, read_stations, station_key
from storage.stations.stations import Station, StationRow

_BATCH = 1_000


class Imported(NamedTuple):
    """`good` stations, of which `new` were not there before; lines `refused`."""

    good: int
    refused: int
    new: int


async def _nothing_more(_session: AsyncSession, _found: Imported) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Hearers:
    """Who hears how an import goes on: of the bytes that are read, and of each line that is refused or was not taken as
    it was written. `on_done` runs in the transaction that puts the stations in, before it is committed."""

    on_remark: Callable[[Line], None]
    on_bytes: Callable[[int], None] = lambda _: None
    on_done: Callable[[AsyncSession, Imported], Awaitable[None]] = _nothing_more


async def import_stations(
    database: Database,
    file: Path,
    crs: Crs,
    now: datetime,
    hearers: Hearers,
    limit: int | None = None,
    *,
    dry_run: bool,
    is_swapped: bool = False,
) -> Imported:
    """Puts all good lines in, or none on a dry run (which only reads). For `limit` and `is_swapped` see
    `read_stations`.

    The file is read in a thread, a batch at a time. Ids that differ only in case or width are the same station.

    Raises:
        BadFile: the file as a whole can't be read.
    """
    lines = read_stations(file, crs, hearers.on_bytes, limit, is_swapped=is_swapped)
    good = refused = new = 0
    async with database.reading(apart=True) if dry_run else database.writing(apart=True) as session:
        known = await _known(session)
        while batch := await asyncio.to_thread(_next, lines):
            for line in batch:
                if line.reason or line.hours_written:
                    hearers.on_remark(line)
            found = [_under_known_id(line.station, known) for line in batch if line.station is not None]
            refused += len(batch) - len(found)
            good += len(found)
            new += sum(station_key(station.id) not in known for station in found)
            if not dry_run:
                await stations.put_all(session, found, now)
        if not dry_run:
            await stations.announce_change(session)
            await hearers.on_done(session, Imported(good, refused, new))
    return Imported(good, refused, new)


def _next(lines: Iterator[Line]) -> list[Line]:
    return list(islice(lines, _BATCH))


def _under_known_id(station: Station, known: Mapping[str, str]) -> Station:
    """The station under the id that it has already, however the file spells that."""
    there = known.get(station.id) or known.get(station_key(station.id))
    return station if there is None else replace(station, id=there)


async def _known(session: AsyncSession) -> Mapping[str, str]:
    """All ids by themselves and by their keys, at once: asked for batch by batch while the table grows, PostgreSQL
    would read it whole each time."""
    rows = await session.scalars(select(StationRow.id).where(StationRow.deleted_at.is_(None)))
    ids = rows.all()
    return {station_key(station_id): station_id for station_id in ids} | {station_id: station_id for station_id in ids}
