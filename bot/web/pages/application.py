"""One application: who reads it has it in hand, as in the chat; and what they decide."""

from __future__ import annotations

from aiohttp import web

from bot.web import headers
from bot.web.sent_pictures import sent_picture
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.i18n import formatting
from handlers.membership.application_form import answer_lines
from handlers.membership.applications import READY, REASONS
from handlers.membership.memberships import number_words
from storage.membership import applications, decisions, reviews
from storage.membership.applications import Application, ApplicationState, Inquiry
from storage.membership.ids import ApplicationId
from storage.membership.reviews import UNDONE_WITHIN
from storage.people.access import Right
from storage.plain_text import clean

SHORTEST, LONGEST = 5, 500
"""Characters of a reason or a question."""
_DECIDED = (ApplicationState.APPROVED, ApplicationState.REFUSED)


def can_undo(visit: Visit, row: Application) -> bool:
    """Whether the viewer decided it, and that was a moment ago."""
    is_fresh = row.decided_at is not None and visit.now - row.decided_at <= UNDONE_WITHIN
    return row.state in _DECIDED and row.decided_by == visit.person.id and is_fresh


def _id(visit: Visit) -> ApplicationId:
    return ApplicationId(int(visit.request.match_info["id"]))


def _is_in_hand(visit: Visit, row: Application) -> bool:
    holds = row.claimed_by == visit.person.id and row.claimed_until is not None and row.claimed_until > visit.now
    return holds and row.state == ApplicationState.WAITING


async def _row(visit: Visit) -> Application:
    """Nobody's own. Raises Turned."""
    row = await applications.find(visit.session, _id(visit))
    if row is None or row.person_id == visit.person.id:
        raise Turned(Why.NOTHING_HERE)
    return row


async def take(visit: Visit) -> web.Response:
    """Into the reader's hand, for half an hour."""
    await reviews.claim(visit.session, _id(visit), visit.person.id, visit.now)
    return _back(visit, f"/{_id(visit)}")


async def take_next(visit: Visit) -> web.Response:
    """The oldest that nobody has in hand."""
    row = await reviews.next_for(visit.session, visit.person.id, visit.now)
    return _back(visit, f"/{row.id}" if row is not None else "")


def _back(visit: Visit, path: str) -> web.Response:
    """To a page, in place of what was sent."""
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    return web.Response(status=303, headers={**found, "Location": f"{visit.site.root}{_PATH}{path}"})


async def show(visit: Visit) -> web.Response:
    """All of it to whoever has it in hand, which is noted; to others that it is there, and what can be undone."""
    row = await _row(visit)
    lines, exchange, warning, pictures = [], [], "", 0
    if _is_in_hand(visit, row):
        await decisions.read(visit.session, row, visit.person.id, visit.now)
        content = applications.content_of(visit.session, row)
        lines = answer_lines(visit.talk, content.answers)
        exchange = [(one.question, _answer(visit, one)) for one in content.exchange]
        pictures = len(_pictures(visit, row))
        doubles = await applications.doubles(visit.session, row)
        others = [one if isinstance(one, str) else number_words(visit._, one) for one in doubles]
        if others:
            listed = formatting.listed(others, visit.person.language)
            warning = visit._("Same phone or ID number: {others}").format(others=listed)
    return visit.page(
        "application.html",
        row=row,
        age=formatting.ago(row.waiting_since, visit.now, visit.person.language),
        in_hand=_is_in_hand(visit, row),
        is_free=row.state == ApplicationState.WAITING and reviews.is_free(row, visit.person.id, visit.now),
        lines=lines,
        exchange=exchange,
        warning=warning,
        pictures=range(pictures),
        reasons=[(key, visit._(label), visit._(REASONS[key])) for key, label in READY.items()],
        can_undo=can_undo(visit, row),
        approved=row.state == ApplicationState.APPROVED,
        shortest=SHORTEST,
        longest=LONGEST,
    )


def _answer(visit: Visit, one: Inquiry) -> str:
    return one.answer or (visit._("a picture") if one.picture else "—")


def _pictures(visit: Visit, row: Application) -> list[str]:
    """The file_ids of what the applicant sent."""
    content = applications.content_of(visit.session, row)
    sent = [content.answers.get("proof"), *(one.picture for one in content.exchange)]
    return [str(one) for one in sent if one]


async def picture(visit: Visit) -> web.Response:
    """A picture of the application, as Telegram keeps it, to whoever has it in hand."""
    row, at = await _row(visit), int(visit.request.match_info["at"])
    found = _pictures(visit, row) if _is_in_hand(visit, row) else []
    if at >= len(found):
        raise Turned(Why.NOTHING_HERE)
    return await sent_picture(visit, found[at])


async def approve(visit: Visit) -> web.Response:
    await decisions.approve(visit.session, _id(visit), visit.person.id, visit.now)
    return _back(visit, f"/{_id(visit)}")


async def refuse(visit: Visit) -> web.Response:
    """For a ready reason, or one that was written."""
    reason = visit.field("ready")
    if reason not in REASONS:
        reason = _written(visit, "reason")
    await decisions.refuse(visit.session, _id(visit), visit.person.id, reason, visit.now)
    return _back(visit, f"/{_id(visit)}")


async def ask(visit: Visit) -> web.Response:
    await decisions.ask(visit.session, _id(visit), visit.person.id, _written(visit, "question"), visit.now)
    return _back(visit, f"/{_id(visit)}")


def _written(visit: Visit, field: str) -> str:
    """As a text in the chat is read. Raises Turned."""
    text = clean(visit.field(field))
    if not SHORTEST <= len(text) <= LONGEST or text in REASONS:
        raise Turned(Why.ODD)
    return text


async def release(visit: Visit) -> web.Response:
    await reviews.release(visit.session, _id(visit), visit.person.id, visit.now)
    return _back(visit, "")


async def undo(visit: Visit) -> web.Response:
    await decisions.undo(visit.session, _id(visit), visit.person.id, visit.now)
    return _back(visit, f"/{_id(visit)}")


_PATH = "/console/applications"
_ONE = rf"{_PATH}/{{id:\d{{1,18}}}}"
_ACTS = {"take": take, "approve": approve, "refuse": refuse, "ask": ask, "release": release, "undo": undo}
PAGES = (
    Page("POST", f"{_PATH}/next", take_next, Right.REVIEW, OFFICE, writes=True),
    Page("GET", _ONE, show, Right.REVIEW, OFFICE, writes=True),
    Page("GET", rf"{_ONE}/pictures/{{at:\d{{1,2}}}}", picture, Right.REVIEW, OFFICE),
    *(Page("POST", f"{_ONE}/{name}", act, Right.REVIEW, OFFICE, writes=True) for name, act in _ACTS.items()),
)
