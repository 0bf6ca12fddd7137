"""Cases: what somebody brings to a desk, who takes care of it, and where it stands. What is said in one is in
storage/cases/messages.py.

Whoever may not see a case gets the same answer as for a number that was never given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, SmallInteger, String, case, delete, false, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.cases.ids import CaseId
from storage.column_types import IntEnumColumn, StrEnumColumn
from storage.coordination import number_sequences
from storage.database import Base, BigKey, Refused, Sealed, vault_of
from storage.dialogues import Answers
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId, TopicId

REOPENED_WITHIN = timedelta(days=30)
WRITING = timedelta(days=1)
"""So long after somebody began to write in a case, it counts as being written in."""


class CaseState(IntEnum):
    """Whom a case waits for."""

    OURS = 0
    RIDERS = 1
    CLOSED = 2


class Outcome(StrEnum):
    """How a case ended."""

    SETTLED = "settled"
    ADVISED = "advised"
    REFERRED = "referred"
    NOT_OURS = "not_ours"
    WITHDRAWN = "withdrawn"


class NoSuchCase(Refused):
    """There is none of this number for this person."""


class CaseTaken(Refused):
    """Another handler has it already."""


class CaseClosed(Refused):
    """Nothing can be added to a closed case; it can be reopened for REOPENED_WITHIN."""


class TooManyCases(Refused):
    """This person has brought as many cases to this desk within a day as one person may."""


class TooLateToReopen(Refused):
    """The case was closed more than REOPENED_WITHIN ago."""


class NotForThem(Refused):
    """This case can't be given to this person: it is their own, or they have a conflict of interest."""


class Case(Base):
    """`person_id` is None where the case is anonymous, or its personal part is gone."""

    __tablename__ = "cases"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (an old button must never open a later case)

    id: Mapped[CaseId] = mapped_column(BigKey, primary_key=True)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    desk: Mapped[str] = mapped_column(String(15))
    person_id: Mapped[PersonId | None] = mapped_column(BigInteger, default=None, index=True)
    state: Mapped[CaseState] = mapped_column(IntEnumColumn(CaseState), default=CaseState.OURS, index=True)
    content: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    consent_version: Mapped[int]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    next_escalation_at: Mapped[datetime | None] = mapped_column("late_at", default=None, index=True)
    escalation_level: Mapped[int] = mapped_column("late_level", SmallInteger, default=0)
    first_answer_at: Mapped[datetime | None] = mapped_column(default=None)
    last_at: Mapped[datetime]
    writing_until: Mapped[datetime | None] = mapped_column(default=None)
    assigned_to: Mapped[PersonId | None] = mapped_column(BigInteger, default=None, index=True)
    assigned_at: Mapped[datetime | None] = mapped_column(default=None)
    closed_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    outcome: Mapped[Outcome | None] = mapped_column(StrEnumColumn(Outcome, 20), default=None)
    rating: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    rider_unreachable: Mapped[bool] = mapped_column("away", default=False)
    """Whether the handler was told that the rider can't be reached."""
    topic_id: Mapped[TopicId | None] = mapped_column(BigInteger, default=None)
    topic_shows: Mapped[str | None] = mapped_column(String(40), default=None)
    urgent_at: Mapped[datetime | None] = mapped_column(default=None)
    """Since when it is known that somebody may be in danger."""
    urgent_due_at: Mapped[datetime | None] = mapped_column(default=None, index=True)
    """Until when an answer to that is due; None once there is one."""
    urgent_told: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether coordinators and admins know that there was none in time."""


class CaseConflict(Base):
    """From whom a case is hidden."""

    __tablename__ = "case_conflicts"

    case_id: Mapped[CaseId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)


@dataclass(slots=True)
class CaseContent:
    """What the case is about: its kind, the platform, the day it happened (ISO, empty: not sure), how the person may be
    called (empty: withheld), and the other answers by question."""

    kind: str = ""
    platform: str = ""
    on: str = ""
    name: str = ""
    answers: Answers = field(default_factory=dict)


_CONTENT = SealedJson(CaseContent)


def content_of(session: AsyncSession, row: Case) -> CaseContent:
    """Empty once the personal part is gone."""
    if row.content is None:
        return CaseContent()
    return _CONTENT.decode(vault_of(session).open(row.content, "cases.content", row.id))


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
    row.content = vault_of(session).seal(_CONTENT.encode(content), "cases.content", row.id)
    return row


# Who may see it


# Those that end in for_update read the case afresh and lock it until the transaction ends.


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


async def check_room(session: AsyncSession, person_id: PersonId, desk: str, limit: int, now: datetime) -> None:
    """Whether this person may bring one more case to this desk.

    Raises:
        TooManyCases: they have brought `limit` within a day.
    """
    mine = (Case.person_id == person_id) & (Case.desk == desk) & (Case.opened_at > now - timedelta(days=1))
    if (await session.scalar(select(func.count()).select_from(Case).where(mine)) or 0) >= limit:
        raise TooManyCases


async def cases_of(session: AsyncSession, person_id: PersonId, limit: int = 20) -> Sequence[Case]:
    """What this person brought, open ones first, then the newest."""
    rows = await session.scalars(
        select(Case)
        .where(Case.person_id == person_id)
        .order_by(case((Case.state == CaseState.CLOSED, 1), else_=0), Case.id.desc())
        .limit(limit)
    )
    return rows.all()


def not_hidden_from(viewer: PersonId) -> ColumnElement[bool]:
    """See `who_may_see`, for queries over many cases."""
    return or_(Case.person_id.is_(None), Case.person_id != viewer) & Case.id.not_in(
        select(CaseConflict.case_id).where(CaseConflict.person_id == viewer)
    )


async def who_may_see(session: AsyncSession, row: Case, people: Sequence[PersonId]) -> list[PersonId]:
    """Those of these people from whom the case is not hidden: it is not their own, and they have no conflict of
    interest in it."""
    conflicts = await session.scalars(select(CaseConflict.person_id).where(CaseConflict.case_id == row.id))
    hidden = {row.person_id, *conflicts}
    return [one for one in people if one not in hidden]


async def visible(session: AsyncSession, case_id: CaseId, viewer: PersonId, desks: Sequence[str]) -> Case:
    """A case of these desks that is not hidden from the viewer; that it exists is all they may know of it. Raises
    NoSuchCase."""
    return await _require_visible(session, await find(session, case_id), viewer, desks)


async def visible_for_update(session: AsyncSession, case_id: CaseId, viewer: PersonId, desks: Sequence[str]) -> Case:
    """The same. Raises NoSuchCase."""
    return await _require_visible(session, await find_for_update(session, case_id), viewer, desks)


async def _require_visible(session: AsyncSession, row: Case | None, viewer: PersonId, desks: Sequence[str]) -> Case:
    if row is None or row.desk not in desks or not await who_may_see(session, row, [viewer]):
        raise NoSuchCase
    return row


async def id_of(session: AsyncSession, number: str) -> CaseId | None:
    """Which case has this number; who may see it is asked elsewhere."""
    return await session.scalar(select(Case.id).where(Case.number == number.strip().upper()))


async def by_number(session: AsyncSession, number: str, viewer: PersonId, desks: Sequence[str]) -> Case:
    """Raises NoSuchCase."""
    found = await id_of(session, number)
    if found is None:
        raise NoSuchCase
    return await visible(session, found, viewer, desks)


# What is done with it


def require_open(row: Case) -> None:
    """Raises CaseClosed."""
    if row.state == CaseState.CLOSED:
        raise CaseClosed


async def claim(session: AsyncSession, case_id: CaseId, handler: PersonId, desks: Sequence[str], now: datetime) -> Case:
    """Takes a case into hand; of two who press at once, one gets it.

    Raises:
        NoSuchCase, CaseTaken, CaseClosed: see the classes.
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
    if handler is not None and not await who_may_see(session, row, [handler]):
        raise NotForThem
    row.assigned_to, row.assigned_at = handler, None if handler is None else now


