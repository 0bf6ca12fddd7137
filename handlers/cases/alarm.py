"""A case in which somebody may be in danger: it is marked, and all who are on duty at its desk hear of it at once."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases import format as words
from handlers.chat.talk import Talk
from storage.cases import cases
from storage.cases.cases import Case
from storage.cases.desks import Desk
from storage.people.access import Right

NOTICE = "case_urgent"


async def raise_alarm(talk: Talk, row: Case) -> bool:
    """Calls everybody on duty, at any hour; False if they are called already and still have time to answer."""
    desk = words.desk_of(talk.context, row)
    if desk is None or not cases.mark_urgent(row, talk.now, desk.urgent_within):
        return False
    for one in await _on_duty(talk, row, desk):
        stands = "free" if row.assigned_to is None else "mine" if row.assigned_to == one else "taken"
        talk.notify(one, NOTICE, number=row.number, desk=row.desk, id=row.id, stands=stands)
    return True


async def _on_duty(talk: Talk, row: Case, desk: Desk) -> Sequence[int]:
    """The desk's handlers; the admins where nobody takes care of it."""
    found = await cases.who_may_see(talk.session, row, await talk.context.staff.of_desk(talk.session, desk, talk.now))
    return found or await cases.who_may_see(
        talk.session, row, await talk.context.staff.who_may(talk.session, Right.OVERSEE_CASES, talk.now)
    )
