"""Draws: a rider's ticket, the page of the draw, what is told of it, and the file with which anybody repeats it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.cards import shown
from handlers.activities.format import ActivityFacts
from handlers.chat import draw_files
from handlers.chat.draw_files import digest
from handlers.chat.press import Buttons, InvalidCallback, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.activities import activities, drawing, draws
from storage.activities.activities import Activity
from storage.activities.draws import SETTLES_FOR, ActivityDraw
from storage.activities.ids import ActivityId
from storage.activities.notices import DrawCloses, DrawMade
from storage.activities.participants import SignUp
from storage.draws.drawing import read

_LISTED = 60


def register(routes: Routes) -> None:
    routes.press(presses.DRAW, show, writes=False)
    routes.press(presses.DRAW_FILE, send_file, writes=False)
    routes.notice_about(DrawCloses, closes_words, _closed, reader=RECIPIENT)
    routes.notice_about(DrawMade, made_words, words.about, reader=RECIPIENT)


async def ticket_page(talk: Talk, row: Activity, mine: SignUp) -> Page:
    """What a rider keeps: their ticket, and what the organisation has committed itself to."""
    draw = await _draw_of(talk.session, row)
    assert row.draws_at is not None
    lines = [
        Markup("🎟 <b>{}</b>").format(_ticket(talk.view, mine.ticket or 0, mine.ticket_code or "")),
        words.title_and_time(talk.view, words.facts_of(row)),
        Markup(""),
        Markup.escape(_when(talk.view, row.draws_at)),
        digest(talk._("SHA-256 of the draw's seed: {digest}"), draw.commitment),
        Markup("<i>{}</i>").format(talk._("Keep this message: with it you can check the draw afterwards.")),
    ]
    return Markup("\n").join(lines), _buttons(talk.view, row.id)


def _ticket(view: View, number: int, code: str) -> str:
    return view._("Ticket no. {n} · {code}").format(n=number, code=code)


def _when(view: View, draws_at: datetime) -> str:
    said = view._(
        "Tickets: until {until}. Draw: {draw}. It doesn't matter who comes first. Whoever gets no place is on the "
        "waiting list, in the drawn order."
    )
    return said.format(draw=view.moment(draws_at + SETTLES_FOR), until=view.moment(draws_at))


def _buttons(view: View, activity_id: ActivityId) -> Buttons:
    return [
        [presses.OPEN_CARD.button(view._("View"), activity_id)],
        [presses.DRAW.button(view._("🎲 The draw"), activity_id)],
    ]


async def show(talk: Talk, activity_id: ActivityId) -> None:
    """How far the draw is, and what has been announced so far."""
    row = await shown(talk, activity_id)
    draw = await _draw_of(talk.session, row)
    assert row.draws_at is not None
    lines = [Markup("🎲 <b>{}</b>").format(row.title)]
    if row.awaits_draw:
        lines += [Markup.escape(_when(talk.view, row.draws_at)), Markup("")]
    lines.append(digest(talk._("SHA-256 of the draw's seed: {digest}"), draw.commitment))
    if draw.closed_at is not None:
        lines.append(digest(talk._("SHA-256 of the list of tickets: {digest}"), draw.closed_sha256))
    listed = await drawing.listed(talk.session, row.id)
    if listed is not None:
        said = talk._("Tickets in the list: {tickets} · places: {places}")
        lines.append(Markup.escape(said.format(tickets=listed.tickets, places=listed.places)))
    rows = []
    if row.drawn_at is not None:
        lines += await _result(talk, row)
        rows.append([presses.DRAW_FILE.button(talk._("📄 Check it yourself"), row.id)])
    else:
        lines.append(Markup("\n<i>{}</i>").format(_what_it_proves(talk.view)))
    talk.say(Markup("\n").join(lines), [*rows, [presses.OPEN_CARD.button(talk._("◀ Back"), row.id)]])


async def _result(talk: Talk, row: Activity) -> list[Markup]:
    drawn = await asyncio.to_thread(read, await drawing.file_of(talk.session, row))
    with_place, waiting = drawn.order[: drawn.placed], drawn.order[drawn.placed :]
    return [
        digest(talk._("The seed: {digest}"), drawn.seed),
        Markup(""),
        Markup.escape(talk._("Tickets with a place: {numbers}").format(numbers=_numbers(with_place))),
        Markup.escape(talk._("Waiting list: {numbers}").format(numbers=_numbers(waiting))),
    ]


def _numbers(order: Sequence[int]) -> str:
    return ", ".join(map(str, order[:_LISTED])) + (" …" if len(order) > _LISTED else "") if order else "—"


def _what_it_proves(view: View) -> str:
    return view._(
        "The seed has been fixed since sign-up opened: its SHA-256 reveals nothing, and fits no other seed. The "
        "order follows from the seed and the whole list of tickets, so no rider and no coordinator can tell what a "
        "ticket is worth before the list is closed; only whoever runs the server could. Anyone can repeat the draw "
        "afterwards. What that can't show is who holds the other tickets."
    )


async def send_file(talk: Talk, activity_id: ActivityId) -> None:
    """The published draw, and the program that repeats it."""
    row = await shown(talk, activity_id)
    content = await drawing.file_of(talk.session, row)
    await draw_files.send(talk, f"draw-{row.id}.json", content)


async def _draw_of(session: AsyncSession, row: Activity) -> ActivityDraw:
    """Raises InvalidCallback: its places are not drawn."""
    draw = await draws.find(session, row.id)
    if draw is None or row.draws_at is None:
        raise InvalidCallback
    return draw


@dataclass(frozen=True, slots=True)
class ClosedList:
    """A list of tickets that is closed, as a notice says it."""

    activity: ActivityFacts
    draw_at: datetime
    sha256: str


async def _closed(session: AsyncSession, notice: DrawCloses, now: datetime) -> ClosedList | None:
    """None once the draw is made: that is told by itself."""
    facts = await words.about(session, notice, now)
    row, draw = await activities.find(session, notice.subject), await draws.find(session, notice.subject)
    if facts is None or row is None or draw is None or draw.closed_at is None or not row.awaits_draw:
        return None
    return ClosedList(facts, draw.closed_at + SETTLES_FOR, draw.closed_sha256)


def closes_words(view: View, notice: DrawCloses, closed: ClosedList) -> Page:
    said = view._("No more tickets: yours, no. {n}, is in the draw. Draw: {time}")
    lines = [
        Markup("🎟 {}").format(said.format(n=notice.ticket, time=view.moment(closed.draw_at))),
        words.title_and_time(view, closed.activity),
        digest(view._("SHA-256 of the list of tickets: {digest}"), closed.sha256),
    ]
    return Markup("\n").join(lines), _buttons(view, closed.activity.id)


def made_words(view: View, notice: DrawMade, activity: ActivityFacts) -> Page:
    said = view._("Your ticket, no. {n}, was drawn as number {drawn}: you have a place!")
    if notice.position:
        said = view._(
            "Your ticket, no. {n}, was drawn as number {drawn}. You are number {position} on the waiting list; I'll "
            "tell you when it's your turn."
        )
    told = said.format(n=notice.ticket, drawn=notice.drawn, position=notice.position)
    return Markup("🎲 {}\n{}").format(told, words.title_and_time(view, activity)), _buttons(view, activity.id)
