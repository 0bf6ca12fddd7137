"""The evidence of a case, to whoever has it in hand: shown within the page where browsers can, else to be saved.

Files go out piece by piece, each read by itself, so that neither memory nor a connection to the database is held.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from bot.web import headers
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.cases.desk_access import note
from handlers.cases.evidence_bundle import name_in_zip
from handlers.chat.talk import Talk
from handlers.i18n import translations
from storage.cases import access as case_access
from storage.cases.audited import CaseAction
from storage.cases.files import evidence
from storage.cases.files.evidence import Evidence
from storage.cases.ids import CaseId, EvidenceId
from storage.cases.table import Case
from storage.database import Database
from storage.people.access import Right

_FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; img-src 'self'; media-src 'self'; "
    "frame-ancestors 'self'"
)
"""For a file: a browser's own viewer may show it, within our pages only."""


class Shown(NamedTuple):
    """`kind` is image, pdf, audio or video; empty for a file that is not shown, or is not here (yet)."""

    id: EvidenceId
    name: str
    size: str
    when: str
    digest: str
    kind: str
    is_here: bool


async def listed(talk: Talk, row: Case) -> list[Shown]:
    """The files of a case in the order in which they came."""
    return [await _shown(talk, one) for one in await evidence.of_case(talk.session, row.id)]


async def _shown(talk: Talk, row: Evidence) -> Shown:
    file, media = evidence.file_of(talk.session, row), await evidence.shown_type(talk.session, row)
    kind = (media or "").removeprefix("application/").partition("/")[0]
    size = f"{translations.number(max(1, round(row.size / 1024)), talk.language)} KB"
    is_here = row.fetched_at is not None
    return Shown(row.id, file.name, size, talk.view.moment(row.at), file.sha256, kind, is_here)


async def _found(visit: Visit) -> Evidence:
    """A file of the case, which the visitor has in hand. Raises Turned, NoSuchCase."""
    match = visit.request.match_info
    case = await case_access.of_handler(visit.session, CaseId(int(match["id"])), visit.person.id)
    row = await evidence.find(visit.session, EvidenceId(int(match["file"])), case.id)
    if row is None or row.fetched_at is None:
        raise Turned(Why.NOTHING_HERE)
    return row


async def show(visit: Visit) -> web.Response:
    """As the type that its first bytes say, whatever its sender called it."""
    row = await _found(visit)
    media = await evidence.shown_type(visit.session, row)
    if media is None:
        raise Turned(Why.NOTHING_HERE)
    return _file(visit, row, media, {"Content-Security-Policy": _FRAMED, "X-Frame-Options": "SAMEORIGIN"})


async def save(visit: Visit) -> web.Response:
    """Any file, to be saved; that it was is noted, as for the bundle of all."""
    row, talk = await _found(visit), visit.talk
    case = await case_access.of_handler(visit.session, row.case_id, visit.person.id)
    await note(talk, CaseAction.CASE_BUNDLE, case)
    name = name_in_zip(row, await evidence.checked_file(visit.session, row)).rpartition("/")[2]
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return _file(visit, row, "application/octet-stream", {"Content-Disposition": disposition})


def _file(visit: Visit, row: Evidence, media: str, more: dict[str, str]) -> web.Response:
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    keys = evidence.file_of(visit.session, row).pieces
    body = _pieces(visit.site.context.database, keys)
    return web.Response(body=body, headers={**found, **more, "Content-Type": media, "Content-Length": str(row.size)})


async def _pieces(database: Database, keys: list[int]) -> AsyncIterator[bytes]:
    for key in keys:
        async with database.reading(apart=True) as session:
            piece = await evidence.piece_of(session, key)
        if piece is not None:
            yield piece


_ONE = r"/console/cases/{id:\d{1,18}}/evidence/{file:\d{1,18}}"
PAGES = (
    Page("GET", _ONE, show, Right.HANDLE_CASES, OFFICE),
    Page("GET", f"{_ONE}/file", save, Right.HANDLE_CASES, OFFICE, writes=True),
)
