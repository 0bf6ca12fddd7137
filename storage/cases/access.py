"""Finding a case, for those who may see it. Whoever may not gets the same answer as for a number that was never given.

What ends in for_update reads the case afresh and locks it until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import parties
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseConflict, CaseState, NoSuchCase
from storage.telegram_ids import PersonId


async def find(session: AsyncSession, case_id: CaseId) -> Case | None:
    return await session.get(Case, case_id)


async def find_for_update(session: AsyncSession, case_id: CaseId) -> Case | None:
    return await session.get(Case, case_id, with_for_update=True, populate_existing=True)


async def of_rider(session: AsyncSession, case_id: CaseId, person_id: PersonId) -> Case:
    """The person's own case. Raises NoSuchCase."""
    return _require_rider(await find(session, case_id), person_id)


async def of_rider_for_update(session: AsyncSession, case_id: CaseId, person_id: PersonId) -> Case:
    """The person's own case. Raises NoSuchCase."""
    return _require_rider(await find_for_update(session, case_id), person_id)


def _require_rider(row: Case | None, person_id: PersonId) -> Case:
    if row is None or row.person_id is None or row.person_id != person_id:
        raise NoSuchCase
    return row


async def of_handler_for_update(session: AsyncSession, case_id: CaseId, handler: PersonId) -> Case:
    """A case in this handler's hands. Raises NoSuchCase."""
    return _require_handler(await find_for_update(session, case_id), handler)


async def of_handler(session: AsyncSession, case_id: CaseId, handler: PersonId) -> Case:
    """A case in this handler's hands. Raises NoSuchCase."""
    return _require_handler(await find(session, case_id), handler)


def _require_handler(row: Case | None, handler: PersonId) -> Case:
    if row is None or row.assigned_to != handler:
        raise NoSuchCase
    return row


async def cases_of(session: AsyncSession, person_id: PersonId, limit: int = 20) -> Sequence[Case]:
    """What this person brought, open ones first, then the newest."""
    rows = await session.scalars(
        select(Case)
        .where(Case.person_id == person_id)
        .order_by(case((Case.state == CaseState.CLOSED, 1), else_=0), Case.id.desc())
        .limit(limit)
    )
    return [row for row in rows if row.person_id == person_id]  # one that was handed over in the database is nobody's


def not_hidden_from(viewer: PersonId) -> ColumnElement[bool]:
    """See `who_may_see`, for queries over many cases."""
    return or_(Case.person_id.is_(None), Case.person_id != viewer) & Case.id.not_in(
        select(CaseConflict.case_id).where(CaseConflict.person_id == viewer)
    )


def who_may_see(session: AsyncSession, row: Case, people: Sequence[PersonId]) -> list[PersonId]:
    """Those of these people from whom the case is not hidden: it is not their own, and they have no conflict of
    interest in it."""
    hidden = {row.person_id, *parties.hidden_from(session, row)}
    return [one for one in people if one not in hidden]


async def visible(session: AsyncSession, case_id: CaseId, viewer: PersonId, desks: Sequence[str]) -> Case:
    """A case of these desks that is not hidden from the viewer; that it exists is all they may know of it. Raises
    NoSuchCase, CaseInDoubt."""
    return _require_visible(session, await find(session, case_id), viewer, desks)


async def visible_for_update(session: AsyncSession, case_id: CaseId, viewer: PersonId, desks: Sequence[str]) -> Case:
    """The same. Raises NoSuchCase, CaseInDoubt."""
    return _require_visible(session, await find_for_update(session, case_id), viewer, desks)


def _require_visible(session: AsyncSession, row: Case | None, viewer: PersonId, desks: Sequence[str]) -> Case:
    if row is None or row.desk not in desks or not who_may_see(session, row, [viewer]):
        raise NoSuchCase
    parties.require_genuine(row)
    return row


async def id_of(session: AsyncSession, number: str) -> CaseId | None:
    """Which case has this number; who may see it is asked elsewhere."""
    return await session.scalar(select(Case.id).where(Case.number == number.strip().upper()))


async def by_number(session: AsyncSession, number: str, viewer: PersonId, desks: Sequence[str]) -> Case:
    """Raises NoSuchCase, CaseInDoubt."""
    found = await id_of(session, number)
    if found is None:
        raise NoSuchCase
    return await visible(session, found, viewer, desks)
