"""A case in which somebody may be in danger: it is marked, and all who are on duty at its desk hear of it at once."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases import format as words
from handlers.chat.talk import Talk
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases.desks import Desk
from storage.cases.notices import CaseUrgent, InHandOf
from storage.cases.table import Case
from storage.people.access import Right
from storage.telegram_ids import PersonId


async def raise_alarm(talk: Talk, row: Case) -> bool:
    """Calls everybody on duty, at any hour; False if they are called already and still have time to answer."""
    desk = words.desk_of(talk.context, row)
    if desk is None or not cases.mark_urgent(row, talk.now, desk.urgent_within):
        return False
    for one in await _on_duty(talk, row, desk):
        talk.notify(one, CaseUrgent(row.number, row.desk, row.id, _in_hand_of(row, one)))
    return True


def _in_hand_of(row: Case, reader: PersonId) -> InHandOf:
    if row.assigned_to is None:
        return InHandOf.NOBODY
    return InHandOf.READER if row.assigned_to == reader else InHandOf.ANOTHER


async def _on_duty(talk: Talk, row: Case, desk: Desk) -> Sequence[PersonId]:
    """The desk's handlers; the admins where nobody takes care of it."""
    staff = await talk.context.staff.of_desk(talk.session, desk, talk.now, row.level, row.place)
    found = case_access.who_may_see(talk.session, row, staff)
    return found or case_access.who_may_see(
        talk.session, row, await talk.context.staff.who_may(talk.session, Right.OVERSEE_CASES, talk.now)
    )
