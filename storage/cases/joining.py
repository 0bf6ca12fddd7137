"""Joining cases to a collective one, and taking them out again: by whoever has them in hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.cases import access, cases, collectives
from storage.cases.cases import DecidedByLevels
from storage.cases.collectives import CollectiveCase
from storage.cases.ids import CaseId, CollectiveId
from storage.cases.table import Case, NoSuchCase
from storage.coordination import number_sequences
from storage.refusals import Refused
from storage.telegram_ids import PersonId

MOST_CASES = 200
"""Of a collective case: a message to all is one transaction."""


class JoinedElsewhere(Refused):
    """The case is part of another collective case."""


class CollectiveFull(Refused):
    """It has MOST_CASES."""


async def joinable(session: AsyncSession, case_id: CaseId, handler: PersonId) -> Case:
    """An open case in this handler's hands, which is decided by whoever handles it.

    Raises:
        NoSuchCase, CaseClosed, DecidedByLevels: see the classes.
    """
    row = await access.of_handler_for_update(session, case_id, handler)
    cases.require_open(row)
    if row.level:
        raise DecidedByLevels
    return row


async def open_collective(
    session: AsyncSession, case_id: CaseId, handler: PersonId, prefix: str, title: str, year: int, now: datetime
) -> tuple[CollectiveCase, Case]:
    """A new collective case, made from this one, which is its first.

    Raises:
        NoSuchCase, CaseClosed, DecidedByLevels, JoinedElsewhere: see the classes.
    """
    first = await joinable(session, case_id, handler)
    if first.collective_id is not None:
        raise JoinedElsewhere
    serial = await number_sequences.next_number(session, f"collective {prefix} {year}")
    row = CollectiveCase(number=f"{prefix}-{year}-C{serial:05d}", desk=first.desk, opened_at=now)
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, CollectiveCase.title, title.encode())
    first.collective_id = row.id
    await session.flush()
    return row, first


async def join(
    session: AsyncSession, case_id: CaseId, collective_id: CollectiveId, handler: PersonId, desks: Sequence[str]
) -> tuple[CollectiveCase, Case, bool]:
    """Joins a case to a collective one of the same desk; False if it was joined to it already.

    Raises:
        NoSuchCase, CaseClosed, DecidedByLevels, JoinedElsewhere, CollectiveFull: see the classes.
    """
    row = await joinable(session, case_id, handler)
    collective = await collectives.visible(session, collective_id, handler, desks)
    if row.desk != collective.desk:
        raise NoSuchCase
    if row.collective_id == collective_id:
        return collective, row, False
    if row.collective_id is not None:
        raise JoinedElsewhere
    await session.refresh(collective, with_for_update=True)  # of two who join its last place, one gets it
    if len(await collectives.joined(session, collective_id)) >= MOST_CASES:
        raise CollectiveFull
    row.collective_id = collective_id
    await session.flush()
    return collective, row, True


async def separate(session: AsyncSession, case_id: CaseId, handler: PersonId) -> tuple[str, Case]:
    """Takes a case out, also a closed one; returns the number of the collective case, which is gone with its last one.

    Raises:
        NoSuchCase: see the class.
    """
    row = await access.of_handler_for_update(session, case_id, handler)
    if row.collective_id is None:
        raise NoSuchCase
    collective = await session.get_one(CollectiveCase, row.collective_id, with_for_update=True, populate_existing=True)
    number = collective.number
    row.collective_id = None
    await session.flush()
    if not await collectives.joined(session, collective.id):
        await session.delete(collective)
        await session.flush()
    else:
        await collectives.forget_title_unless_needed(session, collective)
    return number, row
