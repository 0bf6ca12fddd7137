"""A case in somebody's hands: taking it, what its handler can do with it, closing it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.cases import acts, ladder, presses
from handlers.cases import format as words
from handlers.cases.messages.conversation import enter_as_handler
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.cases import access as case_access
from storage.cases import cases, collectives
from storage.cases import deadlines as case_deadlines
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, NoSuchCase, content_of
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
    """Takes it, says what it is about, and hands over all that was said."""
    row, is_new = await acts.take(talk, case_id)
    talk.edit(*await handler_page(talk, row))
    if is_new:
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
        *await ladder.lines(talk, row),
    ]
    if row.collective_id is not None:
        lines.append(Markup("🔗 {}").format(await collectives.number_of(talk.session, row)))
    if row.rider_unreachable:
        lines.append(Markup("🚫 {}").format(talk._("The rider can't be reached; your messages will wait for them.")))
    return Markup("\n").join(lines), _handler_buttons(talk, row)


def _handler_buttons(talk: Talk, row: Case) -> Buttons:
    back = [presses.SHOW_MINE.button(talk._("◀ Back"))]
    bundle = presses.SEND_BUNDLE.button(talk._("📦 Evidence bundle"), row.id)
    again = presses.REPLAY.button(talk._("📜 All messages"), row.id)
    if row.state == CaseState.CLOSED:
        return [[bundle, again], *_collective_buttons(talk, row), back]
    if row.level:
        return [*ladder.reviewer_buttons(talk, row), [bundle, again], *_sharing_buttons(talk, row), back]
    notes, others = _sharing_buttons(talk, row)
    waits = row.state == CaseState.OURS
    label = talk._("💬 Waiting for the rider") if waits else talk._("⏳ Waiting for me")
    return [
        [
            presses.ENTER.button(talk._("💬 Write"), row.id),
            presses.SHOW_CANNED.button(talk._("📋 Ready answers"), row.id),
        ],
        [bundle, again],
        notes,
        [presses.WAIT_FOR.button(label, row.id, int(CaseState.RIDERS if waits else CaseState.OURS))],
        others,
        *_collective_buttons(talk, row),
        [presses.ASK_OUTCOME.button(talk._("✔ Close case"), row.id)],
        back,
    ]


def _collective_buttons(talk: Talk, row: Case) -> Buttons:
    """To the others that it is joined with, or to joining it."""
    if row.collective_id is not None:
        return [
            [
                presses.SHOW_COLLECTIVE.button(talk._("🔗 Collective case"), row.collective_id, 0),
                presses.ASK_TO_SEPARATE.button(talk._("✂ Take it out"), row.id),
            ]
        ]
    if row.state == CaseState.CLOSED:
        return []
    return [[presses.CHOOSE_COLLECTIVE.button(talk._("🔗 Join to a collective case"), row.id)]]


def _sharing_buttons(talk: Talk, row: Case) -> Buttons:
    """What is between the handlers."""
    return [
        [
            presses.BEGIN_NOTE.button(talk._("📝 Note"), row.id),
            presses.BEGIN_ASKING.button(talk._("👥 Ask colleagues"), row.id),
        ],
        [
            presses.BEGIN_HANDING.button(talk._("➡ Hand over"), row.id),
            presses.ASK_FOR_CONFLICT.button(talk._("⚠ Conflict"), row.id),
        ],
    ]


async def wait_for(talk: Talk, case_id: CaseId, state: int) -> None:
    if state not in list(CaseState):
        raise NoSuchCase
    talk.edit(*await handler_page(talk, await acts.wait_for(talk, case_id, CaseState(state))))


async def ask_for_conflict(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    said = talk._(
        "Do you know the rider, the employer or someone else in {number}, so that you should not handle "
        "it? It goes back to the queue and is permanently hidden from you."
    ).format(number=row.number)
    talk.edit(
        said,
        [
            [presses.MARK_CONFLICT.button(talk._("⚠ Yes, I shouldn't handle it"), row.id)],
            [presses.SHOW.button(talk._("◀ Back"), row.id)],
        ],
    )


async def mark_conflict(talk: Talk, case_id: CaseId) -> None:
    """From the case in hand, or from the queue before it is taken."""
    row = await acts.mark_conflict(talk, case_id)
    talk.edit(talk._("{number} is now hidden from you and waiting for someone else.").format(number=row.number))


async def ask_outcome(talk: Talk, case_id: CaseId) -> None:
    row = await case_access.of_handler(talk.session, case_id, talk.person.id)
    cases.require_open(row)
    chosen = cases.BY_HANDLER
    rows = [[presses.CLOSE_DESK.button(talk._(words.OUTCOMES[outcome]), row.id, outcome)] for outcome in chosen]
    said = talk._("How did {number} end? The rider will read this and can reopen the case for {n} days.").format(
        number=row.number, n=cases.REOPENED_WITHIN.days
    )
    talk.edit(said, [*rows, [presses.SHOW.button(talk._("◀ Back"), row.id)]])


async def close(talk: Talk, case_id: CaseId, outcome: str) -> None:
    row = await acts.close(talk, case_id, outcome)
    talk.edit(talk._("{number} is closed.").format(number=row.number), [[presses.SHOW_MINE.button(talk._("◀ Back"))]])
