"""The talk in a case: what the rider and the handler write goes to the other side, relayed by the bot.

In which case somebody writes stands on the keyboard below the chat; a reply goes to the case of the message that it
answers. Moving and changing what was said is in changed_messages.py.
"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.alarm import raise_alarm
from handlers.cases.evidence_limits import full_words, quota_of, room_words
from handlers.cases.messages.message_content import parts_of, read_or_hint
from handlers.chat.events import Event
from handlers.chat.fallback import stray_other, stray_text
from handlers.chat.keyboards import case_keyboard, is_leave, is_switch, plain_keyboard
from handlers.chat.press import Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Danger, Talk
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import messages as case_messages
from storage.cases import queue as case_queue
from storage.cases.cases import CaseClosed
from storage.cases.files.evidence_quota import EvidenceFull
from storage.cases.ids import CaseId
from storage.cases.messages import CaseMessage, Said
from storage.cases.table import Case, CaseState, NoSuchCase, Side
from storage.people.access import Right

NUMBER = re.compile(r"\b[A-Z]{1,4}-\d{4}-\d{6}\b")
ACKNOWLEDGED_EVERY = timedelta(minutes=10)


def register(routes: Routes) -> None:
    routes.press(presses.ENTER, enter)
    routes.event(Event.CASE, say_in_case, answers_copies=True)
    routes.event(Event.CASE_REPLY, partial(reply, routes), answers_copies=True)


async def side_in(talk: Talk, case_id: CaseId) -> tuple[Case, Side]:
    """The case, and on which side of it this person is. Raises NoSuchCase."""
    return _with_side(talk, await case_access.find(talk.session, case_id))


async def side_in_for_update(talk: Talk, case_id: CaseId) -> tuple[Case, Side]:
    """The same, with the case locked until the transaction ends. Raises NoSuchCase."""
    return _with_side(talk, await case_access.find_for_update(talk.session, case_id))


def _with_side(talk: Talk, row: Case | None) -> tuple[Case, Side]:
    if row is not None and row.person_id == talk.person.id:
        return row, Side.RIDER
    if row is not None and row.assigned_to == talk.person.id and talk.person.may(Right.HANDLE_CASES):
        return row, Side.HANDLER
    raise NoSuchCase


async def enter(talk: Talk, case_id: CaseId) -> None:
    """What is written from now on goes into this case."""
    row, side = await side_in(talk, case_id)
    cases.require_open(row)
    if side is Side.RIDER:
        await enter_as_rider(talk, row)
    else:
        await enter_as_handler(talk, row)


async def enter_as_rider(talk: Talk, row: Case) -> None:
    cases.note_writing(row, talk.now)
    await case_contexts.enter(talk.session, talk.person.id, row.id, talk.now)
    said = talk._(
        "Everything you send now goes into {number}: text, pictures, documents, voice messages. Only "
        "the person handling your case can read it. Press “Leave conversation” to stop."
    )
    text = in_case(said, row) + Markup("\n{}").format(room_words(talk, quota_of(talk.context, row)))
    talk.say(text, keyboard=case_keyboard(row.number, talk.language))


async def enter_as_handler(talk: Talk, row: Case) -> None:
    await case_contexts.enter(talk.session, talk.person.id, row.id, talk.now)
    said = talk._(
        "Everything you send now goes to the rider of {number}, without your name. Press “Leave conversation” to stop."
    )
    talk.say(in_case(said, row), keyboard=case_keyboard(row.number, talk.language))


def in_case(said: str, row: Case) -> Markup:
    return Markup(said).format(number=Markup("<b>{}</b>").format(row.number))


async def beyond_cancel(talk: Talk) -> Page | None:
    """Whoever writes in a case goes on doing so: the button below the chat leaves it."""
    if talk.person.case is None:
        return None
    said = talk._("You are still writing in {number}. Press “Leave conversation” below the chat to stop.")
    return Markup(said).format(number=Markup("<b>{}</b>").format(talk.person.case_number)), []


async def say_in_case(talk: Talk) -> None:
    """A message of somebody who writes in a case."""
    if is_leave(talk):
        await case_contexts.leave(talk.session, talk.person.id)
        talk.say(talk._("You have left the conversation."), keyboard=plain_keyboard(talk.language))
    elif is_switch(talk):
        await _offer_cases(talk)
    else:
        answered = await _answered(talk)
        await _say(talk, await _meant(talk, answered) or talk.person.case or CaseId(0), answered)


async def reply(routes: Routes, talk: Talk) -> None:
    """A reply by somebody who writes in no case: it may answer a message of one."""
    answered = await _answered(talk)
    case_id = await _meant(talk, answered)
    if case_id is not None:
        await _say(talk, case_id, answered)
    elif talk.text:
        await stray_text(talk, routes)
    else:
        await stray_other(talk, routes)


async def _meant(talk: Talk, answered: CaseMessage | None) -> CaseId | None:
    """The case of the message that this one replies to.

    A copy that is not written down (the program was killed just then) still has the number of its case in its first
    line. Whether this person may write there is asked afterwards, as ever.
    """
    if answered is not None:
        return answered.case_id
    replied = talk.incoming.body.get("reply_to_message") or {}
    if not (replied.get("from") or {}).get("is_bot"):
        return None
    first_line = str(replied.get("text") or replied.get("caption") or "").partition("\n")[0]
    found = NUMBER.search(first_line)
    return None if found is None else await case_access.id_of(talk.session, found[0])


async def _answered(talk: Talk) -> CaseMessage | None:
    """The message of a case that this one replies to."""
    message_id = talk.incoming.answered_message
    return None if message_id is None else await case_messages.in_chat(talk.session, talk.person.id, message_id)


async def _say(talk: Talk, case_id: CaseId, answered: CaseMessage | None) -> None:
    try:
        row, side = await side_in_for_update(talk, case_id)
        cases.require_open(row)
    except (NoSuchCase, CaseClosed):
        await case_contexts.leave(talk.session, talk.person.id)
        talk.say(
            talk._("This case is closed or no longer yours. Your message was not sent. Your cases: /my"),
            keyboard=plain_keyboard(talk.language),
        )
        return
    leave_handlers_alone(talk, side)
    said = read_or_hint(talk)
    if said is None:
        return
    said.answers = answered.id if answered is not None else None
    try:
        await _relay(talk, row, side, said)
    except EvidenceFull as full:
        talk.say(full_words(talk, full, quota_of(talk.context, row)))
    await heed(talk, row, side, said.text)


def leave_handlers_alone(talk: Talk, side: Side) -> None:
    """A handler who writes words of danger to a rider asks about them."""
    if side is not Side.RIDER:
        talk.danger = Danger.NONE


async def heed(talk: Talk, row: Case, side: Side, text: str) -> None:
    """Words of danger of a rider call those on duty."""
    if side is Side.RIDER and talk.context.is_danger(text):
        await call_those_on_duty(talk, row)


async def call_those_on_duty(talk: Talk, row: Case) -> bool:
    """And says so; False if they are called already."""
    is_called = await raise_alarm(talk, row)
    if is_called:
        said = talk._(
            "The people on duty are being alerted now. Keep writing here: everything you write goes into {number}."
        )
        talk.say(in_case(said, row), keyboard=case_keyboard(row.number, talk.language), vital=True)
    return is_called


async def _relay(talk: Talk, row: Case, side: Side, said: Said) -> None:
    last = await case_messages.last_of(talk.session, row.id, talk.person.id)
    message_id = talk.incoming.message_id
    for part in parts_of(said):
        kept = await case_messages.say(
            talk.session, row, side, talk.person.id, message_id, part, talk.now, quota_of(talk.context, row)
        )
    if talk.person.case is None:
        await case_contexts.enter(talk.session, talk.person.id, row.id, talk.now)
    await _acknowledge(talk, row, said, last, kept)


async def _acknowledge(talk: Talk, row: Case, said: Said, last: CaseMessage | None, kept: CaseMessage) -> None:
    """Says in which case it is where somebody has several; that nobody has it in hand yet, now and then; and on which
    keyboard, when they have just entered it. Else the message is marked; of an album the first."""
    if last is not None and said.album and case_messages.said_in(talk.session, last).album == said.album:
        return
    text = Markup("✓ <b>{}</b>").format(row.number)
    waits = row.assigned_to is None
    if waits:
        text += Markup(" · {}").format(talk._("not assigned yet; it is waiting there"))
    is_lately_said = last is not None and talk.now - last.at < ACKNOWLEDGED_EVERY
    if len(await cases_in_hand(talk)) > 1:
        talk.say(text, [[presses.CHOOSE_OTHER.button(talk._("↪ Meant for another case"), kept.id)]])
    elif talk.person.case is None or (waits and not is_lately_said):
        talk.say(text, keyboard=case_keyboard(row.number, talk.language))
    elif talk.danger is Danger.NONE:
        talk.mark_as_noted()


async def cases_in_hand(talk: Talk) -> list[Case]:
    """The open cases in which this person may write, on either side."""
    own = [row for row in await case_access.cases_of(talk.session, talk.person.id) if row.state != CaseState.CLOSED]
    if talk.person.may(Right.HANDLE_CASES):
        own += await case_queue.in_hand(talk.session, talk.person.id)
    return own


async def _offer_cases(talk: Talk) -> None:
    rows = [
        [presses.ENTER.button(("• " if row.id == talk.person.case else "") + words.tag(talk.context, row), row.id)]
        for row in await cases_in_hand(talk)
    ]
    if rows:
        talk.say(talk._("Which case do you want to write in?"), rows[:40])
    else:
        talk.say(talk._("You have no open case."), keyboard=plain_keyboard(talk.language))