async def mark_conflict(session: AsyncSession, row: Case, handler: PersonId) -> None:
    """Hides the case from this person; out of their hands it goes back to the queue."""
    if await session.get(CaseConflict, (row.id, handler)) is None:
        session.add(CaseConflict(case_id=row.id, person_id=handler))
    if row.assigned_to == handler:
        row.assigned_to = row.assigned_at = None
    await session.flush()


def wait_for(row: Case, state: CaseState) -> None:
    """Raises CaseClosed."""
    require_open(row)
    row.state = state


def close(row: Case, outcome: Outcome, now: datetime) -> None:
    """Raises CaseClosed."""
    require_open(row)
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


def reopen(row: Case, now: datetime) -> None:
    """Raises TooLateToReopen."""
    if row.state != CaseState.CLOSED:
        return
    if row.closed_at is None or row.content is None or now - row.closed_at > REOPENED_WITHIN:
        raise TooLateToReopen
    row.state, row.outcome, row.closed_at, row.rating = CaseState.OURS, None, None, None


def rate(row: Case, stars: int) -> None:
    """1 to 5, of a closed case. Raises NoSuchCase."""
    if row.state != CaseState.CLOSED or not 1 <= stars <= 5:
        raise NoSuchCase
    row.rating = stars


def note_writing(row: Case, now: datetime) -> None:
    """Somebody writes in it: it is not to be cleared away under their hands."""
    row.writing_until = now + WRITING


# The end


async def strip(session: AsyncSession, case_id: CaseId) -> None:
    """Takes the personal part out of a case: what stays is its number, desk, times and outcome."""
    await session.execute(delete(CaseConflict).where(CaseConflict.case_id == case_id))
    await session.execute(
        update(Case)
        .where(Case.id == case_id)
        .values(
            content=None,
            person_id=None,
            assigned_to=None,
            assigned_at=None,
            next_escalation_at=None,
            writing_until=None,
            urgent_at=None,
            urgent_due_at=None,
        )
    )


async def handler_gone(session: AsyncSession, person_id: PersonId) -> None:
    """Of somebody who is erased: their cases go back to the queue, their conflicts are forgotten."""
    await session.execute(update(Case).where(Case.assigned_to == person_id).values(assigned_to=None, assigned_at=None))
    await session.execute(delete(CaseConflict).where(CaseConflict.person_id == person_id))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    found = []
    for row in await cases_of(session, person_id, limit=1_000):
        content = content_of(session, row)
        found.append(
            {
                "number": row.number,
                "desk": row.desk,
                "state": row.state.name.lower(),
                "opened_at": row.opened_at,
                "closed_at": row.closed_at,
                "outcome": row.outcome,
                "rating": row.rating,
                "kind": content.kind,
                "platform": content.platform,
                "on": content.on,
                "name": content.name,
                "answers": content.answers,
            }
        )
    return found
