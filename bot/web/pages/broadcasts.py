"""Broadcasts in the console: what waits for approval or its time, what is being sent, and what is over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.web.pages import broadcast, broadcast_new
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.broadcasts import panel
from handlers.broadcasts.form import TOPICS
from handlers.broadcasts.scheduled import beginning
from handlers.i18n.few import count_words
from storage.broadcasts import office
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId
from storage.encryption import CannotDecrypt
from storage.people.access import Right

_PATH = "/console/broadcasts"


async def table(visit: Visit) -> web.Response:
    before = _before(visit)
    over = await office.over(visit.session, before)
    shown = over[: office.PAGE]
    to_come, moving = await office.to_come(visit.session), await office.moving(visit.session)
    return visit.page(
        "broadcasts.html",
        to_come=await _rows(visit, to_come),
        moving=await _rows(visit, moving),
        over=await _rows(visit, shown),
        waiting=sum(row.state == BroadcastState.AWAITING and row.author != visit.person.id for row in to_come),
        more=f"{visit.site.root}{_PATH}?before={shown[-1].id}" if len(over) > office.PAGE else "",
    )


def _before(visit: Visit) -> BroadcastId | None:
    """Before which one the page begins. Raises Turned."""
    text = visit.request.query.get("before", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Turned(Why.ODD)
    return BroadcastId(int(text))


async def _rows(visit: Visit, rows: Sequence[Broadcast]) -> list[dict[str, Any]]:
    return [await _row(visit, row) for row in rows]


async def _row(visit: Visit, row: Broadcast) -> dict[str, Any]:
    has_begun = row.started_at is not None
    read = row.confirmed
    if read is None and has_begun:
        read = await broadcast_reads.read_count(visit.session, row.id)
    return {
        "id": row.id,
        "when": visit.view.moment(row.started_at or row.starts_at),
        "topic": visit._(TOPICS[row.topic]),
        "begins": _beginning(visit, row),
        "state": panel.state_words(row, visit.view),
        "total": count_words(visit.person.language, row.total) if has_begun else "",
        "read": count_words(visit.person.language, read) if read else "",
        "is_mine": row.author == visit.person.id,
    }


def _beginning(visit: Visit, row: Broadcast) -> str:
    try:
        return beginning(visit.talk, row)
    except CannotDecrypt:
        return visit._("⚠️ changed outside the bot")


PAGES = (
    Page("GET", _PATH, table, Right.BROADCAST, OFFICE),
    *broadcast_new.PAGES,
    *broadcast.PAGES,
)
