"""/cases: the queue of each desk, taking a case, and what its handler does with it."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.closing import end
from handlers.cases.conversation import enter_as_handler
from handlers.chat.keyboards import plain_keyboard
from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import ago
from handlers.i18n.translations import N_
from storage import audit
from storage.audit import AuditAction
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import deadlines as case_deadlines
from storage.cases import messages as case_messages
from storage.cases import queue as case_queue
from storage.cases.audited import CaseAction
from storage.cases.deadlines import CaseLimit
from storage.cases.desks import Desk, in_language
from storage.cases.ids import CaseId
from storage.cases.notices import CaseWaits, ClosedByDesk
from storage.cases.table import Case, CaseState, NoSuchCase, Outcome, content_of
from storage.people.access import Right
from storage.telegram_ids import PersonId

PAGE = 8


def register(routes: Routes) -> None:
    routes.link("case", open_from_topic, right=Right.SEE_CASES, writes=False)
    routes.command("cases", show_desks, about=N_("Cases"), right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_DESKS_AGAIN, show_desks_again, right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_QUEUE, show_queue, right=Right.SEE_CASES, writes=False)
    routes.press(presses.SHOW_MINE, show_mine, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.CLAIM, claim, right=Right.HANDLE_CASES)
    routes.press(presses.MARK_CONFLICT, mark_conflict, right=Right.HANDLE_CASES)
    routes.press(presses.SHOW, show, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.ASK_FOR_CONFLICT, ask_for_conflict, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.ASK_OUTCOME, ask_outcome, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.REPLAY, replay, right=Right.HANDLE_CASES)
    routes.press(presses.WAIT_FOR, wait_for, right=Right.HANDLE_CASES)
    routes.press(presses.CLOSE_DESK, close, right=Right.HANDLE_CASES)


def desks_of(talk: Talk) -> dict[str, Desk]:
    """The desks whose queues this person sees: an admin all, a handler those they take care of."""
    if talk.person.may(Right.OVERSEE_CASES):
        return dict(talk.context.settings.desks)
    return handled(talk)


def handled(talk: Talk) -> dict[str, Desk]:
    """The desks whose cases this person may take."""
    if not talk.person.may(Right.HANDLE_CASES):
        return {}
    return {key: desk for key, desk in talk.context.settings.desks.items() if desk.is_handled_by(talk.person.id)}


async def show_desks(talk: Talk) -> None:
    talk.say(*await _desks(talk))


async def show_desks_again(talk: Talk) -> None:
    talk.edit(*await _desks(talk))


async def _desks(talk: Talk) -> tuple[Markup, Buttons]:
    rows: list[list[Button]] = []
    lines = [Markup("🗂 <b>{}</b>").format(talk._("Cases"))]
    if talk.person.may(Right.HANDLE_CASES):
        mine = await case_queue.in_hand(talk.session, talk.person.id)
        label = talk._("Assigned to me: {n}").format(n=len(mine))
        rows.append([presses.SHOW_MINE.button(label)])
    for key, desk in desks_of(talk).items():
        waiting = await case_queue.count_waiting(talk.session, key, talk.person.id)
        title = in_language(desk.title, talk.language)
        lines.append(
            Markup("{} {}: {}").format(
                desk.sign,
                title,
                talk.plural("{n} person is waiting", "{n} people are waiting", waiting).format(n=waiting),
            )
        )
        rows.append([presses.SHOW_QUEUE.button(f"{desk.sign} {title} ({waiting})", key, 0)])
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
    limits = await case_deadlines.of_cases(talk.session, [row.id])
    lines = [words.mark(row) + words.heading(talk.context, row, talk.language), _line(talk, row, limits[row.id])]
    talk.say(Markup("\n").join(lines), ways_in(talk, row))


def ways_in(talk: Talk, row: Case) -> list[list[Button]]:
    """What this person may do with a case that they may see: look at it, take it, read it for a reason."""
    rows = []
    if row.assigned_to == talk.person.id and talk.person.may(Right.HANDLE_CASES):
        rows.append([presses.SHOW.button(talk._("View"), row.id)])
    elif row.assigned_to is None and row.state != CaseState.CLOSED and row.desk in handled(talk):
        rows.append([presses.CLAIM.button(talk._("▶ Take"), row.id)])
    if talk.person.may(Right.OVERSEE_CASES):
        rows.append([presses.BEGIN_READING.button(talk._("👁 Read, giving a reason"), row.id)])
    return rows


async def show_queue(talk: Talk, key: str, page: int) -> None:
    """Without names and without a word of what was told: number, kind, age, time limit, target time."""
    desk = desks_of(talk).get(key)
    if desk is None:
        raise NoSuchCase
    skip = max(0, page) * PAGE
    found = await case_queue.in_queue(talk.session, key, talk.person.id, PAGE + 1, skip)
    lines = [Markup("{} <b>{}</b>").format(desk.sign, in_language(desk.title, talk.language))]
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
    return [_line(talk, row, limits[row.id]) for row in found]


def _line(talk: Talk, row: Case, limits: Sequence[CaseLimit]) -> Markup:
    content = content_of(talk.session, row)
    parts = [
        words.kind_words(talk.context, row, content, talk.language),
        ago(row.opened_at, talk.now, talk.language),
        words.due_words(talk.context, row, talk.now, talk.language)
        if not words.is_answered(row)
        else words.state_words(row, talk.language, for_handler=True),
    ]
    if limits:
        parts.append("⚖ " + words.days_left(limits[0].ends_on, talk.local_today, talk.language))
    return Markup("{}<b>{}</b> · {}").format(words.mark(row), row.number, " · ".join(filter(None, parts)))


async def show_mine(talk: Talk) -> None:
    found = await case_queue.in_hand(talk.session, talk.person.id)
    lines = [Markup("<b>{}</b>").format(talk._("Assigned to me: {n}").format(n=len(found))), *await _lines(talk, found)]
    rows = [[presses.SHOW.button(words.mark(row) + words.tag(talk.context, row), row.id)] for row in found]
    talk.edit(Markup("\n").join(lines), [*rows, [presses.SHOW_DESKS_AGAIN.button(talk._("◀ Back"))]])


# One case in hand


async def claim(talk: Talk, case_id: CaseId) -> None:
    """Takes it, says what it is about, and hands over all that was said."""
    row = await cases.claim(talk.session, case_id, talk.person.id, list(handled(talk)), talk.now)
    await note(talk, CaseAction.CASE_CLAIMED, row)
    talk.edit(*await handler_page(talk, row))
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


async def colleagues(talk: Talk, row: Case) -> list[PersonId]:
    """The other handlers of the desk, as far as they may see the case."""
    desk = words.desk_of(talk.context, row)
    staff = await talk.context.staff.of_desk(talk.session, desk, talk.now) if desk is not None else []
    return [one for one in await case_access.who_may_see(talk.session, row, staff) if one != talk.person.id]


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


async def note(talk: Talk, act: AuditAction, row: Case, more: str = "") -> None:
    about = row.number + (f": {more}" if more else "")
    await audit.note(talk.session, talk.person.id, act, talk.now, subject=row.person_id, about=about)
