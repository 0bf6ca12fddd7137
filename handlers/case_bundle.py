"""The evidence of a case as a ZIP for an arbitration commission: the files, an index with times, senders, digests."""

from __future__ import annotations

import asyncio
import csv
import io
import re
import zipfile
from collections.abc import Sequence
from functools import partial

from markupsafe import Markup

from handlers import case_words as words
from handlers.case_desk import note
from handlers.case_talk import side_in
from handlers.routes import Routes
from handlers.sheets import harmless
from handlers.talk import Talk
from storage import cases, evidence
from storage.audit import Act
from storage.case_talk import Side
from storage.evidence import Evidence, EvidenceFile

MOST_BYTES = 45 << 20
"""Of files in one ZIP, below the 50 MB that a bot may send."""

Kept = tuple[Evidence, EvidenceFile]


def register(routes: Routes) -> None:
    routes.press("casebundle", send_bundle, int)


async def send_bundle(talk: Talk, case_id: int) -> None:
    """For the rider, or for who has the case in hand; that a handler took it is noted."""
    row, side = await side_in(talk, case_id)
    kept = await evidence.of_case(talk.session, row.id)
    if not any(one.fetched_at for one in kept):
        talk.toast(talk._("There is no evidence yet, or it is still being fetched."), alert=True)
        return
    if side is Side.HANDLER:
        await note(talk, Act.CASE_BUNDLE, row)
    # Read and packed once the transaction is over, so that nobody waits for it.
    talk.committed.append(partial(_send, talk, row.id))


async def _send(talk: Talk, case_id: int) -> None:
    async with talk.house.database.reading() as session:
        row = await cases.find(session, case_id)
        if row is None:
            return
        kept = [(one, evidence.file_of(session, one)) for one in await evidence.of_case(session, case_id)]
        summary = [
            words.heading(talk.house, row, talk.language),
            *words.summary_lines(talk.house, row, cases.content_of(session, row), talk.language),
        ]
        groups = _groups([one for one in kept if one[0].fetched_at is not None])
        for number, group in enumerate(groups, start=1):
            contents = [b"".join([piece async for piece in evidence.pieces(session, one.id)]) for one, _ in group]
            page, table = _page(talk, summary, kept), _table(talk, kept)
            packed = await asyncio.to_thread(_zipped, group, contents, page, table)
            part = f"-{number}" if len(groups) > 1 else ""
            caption = talk._("Evidence of {number}. Treat it as confidential.").format(number=row.number)
            talk.document(f"{row.number}{part}.zip", packed, caption)


def _groups(kept: Sequence[Kept]) -> list[list[Kept]]:
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
    """Without anything that a file system or a shell could take amiss."""
    plain = re.sub(r"[^\w.-]+", "_", file.name).lstrip(".")[-80:]
    return f"files/{row.id:06d}-{plain or 'file'}"


def _zipped(group: Sequence[Kept], contents: Sequence[bytes], page: str, table: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("index.html", page)
        archive.writestr("index.csv", "\ufeff" + table)
        sums = "".join(f"{file.sha256}  {name_in_zip(row, file)}\n" for row, file in group)
        archive.writestr("SHA256SUMS", sums)
        for (row, file), content in zip(group, contents, strict=True):
            info = zipfile.ZipInfo(name_in_zip(row, file), row.at.timetuple()[:6])
            archive.writestr(info, content)
    return out.getvalue()


def _rows(talk: Talk, kept: Sequence[Kept]) -> list[list[str]]:
    zone = talk.house.organisation.zone
    sides = {Side.RIDER: talk._("rider"), Side.HANDLER: talk._("counsel"), Side.NOTE: talk._("counsel")}
    rows = []
    for row, file in kept:
        received = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S %z}"
        place = name_in_zip(row, file) if row.fetched_at else ""
        digest = file.sha256 or talk._("not fetched")
        rows.append([str(row.id), received, sides[Side(row.side)], file.name, str(row.size), digest, place])
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
        "The times are those at which the bot received the files. Each digest is that of the bytes as received: "
        "“sha256sum -c SHA256SUMS” shows that none was changed."
    )
    return Markup(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><title>{}</title>'
        "<style>body{{font:15px/1.5 sans-serif;margin:2rem}}table{{border-collapse:collapse}}"
        "td,th{{border:1px solid #999;padding:.3rem .5rem;text-align:left;overflow-wrap:anywhere}}</style>"
        "<p>{}</p><p>{}</p><table>{}{}</table></html>"
    ).format(
        talk.language.replace("_", "-"), talk._("Evidence"), Markup("<br>").join(summary), said, head,
        Markup("").join(rows),
    )  # fmt: skip
