"""One broadcast: how it looks on a phone, whom it is for, how far it is, and what can be done with it."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.web.acting import Act, acting
from bot.web.phone_view import PHOTO, is_shown_whole, versions
from bot.web.sent_pictures import sent_picture
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.broadcasts import acts, panel, scheduled
from handlers.broadcasts.form import TOPICS
from handlers.broadcasts.shown import link_lines
from handlers.chat.audience import segment_words
from handlers.chat.talk import Talk
from storage.broadcasts import broadcasts, corrections, tallies
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.ids import BroadcastId
from storage.people.access import Right
from storage.people.segments import Segment

_PATH = "/console/broadcasts"
_RIGHT = Right.BROADCAST
_BEFORE = (BroadcastState.DRAFT, BroadcastState.AWAITING, BroadcastState.SCHEDULED)
_MOVING = (BroadcastState.FREEZING, BroadcastState.RUNNING, BroadcastState.PAUSED)
_RECALLED_IN = (BroadcastState.RUNNING, BroadcastState.PAUSED, BroadcastState.DONE)


def _id(visit: Visit) -> BroadcastId:
    return BroadcastId(int(visit.request.match_info["id"]))


async def _found(visit: Visit) -> Broadcast:
    """A draft is its author's alone. Raises NotNow, BroadcastInDoubt."""
    row = await acts.found(visit.talk, _id(visit))
    if row.state == BroadcastState.DRAFT and row.author != visit.person.id:
        raise NotNow
    if row.state in (BroadcastState.AWAITING, BroadcastState.SCHEDULED):
        broadcasts.release_of(visit.session, row)
    return row


async def show(visit: Visit) -> web.Response:
    """How many it goes to is counted as long as it has not begun, and that is audited."""
    talk, row = visit.talk, await _found(visit)
    content = broadcasts.content_of(visit.session, row)
    counted = await acts.count(talk, row) if row.state in _BEFORE else None
    sent = panel.sent_to(await tallies.counts(visit.session, row.id))
    return visit.page(
        "broadcast.html",
        row=row,
        state=panel.state_words(row, visit.view),
        topic=visit._(TOPICS[row.topic]),
        audience=segment_words(talk, Segment.parse(row.segment), visit.site.features.audience),
        starts=visit.view.moment(acts.begins(talk, row)),
        spread=row.spread_seconds // 3_600,
        shown=versions(talk, row.id, content, row.topic),
        links=link_lines(talk, content),
        reach=panel.reach_lines(talk, counted) if counted is not None else [],
        send_label=panel.send_label(talk, row, counted) if counted is not None else "",
        is_draft=row.state == BroadcastState.DRAFT,
        awaits=row.state == BroadcastState.AWAITING,
        is_mine=row.author == visit.person.id,
        is_whole=is_shown_whole(content),
        may_stop=row.state < BroadcastState.DONE,
        may_pause=row.state == BroadcastState.RUNNING,
        may_resume=row.state == BroadcastState.PAUSED,
        may_recall=row.state in _RECALLED_IN,
        asks_to_stop=visit._(scheduled.ASKS_TO_STOP),
        stop_label=scheduled.stop_label(talk, row, sent),
        asks_to_recall=visit._(panel.ASKS_TO_RECALL),
        recall_label=panel.recall_label(talk, sent),
        corrected=row.correction is not None,
        **await _report(visit, row),
    )


async def _report(visit: Visit, row: Broadcast) -> dict[str, Any]:
    """How far it is and who has read it, as the panel of the chat says it; asked for again while that may change."""
    counted = await tallies.counts(visit.session, row.id)
    read = await broadcast_reads.read_count(visit.session, row.id)
    return {
        "lines": panel.progress_lines(visit.view, row, counted, read),
        "changes": row.state in (*_MOVING, BroadcastState.DONE),
        "has_failed": panel.may_retry(visit.view, row, counted),
        "address": f"{visit.site.root}{_PATH}/{row.id}/progress",
    }


