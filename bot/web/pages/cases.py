"""Cases in the console: what waits at the desks, and what somebody has in hand, as a table."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.web.pages import case, case_answers, collective
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.cases import format as words
from handlers.cases.desk import may_take
from handlers.cases.desk_access import desks_of, scope_at
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from storage.cases import collectives, office, queue
from storage.cases import deadlines as case_deadlines
from storage.cases.deadlines import CaseLimit
from storage.cases.desks import in_language
from storage.cases.ids import CaseId
from storage.cases.many import MOST_AT_ONCE
from storage.cases.office import Chosen, Place
from storage.cases.table import Case, content_of
from storage.people.access import Right

_PATH = "/console/cases"


@dataclass(frozen=True, slots=True)
class _Filter:
    """What the address chooses."""

    desk: str = ""
    kind: str = ""
    days: int = 0
    overdue: bool = False
    ours: bool = False
    mine: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """As they stand in an address."""
        flags = {name: int(getattr(self, name)) for name in ("overdue", "ours", "mine")}
        found = {"desk": self.desk, "kind": self.kind, "days": self.days, **flags}
        return {name: value for name, value in found.items() if value}


VIEWS = (
    (N_("Waiting"), _Filter(), Right.SEE_CASES),
    (N_("Overdue"), _Filter(overdue=True), Right.SEE_CASES),
    (N_("Assigned to me"), _Filter(mine=True), Right.HANDLE_CASES),
    (N_("Waiting for me"), _Filter(mine=True, ours=True), Right.HANDLE_CASES),
)


async def table(visit: Visit) -> web.Response:
    """A page of the table; none of its rows names anybody."""
    talk, query = visit.talk, visit.request.query
    chosen = _filter(talk, visit)
    said = case.SAID.get(query.get("said", ""), "")
    rows = await office.listed(visit.session, visit.person.id, _chosen(talk, chosen), visit.now, _place(visit))
    shown = rows[: office.PAGE]
    limits = await case_deadlines.of_cases(visit.session, [row.id for row in shown])
    joined = await collectives.numbers_of(visit.session, shown)
    more = _address(visit, chosen, shown[-1]) if len(rows) > office.PAGE else ""
    desk = desks_of(talk).get(chosen.desk)
    kinds = [(one.key, in_language(one.words, talk.language)) for one in desk.kinds] if desk is not None else []
    return visit.page(
        "cases.html",
        chosen=chosen,
        desks=await _desks(talk),
        kinds=kinds,
        views=[
            (visit._(label), _address(visit, view), view == chosen)
            for label, view, right in VIEWS
            if visit.person.may(right)
        ],
        rows=[{**_row(talk, row, limits[row.id]), "collective": joined.get(row.id, "")} for row in shown],
        has_mine=visit.person.may(Right.HANDLE_CASES) and any(row.assigned_to == visit.person.id for row in shown),
        most=MOST_AT_ONCE,
        more=more,
        handles=visit.person.may(Right.HANDLE_CASES),
        said=visit._(said) if said else "",
    )


def _filter(talk: Talk, visit: Visit) -> _Filter:
    """Raises Turned."""
    query = visit.request.query
    desk, kind, days = query.get("desk", ""), query.get("kind", ""), query.get("days", "") or "0"
    desks = desks_of(talk)
    if (desk and desk not in desks) or not (days.isascii() and days.isdigit() and len(days) <= 3):
        raise Turned(Why.ODD)
    if kind and (not desk or desks[desk].kind(kind) is None):
        kind = ""  # the desk was changed in the form
    flags = {name: query.get(name) == "1" for name in ("overdue", "ours", "mine")}
    if flags["mine"] and not visit.person.may(Right.HANDLE_CASES):
        raise Turned(Why.ODD)
    return _Filter(desk, kind, int(days), **flags)


def _chosen(talk: Talk, chosen: _Filter) -> Chosen:
    desks = {key: scope_at(talk, desk) for key, desk in desks_of(talk).items() if chosen.desk in ("", key)}
    if chosen.mine and not chosen.desk:
        desks = {}
    return Chosen(desks, chosen.mine, chosen.kind, chosen.days, chosen.overdue, chosen.ours)


def _address(visit: Visit, chosen: _Filter, after: Case | None = None) -> str:
    fields = chosen.fields
    if after is not None:
        calm, due, key = office.place_of(after)
        fields["after"] = urlsafe_b64encode(f"{calm}/{due.isoformat()}/{key}".encode()).decode()
    query = f"?{urlencode(fields)}" if fields else ""
    return f"{visit.site.root}{_PATH}{query}"


def _place(visit: Visit) -> Place | None:
    """After which row the page begins. Raises Turned."""
    text = visit.request.query.get("after", "")
    if not text:
        return None
    try:
        calm, due, key = urlsafe_b64decode(text.encode()).decode().split("/")
        if calm not in ("0", "1") or not (key.isascii() and key.isdigit() and len(key) <= 18):
            raise Turned(Why.ODD)
        return Place(int(calm), datetime.fromisoformat(due).astimezone(UTC), CaseId(int(key)))
    except (ValueError, binascii.Error, OverflowError):
        raise Turned(Why.ODD) from None


async def _desks(talk: Talk) -> list[tuple[str, str]]:
    """Each desk with how many cases nobody has taken there."""
    found = []
    for key, desk in desks_of(talk).items():
        waiting = await queue.count_waiting(talk.session, key, talk.person.id, scope_at(talk, desk))
        title = f"{words.mark_of(waiting.urgent)}{desk.emoji} {in_language(desk.title, talk.language)}"
        found.append((key, formatting.bracketed(talk._, title, str(waiting.total))))
    return found


def _row(talk: Talk, row: Case, limits: Sequence[CaseLimit]) -> dict[str, Any]:
    context, language = talk.context, talk.language
    kind = words.kind_words(context, row, content_of(talk.session, row), language)
    state = words.state_words(row, language, for_handler=True)
    return {
        "id": row.id,
        "collective_id": row.collective_id,
        "number": words.mark(row) + words.tag(context, row),
        "kind": " · ".join(filter(None, [words.level_title(context, row, language), kind])),
        "age": formatting.ago(row.opened_at, talk.now, language),
        "at": talk.view.moment(row.opened_at),
        "due": state if words.is_answered(row) else words.due_words(context, row, talk.now, language),
        "limit": words.days_left(limits[0].ends_on, talk.local_today, language) if limits else "",
        "is_mine": row.assigned_to == talk.person.id,
        "may_take": may_take(talk, row),
    }


PAGES = (Page("GET", _PATH, table, Right.SEE_CASES, OFFICE), *case.PAGES, *case_answers.PAGES, *collective.PAGES)
