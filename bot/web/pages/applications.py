"""Applications: the table with its filters, and deciding about many at once."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.web.pages import application
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.membership.applications import READY, REASONS
from storage.membership import office, reviews
from storage.membership.applications import Application, ApplicationState
from storage.membership.ids import ApplicationId
from storage.membership.office import Chosen, Fate, Place, Planned
from storage.membership.reviews import UNDONE_WITHIN
from storage.people.access import Right

STATES = {
    ApplicationState.WAITING: N_("waiting"),
    ApplicationState.ASKED: N_("question sent"),
    ApplicationState.APPROVED: N_("approved"),
    ApplicationState.REFUSED: N_("not approved"),
}
VIEWS = (
    (N_("All waiting"), Chosen()),
    (N_("Waiting for 3 days"), Chosen(days=3)),
    (N_("I'm reviewing"), Chosen(mine=True)),
    (N_("Question sent"), Chosen(ApplicationState.ASKED)),
    (N_("My approvals"), Chosen(ApplicationState.APPROVED, mine=True)),
    (N_("Not approved"), Chosen(ApplicationState.REFUSED)),
)
"""Saved views: what is chosen stands in the address, so any other can be kept as a bookmark."""
FATES = {
    Fate.DECIDED: N_("will be decided"),
    Fate.NOT_WAITING: N_("unchanged: already decided"),
    Fate.IN_OTHER_HANDS: N_("unchanged: someone else is reviewing it"),
    Fate.DOUBLE: N_("unchanged: someone else has the same phone or ID number, so review it by itself"),
}


async def table(visit: Visit) -> web.Response:
    """A page of the table; none of its rows names anybody."""
    query = visit.request.query
    chosen = _chosen(query.get("state", ""), query.get("days", ""), query.get("mine", ""))
    rows = await office.listed(visit.session, visit.person.id, chosen, visit.now, _place(query.get("after", "")))
    shown = rows[: office.PAGE]
    more = _address(visit, chosen, shown[-1]) if len(rows) > office.PAGE else ""
    return visit.page(
        "applications.html",
        chosen=chosen,
        states=[(state.name.lower(), visit._(label)) for state, label in STATES.items()],
        views=[(visit._(label), _address(visit, view), view == chosen) for label, view in VIEWS],
        rows=[_row(visit, row) for row in shown],
        waiting=await reviews.count_of_others(visit.session, visit.person.id),
        more=more,
        decides=chosen.state == ApplicationState.WAITING,
        most=office.MOST_AT_ONCE,
    )


def _chosen(state: str, days: str, mine: str) -> Chosen:
    """What the address chooses. Raises Turned."""
    names = {one.name.lower(): one for one in STATES}
    if state not in {"", *names} or not (days or "0").isascii() or not (days or "0").isdigit() or len(days) > 3:
        raise Turned(Why.ODD)
    return Chosen(names.get(state, ApplicationState.WAITING), int(days or 0), mine == "1")


def _address(visit: Visit, chosen: Chosen, after: Application | None = None) -> str:
    fields: dict[str, Any] = {"state": chosen.state.name.lower()}
    if chosen.days:
        fields["days"] = chosen.days
    if chosen.mine:
        fields["mine"] = 1
    if after is not None:
        moment, key = office.place_of(after)
        fields["after"] = urlsafe_b64encode(f"{moment.isoformat()}/{key}".encode()).decode()
    return f"{visit.site.root}/console/applications?{urlencode(fields)}"


def _place(text: str) -> Place | None:
    """After which row the page begins. Raises Turned."""
    if not text:
        return None
    try:
        moment, key = urlsafe_b64decode(text.encode()).decode().split("/")
        return Place(datetime.fromisoformat(moment).astimezone(UTC), ApplicationId(_number(key)))
    except (ValueError, binascii.Error, OverflowError):
        raise Turned(Why.ODD) from None


def _row(visit: Visit, row: Application) -> dict[str, Any]:
    language = visit.person.language
    is_free = reviews.is_free(row, visit.person.id, visit.now)
    holder = ""
    if row.state == ApplicationState.WAITING and not is_free:
        holder = visit._("someone else is reviewing it")
    elif row.state == ApplicationState.WAITING and _is_held(row, visit):
        holder = visit._("you are reviewing it")
    moment, _key = office.place_of(row)
    return {
        "id": row.id,
        "receipt": row.receipt,
        "age": formatting.ago(moment, visit.now, language),
        "at": visit.view.moment(moment),
        "holder": holder,
        "state": visit._(STATES[row.state]),
        "is_free": is_free,
        "can_undo": application.can_undo(visit, row),
    }


def _is_held(row: Application, visit: Visit) -> bool:
    return row.claimed_by == visit.person.id and row.claimed_until is not None and row.claimed_until > visit.now


def _ids(visit: Visit) -> Sequence[ApplicationId]:
    """What was ticked. Raises Turned."""
    ticked = visit.form.get("id", [])
    if not ticked or len(ticked) > office.MOST_AT_ONCE or not all(map(_is_id, ticked)):
        raise Turned(Why.ODD)
    return [ApplicationId(int(one)) for one in dict.fromkeys(ticked)]


def _number(text: str) -> int:
    """Raises ValueError."""
    if not _is_id(text):
        raise ValueError(text)
    return int(text)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


async def plan(visit: Visit) -> web.Response:
    """What will happen to those that were ticked, before it does."""
    found = await office.planned(visit.session, _ids(visit), visit.person.id, visit.now)
    language = visit.person.language
    lines = [
        (row.receipt, formatting.ago(row.waiting_since, visit.now, language), visit._(FATES[fate]), fate.value)
        for row, fate in found
    ]
    ids = [row.id for row, fate in found if fate is Fate.DECIDED]
    reasons = [(key, visit._(label), visit._(REASONS[key])) for key, label in READY.items()]
    return visit.page(
        "applications_plan.html", lines=lines, ids=ids, minutes=UNDONE_WITHIN.seconds // 60, reasons=reasons
    )


async def approve(visit: Visit) -> web.Response:
    """Each on its own: an audit row, a card, and what became of it meanwhile."""
    found = await office.approve_all(visit.session, _ids(visit), visit.person.id, visit.now)
    said = visit.view.plural("{n} application is approved.", "{n} applications are approved.", _count(found))
    return _decided(visit, found, said)


async def refuse(visit: Visit) -> web.Response:
    """All for one of the ready reasons. Raises Turned."""
    reason = visit.field("ready")
    if reason not in REASONS:
        raise Turned(Why.ODD)
    found = await office.refuse_all(visit.session, _ids(visit), visit.person.id, reason, visit.now)
    said = visit.view.plural("{n} application is refused.", "{n} applications are refused.", _count(found))
    return _decided(visit, found, said)


def _count(found: Sequence[Planned]) -> int:
    return sum(fate is Fate.DECIDED for _, fate in found)


def _decided(visit: Visit, found: Sequence[Planned], said: str) -> web.Response:
    done = [row for row, fate in found if fate is Fate.DECIDED]
    left = [(row.receipt, visit._(FATES[fate])) for row, fate in found if fate is not Fate.DECIDED]
    return visit.page(
        "applications_done.html",
        said=said.format(n=len(done)),
        done=[(row.id, row.receipt) for row in done],
        left=left,
        until=visit.view.moment(visit.now + UNDONE_WITHIN) if done else "",
    )


async def undo(visit: Visit) -> web.Response:
    """All that can still be taken back."""
    undone, too_late = await office.undo_all(visit.session, _ids(visit), visit.person.id, visit.now)
    said = visit.view.plural(
        "{n} decision is undone; the application is assigned to you again.",
        "{n} decisions are undone; the applications are assigned to you again.",
        len(undone),
    ).format(n=len(undone))
    if too_late:
        rest = visit.view.plural(
            "{n} was not undone: it is too late, or it was not your decision.",
            "{n} were not undone: it is too late, or they were not your decisions.",
            too_late,
        ).format(n=too_late)
        said = formatting.in_a_line(said, rest)
    return visit.page(
        "applications_done.html", said=said, done=[], left=[(row.receipt, "") for row in undone], until=""
    )


_PATH = "/console/applications"
PAGES = (
    Page("GET", _PATH, table, Right.REVIEW, OFFICE),
    Page("POST", f"{_PATH}/plan", plan, Right.REVIEW, OFFICE),
    Page("POST", f"{_PATH}/approve", approve, Right.REVIEW, OFFICE, writes=True),
    Page("POST", f"{_PATH}/refuse", refuse, Right.REVIEW, OFFICE, writes=True),
    Page("POST", f"{_PATH}/undo", undo, Right.REVIEW, OFFICE, writes=True),
    *application.PAGES,
)
