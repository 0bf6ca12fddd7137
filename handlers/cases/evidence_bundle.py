"""The evidence of a case as a ZIP for an arbitration commission: the files, an index with times, senders, digests."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.desk_access import note
from handlers.cases.messages.conversation import side_in
from handlers.chat.bundles import NotSent, Sent
from handlers.chat.incoming import Json
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import File, Outgoing
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.cases import access as case_access
from storage.cases.audited import CaseAction
from storage.cases.files import evidence
from storage.cases.files.evidence import Evidence, EvidenceFile
from storage.cases.ids import CaseId
from storage.cases.notices import BundleFailed
from storage.cases.table import Side, content_of
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.scratch import Scratch
from storage.spreadsheet_cells import harmless

MOST_BYTES = 45 << 20
"""Of files in one ZIP, below the 50 MB that a bot may send."""

_LONGEST_NAME = 230
"""Bytes of a name without its number and ending: file systems take 255 in all."""

Kept = tuple[Evidence, EvidenceFile]


def register(routes: Routes) -> None:
    routes.press(presses.SEND_BUNDLE, send_bundle)
    routes.notice(BundleFailed, failed_words, reader=RECIPIENT)


async def send_bundle(talk: Talk, case_id: CaseId) -> None:
    """For the rider, or for whoever has the case in hand; that a handler took it is noted.

    It is made beside the chat's turn, once the transaction is over, so that nobody waits for it.
    """
    row, side = await side_in(talk, case_id)
    bundles = talk.context.ports.bundles
    if bundles.is_busy_for(talk.person.id):
        talk.answer_callback(talk._("Your evidence bundle is being prepared and will arrive in a moment."), alert=True)
        return
    kept = await evidence.of_case(talk.session, row.id)
    if not any(one.fetched_at for one in kept):
        talk.answer_callback(talk._("There is no evidence yet, or it is still being fetched."), alert=True)
        return
    if side is Side.HANDLER:
        await note(talk, CaseAction.CASE_BUNDLE, row)

    async def begin() -> None:
        bundles.claim(talk.person.id)
        talk.context.ports.run_in_background(_make(talk, case_id))

    talk.committed.append(begin)


async def _make(talk: Talk, case_id: CaseId) -> None:
    async with talk.context.ports.bundles.turn(talk.person.id):
        try:
            await _make_and_send(talk, case_id)
        except (NotSent, OSError) as failure:
            async with talk.context.database.writing() as session:
                await delivery_queue.add(session, Addressed(talk.person.id, BundleFailed(), talk.now))
            if isinstance(failure, OSError):
                raise


def failed_words(view: View, _notice: BundleFailed) -> Page:
    return view._("I couldn't send you the evidence bundle. Please press the button again later."), []


async def _make_and_send(talk: Talk, case_id: CaseId) -> None:
    async with talk.context.database.reading(apart=True) as session:
        row = await case_access.find(session, case_id)
        if row is None:
            return
        kept = [(one, await evidence.checked_file(session, one)) for one in await evidence.of_case(session, case_id)]
        summary = [
            words.heading(talk.context, row, talk.language),
            *words.summary_lines(talk.context, row, content_of(session, row), talk.language),
        ]
    index = Index(_page(talk, summary, kept), _table(talk, kept))
    send, bundles = partial(_send, talk, row.number), talk.context.ports.bundles
    known = bundles.sent(case_id, talk.language, index.digest)
    for at, file_id in enumerate(known, start=1):
        await send({"document": file_id, "disable_notification": at < len(known)})
    if known:
        return
    action = {"chat_id": talk.chat_id, "action": "upload_document"}
    await bundles.send(Outgoing("sendChatAction", action, minor=True))
    file_ids: list[str] = []
    groups = groups_of([one for one in kept if one[0].fetched_at is not None])
    for number, group in enumerate(groups, start=1):
        part = f"-{number}" if len(groups) > 1 else ""
        with bundles.scratch() as file:
            async with talk.context.database.reading(apart=True) as session:
                await write_zip(session, file, group, index)
            name, is_last = f"{row.number}{part}.zip", number == len(groups)
            await send({"disable_notification": not is_last}, {"document": File(name, file)}, file_ids)
    if len(file_ids) == len(groups):
        bundles.remember(case_id, talk.language, Sent(index.digest, file_ids))


async def _send(
    talk: Talk, number: str, params: Json, files: Mapping[str, File] | None = None, file_ids: list[str] | None = None
) -> None:
    """Sends one part; `file_ids` takes up its id at Telegram."""

    async def after(result: Json) -> None:
        if file_ids is not None:
            file_ids.append(str(result["document"]["file_id"]))

    caption = talk._("Evidence of {number}. Treat it as confidential.").format(number=number)
    everything: Json = {"chat_id": talk.chat_id, "caption": caption, "parse_mode": "HTML", **params}
    await talk.context.ports.bundles.send(Outgoing("sendDocument", everything, files=files or {}, after=after))


class Index(NamedTuple):
    """What a bundle says about its files, as a page and as a table."""

    page: str
    table: str

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(f"{self.page}\0{self.table}".encode()).digest()


def groups_of(kept: Sequence[Kept]) -> list[list[Kept]]:
    """In order, as many in each as one ZIP may hold."""
    groups: list[list[Kept]] = [[]]
    size = 0
    for one in kept:
        if groups[-1] and size + one[0].size > MOST_BYTES:
            groups.append([])
            size = 0
        groups[-1].append(one)
        size += one[0].size
    return groups


def name_in_zip(row: Evidence, file: EvidenceFile) -> str:
    """Without anything that a file system or a shell could take amiss, and with the ending of what the file is."""
    stem = file.name[: -len(file.ending)] if file.name.lower().endswith(file.ending) else file.name
    plain = re.sub(r"[^\w.-]+", "_", stem).strip(".")
    plain = plain.encode()[-_LONGEST_NAME:].decode(errors="ignore")[-80:]
    return f"files/{row.id:06d}-{plain or 'file'}{file.ending}"


async def write_zip(session: AsyncSession, into: Scratch, group: Sequence[Kept], index: Index) -> None:
    """Piece by piece, so that the memory never holds a whole file; what takes time is done in a thread."""
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("index.html", index.page)
        archive.writestr("index.csv", "\ufeff" + index.table)
        sums = "".join(f"{file.sha256}  {name_in_zip(row, file)}\n" for row, file in group)
        archive.writestr("SHA256SUMS", sums)
        for row, file in group:
            info = zipfile.ZipInfo(name_in_zip(row, file), row.at.timetuple()[:6])
            with archive.open(info, "w") as member:
                async for piece in evidence.pieces(session, row):
                    await asyncio.to_thread(member.write, piece)


def _rows(talk: Talk, kept: Sequence[Kept]) -> list[list[str]]:
    zone = talk.context.settings.organisation.zone
    sides = {Side.RIDER: talk._("rider"), Side.HANDLER: talk._("case handler"), Side.NOTE: talk._("case handler")}
    rows = []
    for row, file in kept:
        received = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        place = name_in_zip(row, file) if row.fetched_at else ""
        digest = file.sha256 or talk._("not downloaded")
        rows.append([str(row.id), received, sides[row.side], file.name, str(row.size), digest, place])
    return rows


def _heads(talk: Talk) -> list[str]:
    return ["#", talk._("received"), talk._("from"), talk._("name"), talk._("bytes"), "SHA-256", talk._("file")]


def _table(talk: Talk, kept: Sequence[Kept]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_heads(talk))
    writer.writerows([harmless(cell) for cell in row] for row in _rows(talk, kept))
    return out.getvalue()


def _page(talk: Talk, summary: Sequence[Markup], kept: Sequence[Kept]) -> str:
    cell, line = Markup("<td>{}</td>"), Markup("<tr>{}</tr>")
    head = line.format(Markup("").join(Markup("<th>{}</th>").format(name) for name in _heads(talk)))
    rows = [line.format(Markup("").join(cell.format(value) for value in row)) for row in _rows(talk, kept)]
    said = talk._(
        "The times are when the bot received the files. Each checksum is of the file as received: "
        "“sha256sum -c SHA256SUMS” shows that none was changed."
    )
    return Markup(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>'
        "<style>body{{font:15px/1.5 sans-serif;margin:2rem}}table{{border-collapse:collapse}}"
        "td,th{{border:1px solid #999;padding:.3rem .5rem;text-align:left;overflow-wrap:anywhere}}</style>"
        "<p>{}</p><p>{}</p><table>{}{}</table></html>"
    ).format(
        talk.language.replace("_", "-"),
        talk._("Evidence"),
        Markup("<br>").join(summary),
        said,
        head,
        Markup("").join(rows),
    )
