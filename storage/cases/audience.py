"""Who may be told something about a case at this moment: rights may have ended since a notice was queued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases.access import find, id_of, who_may_see
from storage.cases.desks import Desks
from storage.cases.ids import CaseId
from storage.cases.table import Case
from storage.people.access import Right, Role, may
from storage.people.staff import Staff
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class CaseAudience:
    """Answers for one moment, by the staff and the desks of that moment."""

    staff: Staff
    desks: Desks
    now: datetime

    async def is_handler(self, session: AsyncSession, row: Case, person_id: PersonId) -> bool:
        """Whether this person has the case in hand, and may still handle cases."""
        return row.assigned_to == person_id and await self.staff.is_allowed(
            session, person_id, Right.HANDLE_CASES, self.now
        )

    async def is_of_desk(self, session: AsyncSession, row: Case, person_id: PersonId) -> bool:
        """Whether they handle it or are a handler of its desk, at its level, from whom it is not hidden."""
        if await self.is_handler(session, row, person_id):
            return True
        desk = self.desks.get(row.desk)
        if desk is None or not desk.is_handled_by(person_id, row.level, row.place):
            return False
        held = await self.staff.roles_at(session, person_id, self.now)
        return bool(held & desk.handled_in) and bool(who_may_see(session, row, [person_id]))

    async def is_alerted(self, session: AsyncSession, row: Case, person_id: PersonId) -> bool:
        """Whether they hear that a case is late or urgent: its desk, the coordinators and the admins."""
        if await self.is_of_desk(session, row, person_id):
            return True
        held = await self.staff.roles_at(session, person_id, self.now)
        oversees = may(held, Right.OVERSEE_CASES) or Role.COORDINATOR in held
        return oversees and bool(who_may_see(session, row, [person_id]))


async def named(session: AsyncSession, number: str) -> Case | None:
    """The case of this number."""
    case_id: CaseId | None = await id_of(session, number)
    return None if case_id is None else await find(session, case_id)
