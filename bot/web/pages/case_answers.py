"""The same answer to the cases that were ticked: writing it or choosing a ready one, looking at each, sending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from bot.web.acting import acting
from bot.web.pages.chosen_cases import PATH, is_number, left_out, name_of, ticked
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.cases import many_answers
from handlers.cases.blanks import KNOWN, MOST_BLANKS
from handlers.cases.many_answers import Plan, Text
from handlers.chat.talk import Talk
from storage.cases import many
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.many import Chosen
from storage.people.access import Right
from storage.plain_text import clean, clean_paragraph

SHORTEST, LONGEST, LONGEST_VALUE = 2, 1_500, 300
_RIGHT = Right.HANDLE_CASES


async def begin(visit: Visit) -> web.Response:
    """What is to be said, and to whom it can be."""
    talk, ids = visit.talk, ticked(visit)
    found = await many_answers.chosen(talk, ids)
    return visit.page(
        "case_answers.html",
        ids=ids,
        going=[name_of(talk, one.row) for one in found if not many_answers.why_not(talk, one)],
        left=left_out(talk, [(one.row, many_answers.why_not(talk, one)) for one in found]),
        ready=[(one.key, one.canned.title) for one in many_answers.ready_for(talk, found)],
        text=visit.field("text"),
        shortest=SHORTEST,
        longest=LONGEST,
        known=[f"{{{name}}}" for name in KNOWN if name.isascii() != visit.person.language.startswith("zh")],
        most=MOST_BLANKS,
    )


async def preview(visit: Visit) -> web.Response:
    """How it reads in each of them."""
    talk, ids = visit.talk, ticked(visit)
    found = await many_answers.chosen(talk, ids)
    text = _text(visit, talk, ids, found)
    plan = await many_answers.planned(talk, found, text)
    return _look(visit, talk, ids, text, plan, seen=await many.last_messages(visit.session, ids))


def _text(visit: Visit, talk: Talk, ids: Sequence[CaseId], found: Sequence[Chosen]) -> Text:
    """What the form says. Raises Turned."""
    shared = {name.partition(":")[2]: _value(visit, name) for name in visit.form if name.startswith("blank:")}
    own = {one: {name: _value(visit, f"own-{one}:{name}") for name in KNOWN} for one in ids}
    wanted = visit.field("ready")
    if wanted:
        ready = next((one for one in many_answers.ready_for(talk, found) if one.key == wanted), None)
        if ready is None:
            raise Turned(Why.NOTHING_HERE)
        return Text("", ready, shared, own)
    text = clean_paragraph(visit.field("text"))
    if not SHORTEST <= len(text) <= LONGEST:
        raise Turned(Why.ODD)
    return Text(text, None, shared, own)


def _value(visit: Visit, name: str) -> str:
    """Of a blank. Raises Turned."""
    value = clean(visit.field(name))
    if len(value) > LONGEST_VALUE:
        raise Turned(Why.ODD)
    return value


def _look(
    visit: Visit,
    talk: Talk,
    ids: Sequence[CaseId],
    text: Text,
    plan: Plan,
    seen: Mapping[CaseId, CaseMessageId],
    *,
    has_changed: bool = False,
) -> web.Response:
    if len(plan.blanks) > MOST_BLANKS:
        raise Turned(Why.ODD)
    return visit.page(
        "case_answers_look.html",
        status=409 if has_changed else 200,
        has_changed=has_changed,
        ids=ids,
        text=text,
        blanks=[(name, (text.shared or {}).get(name, "")) for name in plan.blanks],
        cases=[_line(talk, one, text) for one in plan.cases if one.row is not None and (one.goes or one.empty)],
        left=left_out(talk, [(one.row, one.why_not) for one in plan.cases if not one.empty]),
        going=len(plan.going),
        digest=plan.digest,
        seen=[(one, seen.get(one, 0)) for one in ids],
        longest_value=LONGEST_VALUE,
    )


def _line(talk: Talk, one: many_answers.Planned, text: Text) -> dict[str, Any]:
    assert one.row is not None
    own = (text.own or {}).get(one.row.id, {})
    return {
        "id": one.row.id,
        "name": name_of(talk, one.row),
        "text": one.text,
        "why_not": one.why_not,
        "asks": [(name, own.get(name, "")) for name in one.asks],
    }


async def send(visit: Visit, talk: Talk) -> web.Response:
    """What was looked at, and nothing else: where it would read otherwise by now, it is shown again."""
    ids = ticked(visit)
    seen = {one: _seen(visit, one) for one in ids}
    await many.hold(visit.session, ids)
    found = await many_answers.chosen(talk, ids)
    text = _text(visit, talk, ids, found)
    plan = await many_answers.planned(talk, found, text)
    if visit.field("digest") != plan.digest:
        return _look(visit, talk, ids, text, plan, seen, has_changed=True)
    await many_answers.answer(talk, plan, seen)
    said = visit.view.plural("Sent in {n} case.", "Sent in {n} cases.", len(plan.going)).format(n=len(plan.going))
    return visit.page(
        "cases_done.html",
        said=said,
        done=[(one.row.id, name_of(talk, one.row)) for one in plan.going if one.row is not None],
        left=left_out(talk, [(one.row, one.why_not) for one in plan.cases]),
        collective=None,
    )


def _seen(visit: Visit, case_id: CaseId) -> CaseMessageId:
    """The last message of a case that the page knew of. Raises Turned."""
    seen = visit.field(f"seen-{case_id}")
    if not is_number(seen):
        raise Turned(Why.ODD)
    return CaseMessageId(int(seen))


PAGES = (
    Page("POST", f"{PATH}/answers", begin, _RIGHT, OFFICE),
    Page("POST", f"{PATH}/answers/look", preview, _RIGHT, OFFICE),
    acting(f"{PATH}/answers/send", send, _RIGHT),
)
