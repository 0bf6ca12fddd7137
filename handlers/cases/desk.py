"""/cases: the queue of each desk, and the ways into a case."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.desk_access import desks_of, handled, is_of_ones_places, scope_at
from handlers.cases.in_hand import handler_page
from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import ago, bracketed, labelled
from handlers.i18n.translations import N_
from storage.cases import access as case_access
from storage.cases import collectives
from storage.cases import deadlines as case_deadlines
from storage.cases import queue as case_queue
from storage.cases.deadlines import CaseLimit
from storage.cases.desks import in_language
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, NoSuchCase, content_of
from storage.people.access import Right

_LAST_PAGE = 10_000
"""A button may be forged; no desk has so many."""
PAGE = 8


def register(routes: Routes) -> None:
    routes.link("case", open_from_topic, right=Right.SEE_CASES, writes=False)
    routes.command("cases", show_desks, about=N_("Cases"), right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_DESKS_AGAIN, show_desks_again, right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_QUEUE, show_queue, right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_MINE, show_mine, right=Right.HANDLE_CASES, writes=False)


async def show_desks(talk: Talk) -> None:
    talk.say(*await _desks(talk))


async def show_desks_again(talk: Talk) -> None:
    talk.edit(*await _desks(talk))


async def _desks(talk: Talk) -> tuple[Markup, Buttons]:
    rows: list[list[Button]] = []
    lines = [Markup("🗂 <b>{}</b>").format(talk._("Cases"))]
    if talk.person.may(Right.HANDLE_CASES):
        mine = await case_queue.in_hand(talk.session, talk.person.id)
        mark = words.mark_of(sum(row.urgent_at is not None for row in mine))
        rows.append([presses.SHOW_MINE.button(mark + talk._("Assigned to me: {n}").format(n=len(mine)))])
    for key, desk in desks_of(talk).items():
        waiting = await case_queue.count_waiting(talk.session, key, talk.person.id, scope_at(talk, desk))
        title = f"{words.mark_of(waiting.urgent)}{desk.emoji} {in_language(desk.title, talk.language)}"
        said = talk.plural("{n} person is waiting", "{n} people are waiting", waiting.total).format(n=waiting.total)
        lines.append(labelled(talk._, title, said))
        rows.append([presses.SHOW_QUEUE.button(bracketed(talk._, title, str(waiting.total)), key, 0)])
    rows.append(
        [presses.BEGIN_FINDING.button(talk._("🔎 Find by number")), presses.CHOOSE_DESK.button(talk._("📊 Trends"))]
    )
    return Markup("\n").join(lines), rows


async def open_from_topic(talk: Talk, rest: str) -> None:
    """From a topic of the inbox to the case: to what one has in hand, or to what waits. Raises NoSuchCase."""
    if not (rest.isascii() and rest.isdigit() and len(rest) < 16):
        raise NoSuchCase
    row = await case_access.visible(talk.session, CaseId(int(rest)), talk.person.id, list(desks_of(talk)))
    if row.assigned_to == talk.person.id and talk.person.may(Right.HANDLE_CASES):
        talk.say(*await handler_page(talk, row))
        return
    if not is_of_ones_places(talk, row):
        raise NoSuchCase
    limits = await case_deadlines.of_cases(talk.session, [row.id])
    lines = [words.mark(row) + words.heading(talk.context, row, talk.language), _line(talk, row, limits[row.id])]
    talk.say(Markup("\n").join(lines), ways_in(talk, row))


def ways_in(talk: Talk, row: Case) -> list[list[Button]]:
    """What this person may do with a case that they may see: look at it, take it, read it for a reason."""
    rows = []
    if row.assigned_to == talk.person.id and talk.person.may(Right.HANDLE_CASES):
        rows.append([presses.SHOW.button(talk._("View"), row.id)])
    elif row.assigned_to is None and row.state != CaseState.CLOSED and may_take(talk, row):
        rows.append([presses.CLAIM.button(talk._("▶ Take"), row.id)])
    if talk.person.may(Right.OVERSEE_CASES):
        rows.append([presses.BEGIN_READING.button(talk._("👁 Read, giving a reason"), row.id)])
    return rows


def may_take(talk: Talk, row: Case) -> bool:
    """Whether this person works at its desk, and at its level."""
    desk = handled(talk).get(row.desk)
    return desk is not None and desk.is_handled_by(talk.person.id, row.level, row.place)


async def show_queue(talk: Talk, key: str, page: int) -> None:
    """Without names and without a word of what was told: number, kind, age, time limit, target time."""
    desk = desks_of(talk).get(key)
    if desk is None:
        raise NoSuchCase
    page = min(max(0, page), _LAST_PAGE)
    found = await case_queue.in_queue(talk.session, key, talk.person.id, PAGE + 1, page * PAGE, scope_at(talk, desk))
    lines = [Markup("{} <b>{}</b>").format(desk.emoji, in_language(desk.title, talk.language))]
    lines += await _lines(talk, found[:PAGE])
    if not found:
        lines.append(Markup("{}").format(talk._("✅ No cases waiting.")))
    opens = presses.CLAIM if key in handled(talk) else presses.BEGIN_READING
    sign = "▶ " if key in handled(talk) else ""
    rows = [[opens.button(sign + words.mark(row) + row.number, row.id)] for row in found[:PAGE]]
    turns = [presses.SHOW_QUEUE.button("◀", key, page - 1)] if page > 0 else []
    turns += [presses.SHOW_QUEUE.button("▶", key, page + 1)] if len(found) > PAGE else []
    talk.edit(Markup("\n").join(lines), [*rows, turns, [presses.SHOW_DESKS_AGAIN.button(talk._("◀ Back"))]])


async def _lines(talk: Talk, found: Sequence[Case]) -> list[Markup]:
    limits = await case_deadlines.of_cases(talk.session, [row.id for row in found])
    joined = await collectives.numbers_of(talk.session, found)
    return [_line(talk, row, limits[row.id], joined.get(row.id, "")) for row in found]


def _line(talk: Talk, row: Case, limits: Sequence[CaseLimit], joined_to: str = "") -> Markup:
    content = content_of(talk.session, row)
    parts = [
        words.level_title(talk.context, row, talk.language),
        words.kind_words(talk.context, row, content, talk.language),
        ago(row.opened_at, talk.now, talk.language),
        words.due_words(talk.context, row, talk.now, talk.language)
        if not words.is_answered(row)
        else words.state_words(row, talk.language, for_handler=True),
    ]
    if limits:
        parts.append("⚖ " + words.days_left(limits[0].ends_on, talk.local_today, talk.language))
    if joined_to:
        parts.append(f"🔗 {joined_to}")
    return Markup("{}<b>{}</b> · {}").format(words.mark(row), row.number, " · ".join(filter(None, parts)))


async def show_mine(talk: Talk) -> None:
    found = await case_queue.in_hand(talk.session, talk.person.id)
    lines = [Markup("<b>{}</b>").format(talk._("Assigned to me: {n}").format(n=len(found))), *await _lines(talk, found)]
    rows = [[presses.SHOW.button(words.mark(row) + words.tag(talk.context, row), row.id)] for row in found]
    talk.edit(Markup("\n").join(lines), [*rows, [presses.SHOW_DESKS_AGAIN.button(talk._("◀ Back"))]])
