"""Broadcasts that are still to be sent: which, when and to how many; and stopping one."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.broadcasts import acts, panel, presses
from handlers.broadcasts.form import TOPICS
from handlers.chat.feature import Duty
from handlers.chat.press import Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.few import plural_of, with_count
from handlers.i18n.translations import N_
from storage.broadcasts import broadcasts, tallies
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.ids import BroadcastId
from storage.people.access import Right

_SHOWN = 10
ASKS_TO_STOP = N_("Stop this broadcast?")
_BEGINNING = 60
"""Characters of a message by which its author knows it."""


def register(routes: Routes) -> None:
    routes.press(presses.CANCEL, ask_to_stop, right=Right.BROADCAST, writes=False)
    routes.press(presses.STOP, stop, right=Right.BROADCAST)


async def page(talk: Talk) -> Page | None:
    """The list of what is scheduled; None if nothing is."""
    found = await broadcasts.to_come(talk.session, _SHOWN)
    if not found:
        return None
    lines = [Markup("📅 <b>{}</b>").format(talk._("Still to be sent"))]
    rows = []
    for at, row in enumerate(found, start=1):
        lines.append(Markup("\n{}. {}").format(at, await _entry(talk, row)))
        rows.append([presses.CANCEL.button(talk._("⏹ Stop {n} …").format(n=at), row.id)])
    return Markup("\n").join(lines), [*rows, [presses.BEGIN.button(talk._("➕ New broadcast"))]]


async def _entry(talk: Talk, row: Broadcast) -> Markup:
    """When, about what, to how many, and how it begins."""
    reached = (await acts.count(talk, row)).reached
    people = with_count(talk.plural("{n} person", "{n} people", plural_of(reached)), talk.language, reached)
    said = [panel.view_of(talk).moment(row.starts_at), talk._(TOPICS[row.topic]), people]
    if row.state == BroadcastState.AWAITING:
        said.append(talk._("Waiting for a second coordinator"))
    return Markup("<b>{}</b>\n{}").format(" · ".join(said), beginning(talk, row))


def beginning(talk: Talk, row: Broadcast) -> str:
    """How it begins, by which its author knows it."""
    params = broadcasts.content_of(talk.session, row).params
    words = str(params.get("text") or params.get("caption") or "")
    if not words:
        return talk._("a message with a file or a location")
    return f"“{words[:_BEGINNING]}…”" if len(words) > _BEGINNING else f"“{words}”"


async def ask_to_stop(talk: Talk, broadcast_id: BroadcastId) -> None:
    """In a message of its own: the panel is edited while it is sent."""
    row = await acts.found(talk, broadcast_id)
    if row.state >= BroadcastState.DONE:
        raise NotNow
    sent = panel.sent_to(await tallies.counts(talk.session, row.id))
    talk.say(
        Markup("<b>{}</b>\n{}").format(talk._(ASKS_TO_STOP), beginning(talk, row)),
        [
            [presses.SHOW.button(talk._("Don't stop it"), row.id)],
            [presses.STOP.button(stop_label(talk, row, sent), row.id)],
        ],
    )


def stop_label(talk: Talk, row: Broadcast, sent: int) -> str:
    """What stands on the button that stops it, which so many have received."""
    if row.state == BroadcastState.DRAFT:
        return talk._("🗑 Discard it")
    if not sent:
        return talk._("⏹ Stop it, nobody gets it")
    stop_it = talk.plural(
        "⏹ Stop it, {n} person has it already", "⏹ Stop it, {n} people have it already", plural_of(sent)
    )
    return with_count(stop_it, talk.language, sent)


async def stop(talk: Talk, broadcast_id: BroadcastId) -> None:
    await panel.show_row(talk, await acts.stop(talk, broadcast_id))


async def duties(talk: Talk) -> Sequence[Duty]:
    """Those that wait for this person's approval."""
    if not talk.person.may(Right.BROADCAST):
        return []
    waiting = [
        row
        for row in await broadcasts.to_come(talk.session, _SHOWN)
        if row.state == BroadcastState.AWAITING and row.author != talk.person.id
    ]
    words = talk._("A broadcast is waiting for your approval.")
    return [Duty(words, [presses.LOOK.button(talk._("👁 View the broadcast"), row.id)]) for row in waiting]
