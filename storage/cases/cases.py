"""What is done with a case, from opening to closing. What is said in one is in storage/cases/messages.py."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import parties
from storage.cases.access import visible_for_update, who_may_see
from storage.cases.ids import CaseId
from storage.cases.table import (
    Case,
    CaseConflict,
    CaseContent,
    CaseState,
    NoSuchCase,
    Outcome,
    seal_content,
)
from storage.coordination import number_sequences
from storage.refusals import Refused
from storage.telegram_ids import PersonId

REOPENED_WITHIN = timedelta(days=30)

WRITING = timedelta(days=1)
"""So long after somebody began to write in a case, it counts as being written in."""


class CaseTaken(Refused):
    """Another handler has it already."""


class CaseClosed(Refused):
    """Nothing can be added to a closed case; it can be reopened for REOPENED_WITHIN."""


class TooManyCases(Refused):
    """This person has brought as many cases to this desk within a day as one person may."""


class DecidedByLevels(Refused):
    """The case is decided level by level; it can't be closed otherwise, nor opened again once it is decided."""


class TooLateToReopen(Refused):
    """The case was closed more than REOPENED_WITHIN ago."""


class NotForThem(Refused):
    """This case can't be given to this person: it is their own, or they have a conflict of interest."""


async def open_case(
    session: AsyncSession,
    desk: str,
    prefix: str,
    person_id: PersonId | None,
    content: CaseContent,
    consent_version: int,
    year: int,
    due_at: datetime,
    now: datetime,
) -> Case:
    """A new case, with the next number of its desk and year; `due_at` is when its first answer is due."""
    serial = await number_sequences.next_number(session, f"cases {prefix} {year}")
    row = Case(
        number=f"{prefix}-{year}-{serial:06d}",
        desk=desk,
        person_id=person_id,
        state=CaseState.OURS,
        consent_version=consent_version,
        opened_at=now,
        due_at=due_at,
        next_escalation_at=due_at,
        last_at=now,
    )
    session.add(row)
    await session.flush()
    seal_content(session, row, content)
    return row


async def check_room(session: AsyncSession, person_id: PersonId, desk: str, limit: int, now: datetime) -> None:
    """Whether this person may bring one more case to this desk.

    Raises:
        TooManyCases: they have brought `limit` within a day.
    """
    mine = (Case.person_id == person_id) & (Case.desk == desk) & (Case.opened_at > now - timedelta(days=1))
    if (await session.scalar(select(func.count()).select_from(Case).where(mine)) or 0) >= limit:
        raise TooManyCases


def require_open(row: Case) -> None:
    """Raises CaseClosed."""
    if row.state == CaseState.CLOSED:
        raise CaseClosed


async def claim(session: AsyncSession, case_id: CaseId, handler: PersonId, desks: Sequence[str], now: datetime) -> Case:
    """Takes a case into hand; of two who press at once, one gets it.

    Raises:
        NoSuchCase, CaseInDoubt, CaseTaken, CaseClosed: see the classes.
    """
    row = await visible_for_update(session, case_id, handler, desks)
    require_open(row)
    if row.assigned_to not in (None, handler):
        raise CaseTaken
    row.assigned_to, row.assigned_at = handler, now
    return row


async def assign(session: AsyncSession, row: Case, handler: PersonId | None, now: datetime) -> None:
    """Gives an open case to another handler, or back to the queue.

    Raises:
        CaseClosed, NotForThem: see the classes.
    """
    require_open(row)
    if handler is not None and not who_may_see(session, row, [handler]):
        raise NotForThem
    row.assigned_to, row.assigned_at = handler, None if handler is None else now


async def mark_conflict(session: AsyncSession, row: Case, handler: PersonId) -> None:
    """Hides the case from this person; out of their hands it goes back to the queue."""
    if await session.get(CaseConflict, (row.id, handler)) is None:
        session.add(CaseConflict(case_id=row.id, person_id=handler))
    parties.hide(session, row, handler)
    if row.assigned_to == handler:
        row.assigned_to = row.assigned_at = None
    await session.flush()


def wait_for(row: Case, state: CaseState) -> None:
    """Raises CaseClosed."""
    require_open(row)
    row.state = state


BY_HANDLER = (Outcome.SETTLED, Outcome.ADVISED, Outcome.REFERRED, Outcome.NOT_OURS)
"""As a handler may close a case without levels."""


def close(row: Case, outcome: Outcome, now: datetime) -> None:
    """Raises CaseClosed, DecidedByLevels."""
    require_open(row)
    if row.level and outcome in BY_HANDLER:
        raise DecidedByLevels
    row.state, row.outcome, row.closed_at, row.next_escalation_at = CaseState.CLOSED, outcome, now, None
    row.urgent_due_at = None


def mark_urgent(row: Case, now: datetime, within: timedelta) -> bool:
    """Somebody may be in danger. True if people are to be called: False while those who were called still have time to
    answer, so that each further message does not call them again. An anonymous case can't be answered, so none is due.
    """
    is_called = row.urgent_due_at is not None and not row.urgent_told
    if is_called or (row.urgent_at is not None and row.person_id is None):
        return False
    row.urgent_at = row.urgent_at or now
    row.urgent_due_at, row.urgent_told = now + within if row.person_id is not None else None, False
    return True


def may_reopen(row: Case, now: datetime) -> bool:
    """Whether its rider can have it opened again."""
    is_decided = row.outcome in (Outcome.APPROVED, Outcome.REFUSED)
    return not is_decided and row.closed_at is not None and now - row.closed_at <= REOPENED_WITHIN


def reopen(row: Case, now: datetime) -> None:
    """Raises TooLateToReopen, DecidedByLevels."""
    if row.state != CaseState.CLOSED:
        return
    if row.outcome in (Outcome.APPROVED, Outcome.REFUSED):
        raise DecidedByLevels
    if row.closed_at is None or row.content is None or now - row.closed_at > REOPENED_WITHIN:
        raise TooLateToReopen
    row.state, row.outcome, row.closed_at, row.rating = CaseState.OURS, None, None, None
    if row.level:
        row.next_escalation_at = row.due_at


def rate(row: Case, stars: int) -> None:
    """1 to 5, of a closed case. Raises NoSuchCase."""
    if row.state != CaseState.CLOSED or not 1 <= stars <= 5:
        raise NoSuchCase
    row.rating = stars


def note_writing(row: Case, now: datetime) -> None:
    """Somebody writes in it: it is not to be cleared away under their hands."""
    row.writing_until = now + WRITING
