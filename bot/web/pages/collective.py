"""Collective cases in the console: joining the cases that were ticked, and the page of one, where they are taken out
again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages.chosen_cases import PATH, is_number, left_out, name_of, ticked
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.cases import format as words
from handlers.cases.collective import collective_acts, many
from handlers.cases.collective.joining import LONGEST_TITLE
from handlers.cases.collective.pages import counted
from handlers.cases.many_answers import WHY_NOT
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from storage.cases import access as case_access
from storage.cases import collectives
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.many import Chosen, Fate
from storage.cases.table import Case, CaseState, NoSuchCase
from storage.people.access import Right
from storage.plain_text import clean

SHORTEST_TITLE = 2
NEW = "new"
_RIGHT = Right.HANDLE_CASES


async def choose(visit: Visit) -> web.Response:
    """Which of them can be joined, and to what."""
    talk, ids = visit.talk, ticked(visit)
    found = await many.chosen(talk, ids)
    return visit.page(
        "case_joining.html",
        ids=ids,
        going=[name_of(talk, one.row) for one in found if one.fate is Fate.READY],
        left=await _left(talk, found),
        known=[(one.id, one.number, collectives.title_of(visit.session, one)) for one in await many.known(talk, found)],
        shortest=SHORTEST_TITLE,
        longest=LONGEST_TITLE,
    )


async def _left(talk: Talk, found: Sequence[Chosen]) -> list[tuple[str, str]]:
    """With the number of the collective case that one is part of by now."""
    numbers = await collectives.numbers_of(talk.session, [one.row for one in found if one.row is not None])
    return left_out(talk, [(one.row, _why_not(talk, one, numbers)) for one in found])


def _why_not(talk: Talk, one: Chosen, numbers: dict[CaseId, str]) -> str:
    if one.fate not in WHY_NOT:
        return ""
    said = talk._(WHY_NOT[one.fate])
    number = numbers.get(one.row.id, "") if one.row is not None and one.fate is Fate.JOINED_ALREADY else ""
    return formatting.bracketed(talk._, said, number) if number else said


async def join(visit: Visit, talk: Talk) -> web.Response:
    """To the one that is chosen, or to a new one."""
    ids, to = ticked(visit), visit.field("to")
    if to == NEW:
        title = clean(visit.field("title"))
        if not SHORTEST_TITLE <= len(title) <= LONGEST_TITLE:
            raise Turned(Why.ODD)
        joined = await many.begin(talk, ids, title)
    elif is_number(to):
        joined = await many.join(talk, ids, CollectiveId(int(to)))
    else:
        raise Turned(Why.ODD)
    done = [one for one in joined.cases if one.fate is Fate.READY and one.row is not None]
    said = visit.view.plural("{n} case is joined.", "{n} cases are joined.", len(done)).format(n=len(done))
    return visit.page(
        "cases_done.html",
        said=said,
        done=[(one.row.id, name_of(talk, one.row)) for one in done if one.row is not None],
        left=await _left(talk, joined.cases),
        collective=None if joined.collective is None else (joined.collective.id, joined.collective.number),
    )


async def show(visit: Visit) -> web.Response:
    """Its cases, as far as the handler may see them. Raises NoSuchCase."""
    talk = visit.talk
    collective = await collective_acts.found(talk, CollectiveId(int(visit.request.match_info["id"])))
    rows = await collectives.seen_of(visit.session, collective.id, visit.person.id)
    return visit.page(
        "collective.html",
        number=collective.number,
        heading=collectives.title_of(visit.session, collective),
        counted=counted(talk, rows),
        mine=sum(row.assigned_to == visit.person.id for row in rows),
        rows=[_line(talk, row) for row in rows],
        separated=visit.request.query.get("said") == "separated",
    )


def _line(talk: Talk, row: Case) -> dict[str, Any]:
    is_mine, state = row.assigned_to == talk.person.id, words.state_words(row, talk.language, for_handler=True)
    whose = ""
    if not is_mine and row.state != CaseState.CLOSED:
        whose = talk._("🗂 unassigned") if row.assigned_to is None else talk._("✋ assigned")
    age = formatting.ago(row.opened_at, talk.now, talk.language)
    return {
        "id": row.id,
        "number": words.mark(row) + row.number,
        "state": " · ".join(filter(None, (state, whose))),
        "age": age,
        "is_mine": is_mine,
    }


async def separate(visit: Visit, talk: Talk) -> web.Response:
    """Takes a case in hand out again; the collective case is gone with its last one."""
    case_id = CaseId(int(visit.request.match_info["id"]))
    row = await case_access.of_handler(visit.session, case_id, visit.person.id)
    collective_id = row.collective_id
    await collective_acts.separate(talk, case_id)
    if collective_id is None:
        raise NoSuchCase
    if visit.field("from") == "collective" and await collectives.in_hand_of(
        visit.session, collective_id, visit.person.id
    ):
        return visit.back(f"{PATH}/collective/{collective_id}?said=separated")
    return visit.back(f"{PATH}/{case_id}")


PAGES = (
    Page("POST", f"{PATH}/joining", choose, _RIGHT, OFFICE),
    acting(f"{PATH}/joining/join", join, _RIGHT),
    Page("GET", rf"{PATH}/collective/{{id:\d{{1,18}}}}", show, _RIGHT, OFFICE),
    acting(rf"{PATH}/{{id:\d{{1,18}}}}/separate", separate, _RIGHT),
)
