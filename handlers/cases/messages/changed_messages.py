"""Moving a message to the case that it was meant for, and changing what was said."""

from __future__ import annotations

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.alarm import raise_alarm
from handlers.cases.evidence_limits import quota_of
from handlers.cases.messages.conversation import (
    cases_in_hand,
    heed,
    in_case,
    leave_handlers_alone,
    side_in,
    side_in_for_update,
)
from handlers.cases.messages.message_content import parts_of, read_or_hint
from handlers.chat.events import Event
from handlers.chat.keyboards import case_keyboard
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import CaseMessage
from storage.cases.table import Case, NoSuchCase, Side


def register(routes: Routes) -> None:
    routes.press(presses.CHOOSE_OTHER, choose_other, writes=False)
    routes.press(presses.MOVE, move)
    routes.event(Event.EDITED, edited)


async def _own_message(talk: Talk, message_id: CaseMessageId) -> CaseMessage:
    kept = await case_messages.find(talk.session, message_id)
    if kept is None or kept.author != talk.person.id:
        raise NoSuchCase
    return kept


def _require_movable(kept: CaseMessage, row: Case, side: Side) -> None:
    """What was said in a closed case stays there. Raises NoSuchCase, CaseClosed."""
    if side != kept.side:
        raise NoSuchCase
    cases.require_open(row)


async def choose_other(talk: Talk, message_id: CaseMessageId) -> None:
    """To which other case a message is to be moved."""
    kept = await _own_message(talk, message_id)
    row, side = await side_in(talk, kept.case_id)
    _require_movable(kept, row, side)
    others = [one for one in await cases_in_hand(talk) if one.id != row.id and (await side_in(talk, one.id))[1] is side]
    rows = [[presses.MOVE.button(words.tag(talk.context, one), kept.id, one.id)] for one in others]
    talk.edit(talk._("To which case? It will be removed from {number}.").format(number=row.number), rows[:40])


async def move(talk: Talk, message_id: CaseMessageId, case_id: CaseId) -> None:
    kept = await _own_message(talk, message_id)
    (old, side), (new, new_side) = await _both_for_update(talk, kept.case_id, case_id)
    _require_movable(kept, old, side)
    if new_side is not side:
        raise NoSuchCase
    for one in await case_messages.of_source(talk.session, talk.person.id, kept.source_message):
        await case_messages.move(talk.session, one, old, new, talk.now, quota_of(talk.context, new))
    await case_contexts.enter(talk.session, talk.person.id, new.id, talk.now)
    if side is Side.RIDER and talk.context.is_danger(case_messages.said_in(talk.session, kept).text):
        await raise_alarm(talk, new)
    talk.edit(talk._("✓ Moved from {old} to {new}.").format(old=old.number, new=new.number))
    talk.say(
        in_case(talk._("You are now writing in {number}."), new), keyboard=case_keyboard(new.number, talk.language)
    )


async def _both_for_update(talk: Talk, old: CaseId, new: CaseId) -> tuple[tuple[Case, Side], tuple[Case, Side]]:
    """Both cases, locked in the order of their ids, so that two moves in opposite directions can't block each other."""
    found = {case_id: await side_in_for_update(talk, case_id) for case_id in sorted({old, new})}
    return found[old], found[new]


async def edited(talk: Talk) -> None:
    """A message that was changed after it was sent; what is none of a case's is left alone."""
    kept = await case_messages.of_source(talk.session, talk.person.id, talk.incoming.message_id)
    if not kept:
        return
    row, side = await side_in_for_update(talk, kept[0].case_id)
    leave_handlers_alone(talk, side)
    said = read_or_hint(talk)
    if said is None:
        return
    parts = parts_of(said)
    for one, part in zip(kept, parts, strict=False):
        await case_messages.edit(talk.session, one, part.text, part.entities, talk.now)
    for part in parts[len(kept) :]:
        await case_messages.say(talk.session, row, side, talk.person.id, talk.incoming.message_id, part, talk.now)
    for one in kept[len(parts) :]:
        await case_messages.edit(talk.session, one, "—", [], talk.now)
    await heed(talk, row, side, said.text)
