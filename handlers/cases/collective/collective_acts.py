"""What a handler does with a collective case, in the chat or on a page: the change, its audit rows, and who is told."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases import acts
from handlers.cases import format as words
from handlers.cases.desk_access import handled, note
from handlers.chat.talk import Talk
from storage.cases import collectives, joining, to_all
from storage.cases.audited import CaseAction
from storage.cases.collectives import CollectiveCase
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.notices import CaseJoined, CaseSeparated
from storage.cases.table import Case, NoSuchCase


async def found(talk: Talk, collective_id: CollectiveId) -> CollectiveCase:
    """One that this handler may see. Raises NoSuchCase."""
    return await collectives.visible(talk.session, collective_id, talk.person.id, list(handled(talk)))


async def begin(talk: Talk, case_id: CaseId, title: str) -> CollectiveCase:
    """A new one, made from a case in hand."""
    row = await joining.joinable(talk.session, case_id, talk.person.id)
    desk = words.desk_of(talk.context, row)
    if desk is None:
        raise NoSuchCase
    year = talk.local_today.year
    collective, row = await joining.open_collective(
        talk.session, case_id, talk.person.id, desk.prefix, title, year, talk.now
    )
    await _joined(talk, collective, row)
    return collective


async def join(talk: Talk, case_id: CaseId, collective_id: CollectiveId) -> tuple[CollectiveCase, Case]:
    """Joins a case in hand, of which its rider hears, without whose the others are."""
    collective, row, is_new = await joining.join(
        talk.session, case_id, collective_id, talk.person.id, list(handled(talk))
    )
    if is_new:
        await _joined(talk, collective, row)
    return collective, row


async def _joined(talk: Talk, collective: CollectiveCase, row: Case) -> None:
    await note(talk, CaseAction.CASE_JOINED, row, collective.number)
    if row.person_id is not None:
        talk.notify(row.person_id, CaseJoined(row.number, collective.number, row.id))


async def separate(talk: Talk, case_id: CaseId) -> Case:
    """Takes a case in hand out again."""
    number, row = await joining.separate(talk.session, case_id, talk.person.id)
    await note(talk, CaseAction.CASE_SEPARATED, row, number)
    if row.person_id is not None:
        talk.notify(row.person_id, CaseSeparated(row.number, row.id))
    return row


async def write_to_all(talk: Talk, collective_id: CollectiveId, text: str) -> Sequence[Case]:
    """To each rider in their own case; returns the cases that it reached."""
    collective = await found(talk, collective_id)
    rows = await to_all.say(talk.session, collective_id, talk.person.id, text, talk.now)
    for row in rows:
        await note(talk, CaseAction.COLLECTIVE_WRITTEN, row, collective.number)
    return rows


async def close_all(talk: Talk, collective_id: CollectiveId, outcome: str) -> Sequence[Case]:
    """Every open one in this handler's hands, with the same outcome; returns which those were."""
    await found(talk, collective_id)
    rows = await collectives.in_hand_for_update(talk.session, collective_id, talk.person.id)
    for row in rows:
        await acts.close_as(talk, row, outcome)
    return rows
