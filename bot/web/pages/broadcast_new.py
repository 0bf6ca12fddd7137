"""Writing a broadcast: the form, with how it will look on a phone and how many it reaches, while it is written."""

from __future__ import annotations

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages import broadcast_form
from bot.web.pages.broadcast_form import Read
from bot.web.phone_view import versions
from bot.web.visits import OFFICE, Page, Visit
from handlers.broadcasts import acts, panel
from handlers.broadcasts.form import Announcement, Sending
from handlers.broadcasts.shown import link_lines
from handlers.chat.talk import Talk
from storage.broadcasts.ids import BroadcastId
from storage.people.access import Right
from storage.people.topics import Topic

_PATH = "/console/broadcasts"
_RIGHT = Right.BROADCAST
_NOT_KEPT = BroadcastId(0)
"""What has no row yet."""


async def begin(visit: Visit) -> web.Response:
    return _form(visit, Read())


def _form(visit: Visit, read: Read) -> web.Response:
    said = broadcast_form.fields_of(visit, Announcement, read.faults)
    drafts = broadcast_form.audience_drafts(visit)
    return visit.page(
        "broadcast_new.html",
        status=422 if read.faults else 200,
        said=said,
        audience=[one for draft in drafts for one in broadcast_form.fields_of(visit, draft, read.faults)],
        sending=broadcast_form.fields_of(visit, Sending, read.faults),
        faults=read.faults,
    )


async def preview(visit: Visit) -> web.Response:
    """The message as a phone shows it, while it is written."""
    read, talk = Read(), visit.talk
    draft = await broadcast_form.read_broadcast(visit, read)
    shown, links = [], []
    if draft.content is not None:  # not without a message, which a draft of a form has in the end
        content = acts.content_of(talk, draft)
        shown = versions(talk, _NOT_KEPT, content, draft.topic or Topic.URGENT)
        links = link_lines(talk, content)
    faults = [read.faults[name] for name in ("content", "other", "opens") if name in read.faults]
    return visit.page(
        "broadcast_preview.html", shown=shown, links=links, faults=faults if visit.field("content") else []
    )


async def count(visit: Visit) -> web.Response:
    """How many it reaches, in the words of the chat; that it was asked is audited."""
    read, talk = Read(), visit.talk
    segment = await broadcast_form.read_segment(visit, read)
    lines = list(read.faults.values())
    if not lines:
        topic = await broadcast_form.read_topic(visit)
        counted = await acts.count_segment(talk, segment, topic or Topic.NEWS)
        lines = panel.reach_lines(talk, counted)
    return visit.page("broadcast_count.html", lines=lines)


async def write(visit: Visit, talk: Talk) -> web.Response:
    """Keeps it as a draft and leads to the page that asks for the last word."""
    read = Read()
    draft = await broadcast_form.read_broadcast(visit, read)
    segment = await broadcast_form.read_segment(visit, read)
    if read.faults:
        return _form(visit, read)
    row = await acts.keep(talk, draft, segment)
    return visit.back(f"{_PATH}/{row.id}")


PAGES = (
    Page("GET", f"{_PATH}/new", begin, _RIGHT, OFFICE),
    Page("POST", f"{_PATH}/preview", preview, _RIGHT, OFFICE),
    Page("POST", f"{_PATH}/count", count, _RIGHT, OFFICE, writes=True),
    acting(f"{_PATH}/new", write, _RIGHT),
)
