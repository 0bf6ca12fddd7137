"""A case in somebody's hands: taking it, what its handler can do with it, closing it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.closing import end
from handlers.cases.desk_access import colleagues, handled, note
from handlers.cases.messages.conversation import enter_as_handler
from handlers.chat.keyboards import plain_keyboard
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import deadlines as case_deadlines
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.ids import CaseId
from storage.cases.notices import CaseClaimed, CaseWaits, ClosedByDesk
from storage.cases.table import Case, CaseState, NoSuchCase, Outcome, content_of
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.press(presses.CLAIM, claim, right=Right.HANDLE_CASES)
    routes.press(presses.MARK_CONFLICT, mark_conflict, right=Right.HANDLE_CASES)
    routes.press(presses.SHOW, show, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.ASK_FOR_CONFLICT, ask_for_conflict, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.ASK_OUTCOME, ask_outcome, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.REPLAY, replay, right=Right.HANDLE_CASES)
    routes.press(presses.WAIT_FOR, wait_for, right=Right.HANDLE_CASES)
    routes.press(presses.CLOSE_DESK, close, right=Right.HANDLE_CASES)


async def claim(talk: Talk, case_id: CaseId) -> None:
    """Takes it, says what it is about, and hands over all that was said. The rider hears that somebody has it."""
    before = await case_access.find(talk.session, case_id)
    is_theirs = before is not None and before.assigned_to == talk.person.id
    row = await cases.claim(talk.session, case_id, talk.person.id, list(handled(talk)), talk.now)
    talk.edit(*await handler_page(talk, row))
    if is_theirs:
        return  # the second of two quick taps, or an older button
    await note(talk, CaseAction.CASE_CLAIMED, row)
    if row.person_id is not None:
        talk.notify(row.person_id, CaseClaimed(row.number, row.desk, row.id))
    await enter_as_handler(talk, row)
    await case_messages.replay(talk.session, row, talk.person.id, talk.now)


async def show(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    talk.edit(*await handler_page(talk, row))


async def replay(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    count = await case_messages.replay(talk.session, row, talk.person.id, talk.now)
    text = talk.plural("{n} message is on its way.", "{n} messages are on their way.", count)
    talk.answer_callback(text.format(n=count))


async def handler_page(talk: Talk, row: Case) -> tuple[Markup, Buttons]:
    """Of a case in hand, with all that can be done with it."""
    context, content = talk.context, content_of(talk.session, row)
    limits = (await case_deadlines.of_cases(talk.session, [row.id]))[row.id]
    lines = [
        words.mark(row) + words.heading(context, row, talk.language),
        Markup("{}").format(words.state_words(row, talk.language, for_handler=True)),
        *words.summary_lines(context, row, content, talk.language),
        *words.limit_lines(context, limits, talk.local_today, talk.language),
        *words.due_lines(context, row, talk.now, talk.language),
    ]
    if row.rider_unreachable:
        lines.append(Markup("🚫 {}").format(talk._("The rider can't be reached; your messages will wait for them.")))
    return Markup("\n").join(lines), _handler_buttons(talk, row)


def _handler_buttons(talk: Talk, row: Case) -> Buttons:
    back = [presses.SHOW_MINE.button(talk._("◀ Back"))]
    bundle = presses.SEND_BUNDLE.button(talk._("📦 Evidence bundle"), row.id)
    again = presses.REPLAY.button(talk._("📜 Full conversation"), row.id)
    if row.state == CaseState.CLOSED:
        return [[bundle, again], back]
    waits = row.state == CaseState.OURS
    label = talk._("💬 Waiting for the rider") if waits else talk._("⏳ Waiting for me")
    return [
        [
            presses.ENTER.button(talk._("💬 Write"), row.id),
            presses.SHOW_CANNED.button(talk._("📋 Ready answers"), row.id),
        ],
        [bundle, again],
        [
            presses.BEGIN_NOTE.button(talk._("📝 Note"), row.id),
            presses.BEGIN_ASKING.button(talk._("👥 Ask colleagues"), row.id),
        ],
        [presses.WAIT_FOR.button(label, row.id, int(CaseState.RIDERS if waits else CaseState.OURS))],
        [
            presses.BEGIN_HANDING.button(talk._("➡ Hand over"), row.id),
            presses.ASK_FOR_CONFLICT.button(talk._("⚠ Conflict"), row.id),
        ],
        [presses.ASK_OUTCOME.button(talk._("✔ Close case"), row.id)],
        back,
    ]


async def wait_for(talk: Talk, case_id: CaseId, state: int) -> None:
    row = await case_access.of_handler_for_update(talk.session, case_id, talk.person.id)
    if state not in (CaseState.OURS, CaseState.RIDERS):
        raise NoSuchCase
    cases.wait_for(row, CaseState(state))
    talk.edit(*await handler_page(talk, row))


async def ask_for_conflict(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    said = talk._(
        "Do you know the rider, the employer or someone else in {number}, so that you should not handle "
        "it? It goes back to the queue and is permanently hidden from you."
    ).format(number=row.number)
    talk.edit(
        said,
        [
            [presses.MARK_CONFLICT.button(talk._("⚠ Yes, I can't handle it"), row.id)],
            [presses.SHOW.button(talk._("◀ Back"), row.id)],
        ],
    )


async def mark_conflict(talk: Talk, case_id: CaseId) -> None:
    """From the case in hand, or from the queue before it is taken."""
    row = await case_access.visible_for_update(talk.session, case_id, talk.person.id, list(handled(talk)))
    was_mine = row.assigned_to == talk.person.id
    if not was_mine and row.assigned_to is not None:
        raise NoSuchCase
    await cases.mark_conflict(talk.session, row, talk.person.id)
    await note(talk, CaseAction.CASE_CONFLICT, row)
    if was_mine:
        await left_hand(talk, row)
    talk.edit(talk._("{number} is now hidden from you and waiting for someone else.").format(number=row.number))


async def left_hand(talk: Talk, row: Case) -> None:
    """The case is not this handler's any more: they write in it no more, and the others hear that it waits."""
    if await case_contexts.leave(talk.session, talk.person.id, row.id):
        talk.say(talk._("You have left the conversation."), keyboard=plain_keyboard(talk.language))
    if row.assigned_to is None:
        for handler in await colleagues(talk, row):
            talk.notify(handler, CaseWaits(row.number, row.desk, row.id, words.mark(row)))


async def ask_outcome(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    cases.require_open(row)
    chosen = [outcome for outcome in Outcome if outcome is not Outcome.WITHDRAWN]
    rows = [[presses.CLOSE_DESK.button(talk._(words.OUTCOMES[outcome]), row.id, outcome)] for outcome in chosen]
    said = talk._("How did {number} end? The rider will read this and can reopen the case for {n} days.").format(
        number=row.number, n=cases.REOPENED_WITHIN.days
    )
    talk.edit(said, [*rows, [presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def close(talk: Talk, case_id: CaseId, outcome: str) -> None:
    row = await case_access.of_handler_for_update(talk.session, case_id, talk.person.id)
    if outcome not in set(Outcome) - {Outcome.WITHDRAWN}:
        raise NoSuchCase
    await end(talk, row, Outcome(outcome))
    await note(talk, CaseAction.CASE_CLOSED, row)
    if row.person_id is not None:
        talk.notify(row.person_id, ClosedByDesk(row.number, row.id, Outcome(outcome)))
    talk.edit(talk._("{number} is closed.").format(number=row.number), [[presses.SHOW_MINE.button(talk._("◀ Back"))]])
