"""Which desks somebody takes care of, and the audit of what is done there."""

from __future__ import annotations

from handlers.cases import format as words
from handlers.chat.talk import Talk
from storage import audit
from storage.audit import AuditAction
from storage.cases import access as case_access
from storage.cases.desks import Desk, Scope
from storage.cases.table import Case
from storage.people.access import Right
from storage.telegram_ids import PersonId


def desks_of(talk: Talk) -> dict[str, Desk]:
    """The desks whose queues this person sees: an admin all, a handler those they take care of."""
    if talk.person.may(Right.OVERSEE_CASES):
        return dict(talk.context.settings.desks)
    return handled(talk)


def handled(talk: Talk) -> dict[str, Desk]:
    """The desks whose cases this person may take."""
    if not talk.person.may(Right.HANDLE_CASES):
        return {}
    return {
        key: desk
        for key, desk in talk.context.settings.desks.items()
        if talk.person.roles & desk.handled_in and desk.is_handled_by(talk.person.id)
    }


def scope_at(talk: Talk, desk: Desk) -> Scope | None:
    """The levels and places of a desk whose queue this person sees; None: all, as an overseer does who decides at
    none."""
    return desk.scope_of(talk.person.id) if desk.key in handled(talk) else None


def is_of_ones_places(talk: Talk, row: Case) -> bool:
    """Whether the case is about a place of theirs, at whatever level; an overseer's are all."""
    if talk.person.may(Right.OVERSEE_CASES):
        return True
    desk = handled(talk).get(row.desk)
    return desk is not None and desk.is_handled_by(talk.person.id, 0, row.place)


async def colleagues(talk: Talk, row: Case) -> list[PersonId]:
    """The other handlers of the desk, at the level of the case, as far as they may see it."""
    desk = words.desk_of(talk.context, row)
    staff = (
        await talk.context.staff.of_desk(talk.session, desk, talk.now, row.level, row.place) if desk is not None else []
    )
    return [one for one in case_access.who_may_see(talk.session, row, staff) if one != talk.person.id]


async def note(talk: Talk, act: AuditAction, row: Case, more: str = "") -> None:
    about = row.number + (f": {more}" if more else "")
    await audit.note(talk.session, talk.person.id, act, talk.now, subject=row.person_id, about=about)
