"""One case: its talk and its evidence to whoever has it in hand, and what they can do with it, as in the chat."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from aiohttp import web

from bot.web import headers
from bot.web.acting import Act, acting
from bot.web.pages import case_evidence, case_talk
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.cases import acts, ladder
from handlers.cases import format as words
from handlers.cases.assignment import listed_colleagues
from handlers.cases.collective import collective_acts
from handlers.cases.collective.pages import counted
from handlers.cases.desk import may_take
from handlers.cases.desk_access import desks_of, is_of_ones_places
from handlers.cases.messages.message_content import parts_of
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.person import PersonMeant
from storage.cases import access as case_access
from storage.cases import cases, collectives
from storage.cases import deadlines as case_deadlines
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import Said
from storage.cases.table import Case, CaseState, NoSuchCase, content_of
from storage.people.access import Right
from storage.plain_text import clean, clean_paragraph
from storage.telegram_ids import PersonId

SHORTEST, LONGEST = 2, 4_000
"""Characters of an answer; of a note LONGEST_NOTE at most."""
LONGEST_NOTE = 1_500
REASON = 10, 300
QUEUE = "queue"
SAID = {
    "handed": N_("The case has been handed over."),
    "hidden": N_("The case is now hidden from you and waiting for someone else."),
    "closed": N_("The case is closed."),
}
"""What is said above the table once a case has left one's hands."""
_PATH = "/console/cases"


def case_id(visit: Visit) -> CaseId:
    return CaseId(int(visit.request.match_info["id"]))


async def show(visit: Visit) -> web.Response:
    """All of it to whoever has it in hand; to others of the desk that it is there, as the chat does."""
    talk = visit.talk
    if visit.person.may(Right.HANDLE_CASES):
        row = await case_access.find(visit.session, case_id(visit))
        if row is not None and row.assigned_to == visit.person.id:
            return await _in_hand(visit, talk, row)
    row = await case_access.visible(visit.session, case_id(visit), visit.person.id, list(desks_of(talk)))
    if not is_of_ones_places(talk, row):
        raise NoSuchCase
    oversees = visit.person.may(Right.OVERSEE_CASES)
    return visit.page(
        "case_outside.html",
        row=row,
        heading=words.mark(row) + words.heading(talk.context, row, talk.language),
        state=words.state_words(row, talk.language, for_handler=True),
        may_take=row.assigned_to is None and row.state != CaseState.CLOSED and may_take(talk, row),
        oversees=oversees,
        colleagues=await listed_colleagues(talk, row) if oversees and row.state != CaseState.CLOSED else (),
        reason=REASON,
    )


async def _in_hand(visit: Visit, talk: Talk, row: Case) -> web.Response:
    limits = (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]
    is_open = row.state != CaseState.CLOSED
    response = visit.page(
        "case.html",
        row=row,
        heading=words.mark(row) + words.heading(talk.context, row, talk.language),
        lines=_summary(talk, row),
        limits=words.limit_lines(talk.context, limits, talk.local_today, talk.language),
        due=words.due_lines(talk.context, row, talk.now, talk.language) if is_open else [],
        ladder=await ladder.lines(talk, row),
        state=words.state_words(row, talk.language, for_handler=True),
        said=await case_talk.lines(talk, row),
        files=await case_evidence.listed(talk, row),
        is_open=is_open,
        to_all=await _all_of(talk, row) if is_open else None,
        longest_to_all=LONGEST_NOTE,
        waits_for_us=row.state == CaseState.OURS,
        colleagues=await listed_colleagues(talk, row) if is_open else (),
        outcomes=[(one.value, visit._(words.OUTCOMES[one])) for one in cases.BY_HANDLER],
        days=cases.REOPENED_WITHIN.days,
        shortest=SHORTEST,
        longest=LONGEST,
        longest_note=LONGEST_NOTE,
        chat=talk.context.link(f"case_{row.id}"),
    )
    response.headers["Content-Security-Policy"] += "; frame-src 'self'; media-src 'self'"  # the evidence
    return response


async def _all_of(talk: Talk, row: Case) -> tuple[str, str] | None:
    """The number of the collective case that it is joined to, and how many a message to all reaches."""
    if row.collective_id is None:
        return None
    rows = await collectives.in_hand_of(talk.session, row.collective_id, talk.person.id)
    return await collectives.number_of(talk.session, row), counted(talk, rows)


def _summary(talk: Talk, row: Case) -> list[Any]:
    return words.summary_lines(talk.context, row, content_of(talk.session, row), talk.language)


async def talk_again(visit: Visit) -> web.Response:
    """The talk alone, which the page asks for now and then."""
    talk = visit.talk
    row = await case_access.of_handler(visit.session, case_id(visit), visit.person.id)
    return visit.page("case_talk.html", row=row, said=await case_talk.lines(talk, row))


def _back(visit: Visit, path: str = "") -> web.Response:
    """To a page, in place of what was sent."""
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    return web.Response(status=303, headers={**found, "Location": f"{visit.site.root}{_PATH}{path}"})


def _here(visit: Visit) -> web.Response:
    return _back(visit, f"/{case_id(visit)}")


def _text(visit: Visit, longest: int) -> str:
    """Raises Turned."""
    text = clean_paragraph(visit.field("text"))
    if not SHORTEST <= len(text) <= longest:
        raise Turned(Why.ODD)
    return text