async def progress(visit: Visit) -> web.Response:
    """The report alone, which the page asks for now and then."""
    row = await _found(visit)
    return visit.page("broadcast_progress.html", state=panel.state_words(row, visit.view), **await _report(visit, row))


async def photo(visit: Visit) -> web.Response:
    """The picture that riders see. Raises Turned."""
    content = broadcasts.content_of(visit.session, await _found(visit))
    at = visit.request.match_info["at"]
    languages = content.languages(visit.site.context.settings.organisation.language)
    if int(at) >= len(languages):
        raise Turned(Why.NOTHING_HERE)
    method, params = content.call_in(languages[int(at)])
    if method != PHOTO:
        raise Turned(Why.NOTHING_HERE)
    return await sent_picture(visit, str(params["photo"]))


def _here(visit: Visit) -> web.Response:
    return visit.back(f"{_PATH}/{_id(visit)}")


async def _held(visit: Visit) -> Broadcast:
    """The same, locked: of two taps the second finds what the first has done."""
    await broadcasts.find_for_update(visit.session, _id(visit))
    return await _found(visit)


async def send(visit: Visit, talk: Talk) -> web.Response:
    """The author's last word, once."""
    row = await _held(visit)
    if row.state == BroadcastState.DRAFT or row.author != visit.person.id:
        await acts.send(talk, row.id, None)
    return _here(visit)


async def approve(visit: Visit, talk: Talk) -> web.Response:
    """By somebody who has seen all of it. Raises Turned, NotNow, OwnApproval, BroadcastInDoubt."""
    row = await _held(visit)
    if not is_shown_whole(broadcasts.content_of(visit.session, row)):
        raise Turned(Why.ODD)
    if not _has_approved(visit, row):
        await broadcasts.approve(talk.session, row.id, talk.person.id, talk.now)
    return _here(visit)


def _has_approved(visit: Visit, row: Broadcast) -> bool:
    """Whether this person has approved it, and it is on its way."""
    if row.release is None or row.state not in (BroadcastState.SCHEDULED, *_MOVING):
        return False
    return broadcasts.release_of(visit.session, row).approved_by == visit.person.id


async def pause(visit: Visit, talk: Talk) -> web.Response:
    if (await _held(visit)).state != BroadcastState.PAUSED:
        await broadcasts.move(talk.session, _id(visit), "pause", talk.now)
    return _here(visit)


async def resume(visit: Visit, talk: Talk) -> web.Response:
    if (await _held(visit)).state != BroadcastState.RUNNING:
        await broadcasts.move(talk.session, _id(visit), "resume", talk.now)
    return _here(visit)


async def stop(visit: Visit, talk: Talk) -> web.Response:
    """Also one that is in doubt: it is not shown, but nobody shall get it."""
    row = await broadcasts.find_for_update(visit.session, _id(visit))
    if row is None or row.state != BroadcastState.CANCELLED:
        row = await acts.stop(talk, _id(visit))
    return visit.back(_PATH) if row.release is None else _here(visit)


async def retry(visit: Visit, talk: Talk) -> web.Response:
    await broadcasts.retry_failed(talk.session, await _found(visit), talk.now)
    return _here(visit)


async def recall(visit: Visit, talk: Talk) -> web.Response:
    await corrections.recall(talk.session, await _found(visit), talk.now)
    return _here(visit)


_ONE = rf"{_PATH}/{{id:\d{{1,18}}}}"
_ACTS: dict[str, Act] = {
    "send": send,
    "approve": approve,
    "pause": pause,
    "resume": resume,
    "stop": stop,
    "retry": retry,
    "recall": recall,
}
PAGES = (
    Page("GET", _ONE, show, _RIGHT, OFFICE, writes=True),
    Page("GET", f"{_ONE}/progress", progress, _RIGHT, OFFICE),
    Page("GET", rf"{_ONE}/photo/{{at:[01]}}", photo, _RIGHT, OFFICE),
    *(acting(f"{_ONE}/{name}", act, _RIGHT) for name, act in _ACTS.items()),
)
