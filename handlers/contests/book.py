"""The book of a contest: all entries that were shown in one file, with their pictures, as PDF or as HTML.

Whoever entered agreed with the rules that it is published, under the name that they chose. The pictures are fetched
from Telegram, so the file is made beside the chat's turn.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from handlers.chat.bundles import NotSent
from handlers.chat.ports import NotFetched
from handlers.chat.press import InvalidCallback, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.replies import File, Outgoing
from handlers.chat.reports import Block, Heading, Paragraph, Picture, Report
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.contests import presses
from handlers.contests.winners import with_result
from storage.contests import contests, entries
from storage.contests.entries import Content, Kind
from storage.contests.ids import ContestId, EntryId
from storage.contests.notices import BookFailed
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.people.access import Right

KINDS = ("pdf", "html")
MOST_BYTES = 30 << 20
"""Of pictures in one file, which is half as large again as HTML; a bot may send 50 MB."""
_MOST_FETCHED = 20 << 20
_AT_ONCE = 4


class Work(NamedTuple):
    """An entry as it stands in the book."""

    id: EntryId
    category: str
    place: int | None
    content: Content


def register(routes: Routes) -> None:
    routes.press(presses.BOOK, book, right=Right.RUN_CONTESTS)
    routes.notice(BookFailed, failed_words, reader=RECIPIENT)


async def book(talk: Talk, contest_id: ContestId, kind: str) -> None:
    if kind not in KINDS:
        raise InvalidCallback
    await with_result(talk, contest_id)
    bundles = talk.context.ports.bundles
    if bundles.is_busy_for(talk.person.id):
        talk.answer_callback(talk._("A file is being prepared for you and will arrive in a moment."), alert=True)
        return
    talk.answer_callback(talk._("The file is being prepared and will arrive in a moment."))

    async def begin() -> None:
        bundles.claim(talk.person.id)
        talk.context.ports.run_in_background(_make(talk, contest_id, kind))

    talk.committed.append(begin)


async def _make(talk: Talk, contest_id: ContestId, kind: str) -> None:
    bundles = talk.context.ports.bundles
    async with bundles.turn(talk.person.id):
        content = await _written(talk, contest_id, kind)
        params = {"chat_id": talk.chat_id}
        try:
            await bundles.send(Outgoing("sendDocument", params, files={"document": File(f"entries.{kind}", content)}))
        except NotSent:
            async with talk.context.database.writing() as session:
                await queue.add(session, Addressed(talk.person.id, BookFailed(), talk.now))


def failed_words(view: View, _notice: BookFailed) -> Page:
    return view._("I couldn't send you the file with the entries. Please press the button again later."), []


async def _written(talk: Talk, contest_id: ContestId, kind: str) -> bytes:
    fetched = await pictures_of(talk, (await _works(talk, contest_id))[1])
    title, works = await _works(talk, contest_id)  # somebody may have withdrawn theirs meanwhile
    organisation = talk.context.settings.organisation.name
    report = Report(title, talk._("All entries"), organisation, talk.now, _blocks(talk, works, fetched))
    if kind == "html":
        return await talk.context.ports.reports.html(report, talk.language)
    return await talk.context.ports.reports.pdf(report)


async def _works(talk: Talk, contest_id: ContestId) -> tuple[str, Sequence[Work]]:
    """The contest's title, and what is shown of it now."""
    async with talk.context.database.reading(apart=True) as session:
        row = await contests.find(session, contest_id)
        categories = contests.settings_of(row).categories
        return row.title, [
            Work(entry.id, categories[entry.category], entry.place, entries.content_of(session, entry))
            for entry in await entries.published(session, contest_id)
        ]


async def pictures_of(talk: Talk, works: Sequence[Work]) -> Mapping[str, bytes]:
    """The pictures that were entered, small enough for all of them, by Telegram's ids. What Telegram does not give is
    left out, and so is what is too much for one file: nothing more is fetched then."""
    room = asyncio.Semaphore(_AT_ONCE)
    ports = talk.context.ports
    fetched: dict[str, bytes] = {}
    is_full = False

    async def fetch(file_id: str) -> None:
        nonlocal is_full
        file = io.BytesIO()
        async with room:
            if is_full:
                return
            try:
                await ports.download_file(file_id, _MOST_FETCHED, file)
            except NotFetched:
                return
            picture = await ports.painter.photo_jpeg(file.getvalue())
        if picture is not None:
            is_full = is_full or sum(map(len, fetched.values())) + len(picture) > MOST_BYTES
            if not is_full:
                fetched[file_id] = picture

    ids = [work.content.file_id for work in works if work.content.kind is Kind.PHOTO]
    await asyncio.gather(*map(fetch, ids))
    return fetched


def _blocks(talk: Talk, works: Sequence[Work], pictures: Mapping[str, bytes]) -> list[Block]:
    blocks: list[Block] = []
    category = ""
    for work in works:
        if work.category != category:
            category = work.category
            blocks.append(Heading(category))
        content = work.content
        place = "" if work.place is None else talk._("place {n}").format(n=work.place)
        blocks.append(Heading(content.title, level=2))
        blocks.append(Paragraph(" · ".join(filter(None, [content.entrant, place]))))
        if content.file_id in pictures:
            blocks.append(Picture(pictures[content.file_id], is_photo=True))
        blocks.append(Paragraph("\n".join(filter(None, [content.words, talk.context.link(f"con_{work.id}")]))))
    return blocks
