"""A file of stations: first line by line what is unclear, then the import, by the code of the chat's /import.

Between the two the file stays in the browser: nothing of it is kept here, and what is imported has to be what was
checked, by its SHA-256.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web.turned_away import Turned, Why
from bot.web.uploads import MOST_BYTES, Upload
from bot.web.visits import OFFICE, Page, Visit
from handlers.i18n.translations import N_
from handlers.stations.import_file import KINDS, MOST_LINES, SYSTEMS, TABLE, read_hours
from handlers.stations.import_reasons import reason_words
from storage import audit
from storage.connections import let_go
from storage.geodesy import Crs
from storage.people.access import Right
from storage.sheets.tables import BadFile
from storage.stations.audited import StationAction
from storage.stations.files import Line
from storage.stations.importing import Hearers, Imported, import_stations

_PATH = "/console/stations/import"
MOST_SHOWN = 500
"""Unclear lines in the table."""
_NO_FILE = N_("Choose a file first.")
_ANOTHER = N_("This isn't the file that was checked. Here is what it would do.")


class Unclear(NamedTuple):
    """A line of the file that is refused, or was read otherwise than it was written."""

    number: int
    name: str
    is_refused: bool
    words: str


class Report(NamedTuple):
    """What an import would do, or has done."""

    name: str
    digest: str
    found: Imported
    lines: Sequence[Unclear]
    more: int
    is_done: bool


async def begin(visit: Visit) -> web.Response:
    return _page(visit)


def _page(visit: Visit, report: Report | None = None, problem: str = "", crs: str = "") -> web.Response:
    return visit.page(
        "station_import.html",
        report=report,
        problem=problem,
        crs=crs,
        systems=[(one.value, visit._(label)) for one, label in SYSTEMS.items()],
        kinds=",".join(KINDS),
        megabytes=MOST_BYTES >> 20,
    )


async def check(visit: Visit) -> web.Response:
    """Reads the file and changes nothing."""
    return await _run(visit, is_import=False)


async def put_in(visit: Visit) -> web.Response:
    """All good lines in one transaction, with its audit row."""
    return await _run(visit, is_import=True)


async def _run(visit: Visit, *, is_import: bool) -> web.Response:
    """Raises Turned."""
    crs, upload = visit.field("crs"), visit.upload
    if crs not in list(Crs):
        raise Turned(Why.ODD)
    if upload is None:
        return _page(visit, problem=visit._(_NO_FILE), crs=crs)
    if not upload.name.lower().endswith(KINDS):
        return _page(visit, problem=visit._(TABLE.other_kind), crs=crs)
    digest = await asyncio.to_thread(_digest, upload.path)
    is_same = digest == visit.field("digest")
    await let_go(visit.session)  # a large file takes a while
    try:
        report = await _imported(visit, upload, Crs(crs), digest, is_import=is_import and is_same)
    except BadFile as failure:
        why = visit._("I can't read the file: {trouble}").format(trouble=reason_words(visit._, str(failure)))
        return _page(visit, problem=why, crs=crs)
    return _page(visit, report, visit._(_ANOTHER) if is_import and not is_same else "", crs)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _imported(visit: Visit, upload: Upload, crs: Crs, digest: str, *, is_import: bool) -> Report:
    """Raises BadFile."""
    unclear: list[Line] = []
    count = 0

    def note(line: Line) -> None:
        nonlocal count
        count += 1
        if len(unclear) < MOST_SHOWN:
            unclear.append(line)

    async def noted(session: AsyncSession, found: Imported) -> None:
        about = f"{upload.name}: {found.good} stations"
        await audit.note(session, visit.person.id, StationAction.STATIONS_IMPORTED, visit.now, about=about)

    context = visit.site.context
    found = await import_stations(
        context.database, upload.path, crs, visit.now, Hearers(note, on_done=noted), MOST_LINES, dry_run=not is_import
    )
    if is_import:
        visit.committed.append(context.directory.look_again)
    lines = [_unclear(visit, line) for line in unclear]
    return Report(upload.name, digest, found, lines, count - len(lines), is_import)


def _unclear(visit: Visit, line: Line) -> Unclear:
    words = [reason_words(visit._, line.reason)] if line.reason else []
    if line.station is None:
        return Unclear(line.number, "", is_refused=True, words="; ".join(words))
    if line.hours_written:
        words.insert(0, read_hours(visit.view, line.hours_written, line.station.opening_hours))
    return Unclear(line.number, line.station.name, is_refused=False, words="; ".join(words))


PAGES = (
    Page("GET", _PATH, begin, Right.ADMINISTER, OFFICE),
    Page("POST", f"{_PATH}/check", check, Right.ADMINISTER, OFFICE, takes_file=True),
    Page("POST", _PATH, put_in, Right.ADMINISTER, OFFICE, takes_file=True),
)
