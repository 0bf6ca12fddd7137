"""What waits for whoever handles or oversees cases, on the page of /start."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.desk_access import desks_of, scope_at
from handlers.chat.feature import Duty
from handlers.chat.talk import Talk
from storage.cases import queue as case_queue
from storage.people.access import Right


async def duties(talk: Talk) -> Sequence[Duty]:
    found = []
    if talk.person.may(Right.HANDLE_CASES):
        mine = await case_queue.in_hand(talk.session, talk.person.id)
        said = talk._("Assigned to me: {n}").format(n=len(mine))
        mark = words.mark_of(sum(row.urgent_at is not None for row in mine))
        found.append(Duty(mark + said, [presses.SHOW_MINE.button(talk._("🗂 My cases"))]))
    if talk.person.may(Right.SEE_CASES):
        waiting = [
            await case_queue.count_waiting(talk.session, key, talk.person.id, scope_at(talk, desk))
            for key, desk in desks_of(talk).items()
        ]
        total, mark = sum(one.total for one in waiting), words.mark_of(sum(one.urgent for one in waiting))
        if total:
            said = talk._("Cases that nobody has taken: {n}").format(n=total)
            found.append(Duty(mark + said, [presses.SHOW_DESKS_AGAIN.button(talk._("🗂 Waiting cases"))]))
    return found
