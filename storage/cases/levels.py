"""Cases that are decided level by level: unit, city, province.

At each level one reviewer has the case in hand, and approves, asks back or refuses with a reason. An approval takes it
to the next level and out of the reviewer's hands and sight: nobody decides on the same case twice. The primary key of
the decisions says that a level is decided once; the level itself stands in the seal of the case
(storage/cases/parties.py), so that nobody takes a case past a level by writing to the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.cases import access, cases
from storage.cases.desks import Desk, Desks
from storage.cases.ids import CaseId
from storage.cases.table import Case, CaseState, NoSuchCase, Outcome
from storage.column_types import Sealed, StrEnumColumn
from storage.database import Base
from storage.refusals import Repeated
from storage.telegram_ids import PersonId


class Verdict(StrEnum):
    APPROVED = "approved"
    REFUSED = "refused"


class LevelDecided(Repeated):
    """The case is at another level than the reviewer saw it at."""


class CaseDecision(Base):
    """Who decided is in the audit log alone."""

    __tablename__ = "case_decisions"

    case_id: Mapped[CaseId] = mapped_column(BigInteger, ForeignKey("cases.id"), primary_key=True)
    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    verdict: Mapped[Verdict] = mapped_column(StrEnumColumn(Verdict, 10))
    at: Mapped[datetime]
    reason: Mapped[bytes | None] = mapped_column(Sealed, default=None)


def begin(row: Case, place: str, now: datetime) -> None:
    """A new case goes to the first level; `place` is what was answered about it, empty where nothing was asked."""
    row.level, row.level_since, row.place = 1, now, place


async def claim(session: AsyncSession, case_id: CaseId, handler: PersonId, desks: Desks, now: datetime) -> Case:
    """Takes a case of these desks into hand, if it is at a level of this handler; of two who press, one gets it.

    Raises:
        NoSuchCase, CaseInDoubt, CaseTaken, CaseClosed: see the classes.
    """
    row = await access.visible_for_update(session, case_id, handler, list(desks))
    if not desks[row.desk].is_handled_by(handler, row.level, row.place):
        raise NoSuchCase
    return await cases.claim(session, case_id, handler, list(desks), now)


@dataclass(frozen=True, slots=True)
class Step:
    """What a reviewer decides about: a case as they saw it, at a level."""

    case_id: CaseId
    level: int
    reviewer: PersonId


async def approve(session: AsyncSession, step: Step, desk: Desk, due_at: datetime, now: datetime) -> Case:
    """Takes the case to the next level, where a decision is `due_at`; after the last one it is closed as approved.

    Raises:
        NoSuchCase, CaseClosed, LevelDecided: see the classes.
    """
    row = await _decided(session, step, desk, Verdict.APPROVED, now)
    if row.level >= len(desk.levels):
        cases.close(row, Outcome.APPROVED, now)
        return row
    await cases.mark_conflict(session, row, step.reviewer)
    row.level, row.level_since, row.state = row.level + 1, now, CaseState.OURS
    row.due_at = row.next_escalation_at = due_at
    row.escalation_level = 0
    return row


async def refuse(session: AsyncSession, step: Step, desk: Desk, reason: str, now: datetime) -> Case:
    """Closes the case as refused.

    Raises:
        NoSuchCase, CaseClosed, LevelDecided: see the classes.
    """
    row = await _decided(session, step, desk, Verdict.REFUSED, now, reason)
    cases.close(row, Outcome.REFUSED, now)
    return row


async def _decided(
    session: AsyncSession, step: Step, desk: Desk, verdict: Verdict, now: datetime, reason: str = ""
) -> Case:
    row = await access.of_handler_for_update(session, step.case_id, step.reviewer)
    cases.require_open(row)
    if not row.level or row.level != step.level:
        raise LevelDecided
    if row.desk != desk.key or not desk.is_handled_by(step.reviewer, row.level, row.place):
        raise NoSuchCase
    decision = CaseDecision(case_id=row.id, level=row.level, verdict=verdict, at=now)
    if reason:
        sealed_columns.seal(session, decision, CaseDecision.reason, reason.encode())
    session.add(decision)
    row.first_answer_at = row.first_answer_at or now
    await session.flush()
    return row


async def decisions(session: AsyncSession, case_id: CaseId) -> Sequence[CaseDecision]:
    """Those of a case, the first level first."""
    rows = await session.scalars(
        select(CaseDecision).where(CaseDecision.case_id == case_id).order_by(CaseDecision.level)
    )
    return rows.all()


def reason_of(session: AsyncSession, row: CaseDecision) -> str:
    """Empty if none was given, or it is gone."""
    return "" if row.reason is None else sealed_columns.opened(session, row, CaseDecision.reason).decode()


def run_clock(row: Case, now: datetime) -> None:
    """The question that stopped the clock was answered: what was left of the time is left now."""
    left = max(row.due_at - row.last_at, timedelta())
    row.due_at = row.next_escalation_at = now + left


async def strip(session: AsyncSession, case_id: CaseId) -> None:
    """Takes the reasons out; that and when it was decided stays."""
    for row in await decisions(session, case_id):
        row.reason = None
