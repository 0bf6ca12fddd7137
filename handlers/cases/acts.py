"""What a handler or an admin does with a case, in the chat or on a page: the change, its audit row, and who is told.

What the person is told about it themselves is said by who calls.
"""

from __future__ import annotations

from handlers.cases import format as words
from handlers.cases.assignment import assign, case_in_hand, receiver
from handlers.cases.closing import end
from handlers.cases.desk_access import colleagues, handled, is_of_ones_places, note
from handlers.cases.evidence_limits import quota_of
from handlers.cases.messages.message_content import parts_of
from handlers.chat.talk import Talk
from handlers.inputs.person import PersonMeant
from storage.cases import access as case_access
from storage.cases import cases, levels
from storage.cases import contexts as case_contexts
from storage.cases import messages as case_messages
from storage.cases.audited import CaseAction
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.notices import CaseClaimed, CaseLeft, CaseTaken, CaseWaits, ClosedByDesk
from storage.cases.table import Case, CaseState, NoSuchCase, Outcome, Side


async def take(talk: Talk, case_id: CaseId) -> tuple[Case, bool]:
    """Takes it from the queue, of which the rider hears; returns it, and whether it was not in these hands already."""
    before = await case_access.find(talk.session, case_id)
    is_theirs = before is not None and before.assigned_to == talk.person.id
    row = await levels.claim(talk.session, case_id, talk.person.id, handled(talk), talk.now)
    if is_theirs:
        return row, False  # the second of two quick taps, or an older button
    await note(talk, CaseAction.CASE_CLAIMED, row)
    if row.person_id is not None:
        talk.notify(row.person_id, CaseClaimed(row.number, row.desk, row.id))
    return row, True


async def answer(talk: Talk, case_id: CaseId, text: str) -> None:
    """Says it to the rider, in as many messages as it takes."""
    row = await case_in_hand(talk, case_id)
    for part in parts_of(Said(text=text)):
        await case_messages.say(
            talk.session, row, Side.HANDLER, talk.person.id, None, part, talk.now, quota_of(talk.context, row)
        )


async def add_note(talk: Talk, case_id: CaseId, text: str) -> Case:
    """For the handlers of the case only."""
    row = await case_in_hand(talk, case_id)
    await case_messages.say(talk.session, row, Side.NOTE, talk.person.id, None, Said(text=text), talk.now)
    return row


async def hand_over(talk: Talk, case_id: CaseId, who: PersonMeant | None, text: str) -> Case:
    """To a colleague, or back to the queue (None), with a note for whoever has it next. Raises NotForThem."""
    row = await case_in_hand(talk, case_id)
    to = await receiver(talk, row, who)
    said = Said(text="➡ " + text)
    await case_messages.say(talk.session, row, Side.NOTE, talk.person.id, None, said, talk.now)
    await assign(talk, row, to)
    await _left_hand(talk, row)
    return row


async def wait_for(talk: Talk, case_id: CaseId, state: CaseState) -> Case:
    """Says whom the case waits for. Raises NoSuchCase, CaseClosed."""
    row = await case_access.of_handler_for_update(talk.session, case_id, talk.person.id)
    if state not in (CaseState.OURS, CaseState.RIDERS):
        raise NoSuchCase
    cases.wait_for(row, state)
    return row


async def mark_conflict(talk: Talk, case_id: CaseId) -> Case:
    """Hides it from this handler: in hand, or in the queue before it is taken."""
    row = await case_access.visible_for_update(talk.session, case_id, talk.person.id, list(handled(talk)))
    was_mine = row.assigned_to == talk.person.id
    if not was_mine and (row.assigned_to is not None or not is_of_ones_places(talk, row)):
        raise NoSuchCase
    await cases.mark_conflict(talk.session, row, talk.person.id)
    await note(talk, CaseAction.CASE_CONFLICT, row)
    if was_mine:
        await _left_hand(talk, row)
    return row


async def _left_hand(talk: Talk, row: Case) -> None:
    """The case is not this handler's any more: they write in it no more, and the others hear that it waits."""
    if await case_contexts.leave(talk.session, talk.person.id, row.id):
        talk.notify(talk.person.id, CaseLeft())
    if row.assigned_to is None:
        for handler in await colleagues(talk, row):
            talk.notify(handler, CaseWaits(row.number, row.desk, row.id, words.mark(row), row.level))


async def close(talk: Talk, case_id: CaseId, outcome: str) -> Case:
    """With one of the outcomes of a handler, which the rider reads. Raises NoSuchCase, DecidedByLevels."""
    row = await case_access.of_handler_for_update(talk.session, case_id, talk.person.id)
    await close_as(talk, row, outcome)
    return row


async def close_as(talk: Talk, row: Case, outcome: str) -> None:
    """The same of a case that is locked by now. Raises NoSuchCase, CaseClosed, DecidedByLevels."""
    if outcome not in cases.BY_HANDLER:
        raise NoSuchCase
    await end(talk, row, Outcome(outcome))
    await note(talk, CaseAction.CASE_CLOSED, row)
    if row.person_id is not None:
        talk.notify(row.person_id, ClosedByDesk(row.number, row.id, Outcome(outcome)))


async def overseen(talk: Talk, case_id: CaseId) -> Case:
    """A case of any desk that is not hidden from this admin. Raises NoSuchCase, CaseInDoubt."""
    return await case_access.visible(talk.session, case_id, talk.person.id, list(talk.context.settings.desks))


async def read_for(talk: Talk, case_id: CaseId, reason: str) -> Case:
    """The case, for an admin with a reason, which is audited before a word is shown."""
    row = await overseen(talk, case_id)
    await note(talk, CaseAction.CASE_READ, row, reason)
    return row


async def give(talk: Talk, case_id: CaseId, who: PersonMeant | None) -> Case:
    """To a handler of the desk, or back to the queue (None), by an admin. Raises NotForThem."""
    desks = list(talk.context.settings.desks)
    row = await case_access.visible_for_update(talk.session, case_id, talk.person.id, desks)
    to, before = await receiver(talk, row, who), row.assigned_to
    await assign(talk, row, to)
    if before is not None and before != to:
        if await case_contexts.leave(talk.session, before, row.id):
            talk.notify(before, CaseLeft())
        talk.notify(before, CaseTaken(row.number))
    return row