async def _was_sent(visit: Visit, said: Collection[str], *, to_all: bool) -> bool:
    """Whether this form was sent already: a second tap sends it again. Raises Turned, NoSuchCase."""
    if to_all:  # all of them are locked in one order, or two who write from different cases wait for each other
        row = await case_access.of_handler(visit.session, case_id(visit), visit.person.id)
        if row.collective_id is not None:
            await collectives.in_hand_for_update(visit.session, row.collective_id, visit.person.id)
    await case_access.of_handler_for_update(visit.session, case_id(visit), visit.person.id)
    seen = visit.field("seen")
    if not (seen.isascii() and seen.isdigit() and len(seen) <= 18):
        raise Turned(Why.ODD)
    return await case_messages.were_said(visit.session, case_id(visit), visit.person.id, said, CaseMessageId(int(seen)))


def _messages(visit: Visit, act: Act) -> list[str]:
    """What the form becomes in the talk: a long answer is several messages."""
    text = clean_paragraph(visit.field("text"))
    return [part.text for part in parts_of(Said(text=text))] if act is answer else [text]


def _receiver(visit: Visit) -> PersonMeant | None:
    """Whom the form names; None for the queue. Whether they may have it is asked of the staff. Raises Turned."""
    to = visit.field("to")
    if to == QUEUE:
        return None
    if not (to.isascii() and to.isdigit() and len(to) <= 18):
        raise Turned(Why.ODD)
    return PersonMeant(PersonId(int(to)), to)


async def take(visit: Visit, talk: Talk) -> web.Response:
    """Nothing of it goes to the chat: it is read here, and the chat shows it when it is asked to."""
    await acts.take(talk, case_id(visit))
    return _here(visit)


async def answer(visit: Visit, talk: Talk) -> web.Response:
    text = _text(visit, LONGEST)
    await acts.answer(talk, case_id(visit), text)
    return _here(visit)


async def write_to_all(visit: Visit, talk: Talk) -> web.Response:
    """To the riders of all cases that this one, in hand, is joined with."""
    row = await case_access.of_handler(visit.session, case_id(visit), visit.person.id)
    cases.require_open(row)
    if row.collective_id is None:
        raise NoSuchCase
    await collective_acts.write_to_all(talk, row.collective_id, _text(visit, LONGEST_NOTE))
    return _here(visit)


async def add_note(visit: Visit, talk: Talk) -> web.Response:
    text = _text(visit, LONGEST_NOTE)
    await acts.add_note(talk, case_id(visit), text)
    return _here(visit)


async def hand_over(visit: Visit, talk: Talk) -> web.Response:
    await acts.hand_over(talk, case_id(visit), _receiver(visit), _text(visit, LONGEST_NOTE))
    return _back(visit, "?said=handed")


async def wait_for(visit: Visit, talk: Talk) -> web.Response:
    states = {"us": CaseState.OURS, "rider": CaseState.RIDERS}
    state = states.get(visit.field("whom"))
    if state is None:
        raise Turned(Why.ODD)
    await acts.wait_for(talk, case_id(visit), state)
    return _here(visit)


async def mark_conflict(visit: Visit, talk: Talk) -> web.Response:
    await acts.mark_conflict(talk, case_id(visit))
    return _back(visit, "?said=hidden")


async def close(visit: Visit, talk: Talk) -> web.Response:
    await acts.close(talk, case_id(visit), visit.field("outcome"))
    return _back(visit, "?said=closed")


async def read(visit: Visit, talk: Talk) -> web.Response:
    """All that was said, once, to an admin; never the evidence."""
    reason = clean(visit.field("reason"))
    if not REASON[0] <= len(reason) <= REASON[1]:
        raise Turned(Why.ODD)
    row = await acts.read_for(talk, case_id(visit), reason)
    return visit.page(
        "case_read.html",
        row=row,
        heading=words.mark(row) + words.heading(talk.context, row, talk.language),
        lines=_summary(talk, row),
        said=(await case_talk.lines(talk, row))[-case_talk.SHOWN :],
    )


async def give(visit: Visit, talk: Talk) -> web.Response:
    await acts.give(talk, case_id(visit), _receiver(visit))
    return _back(visit, "?said=handed")


def _once(act: Act) -> Act:
    """What somebody writes is said once, also by the second of two taps."""

    async def said(visit: Visit, talk: Talk) -> web.Response:
        if await _was_sent(visit, _messages(visit, act), to_all=act is write_to_all):
            return _here(visit)
        return await act(visit, talk)

    return said


_ONE = rf"{_PATH}/{{id:\d{{1,18}}}}"
_HANDLERS: dict[str, Act] = {
    "take": take,
    "answer": _once(answer),
    "all": _once(write_to_all),
    "note": _once(add_note),
    "hand": hand_over,
    "wait": wait_for,
    "conflict": mark_conflict,
    "close": close,
}
_ADMINS: dict[str, Act] = {"read": read, "give": give}
PAGES = (
    Page("GET", _ONE, show, Right.SEE_CASES, OFFICE),
    Page("GET", f"{_ONE}/talk", talk_again, Right.HANDLE_CASES, OFFICE),
    *(acting(f"{_ONE}/{name}", act, Right.HANDLE_CASES) for name, act in _HANDLERS.items()),
    *(acting(f"{_ONE}/{name}", act, Right.OVERSEE_CASES) for name, act in _ADMINS.items()),
    *case_evidence.PAGES,
)
