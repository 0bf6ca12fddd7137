"""Time limits that may apply to cases: until when, by which of storage/cases/time_limits.toml."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import BigInteger, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.cases.ids import CaseId, CaseLimitId
from storage.column_types import BigKey
from storage.database import Base


class CaseLimit(Base):
    """A time limit that may apply to a case. Its reminders are about its number."""

    __tablename__ = "case_limits"

    id: Mapped[CaseLimitId] = mapped_column(BigKey, primary_key=True)
    case_id: Mapped[CaseId] = mapped_column(BigInteger, index=True)
    key: Mapped[str] = mapped_column(String(40))
    ends_on: Mapped[date]


async def add(session: AsyncSession, case_id: CaseId, key: str, ends_on: date) -> CaseLimit:
    """Notes a time limit by its key in time_limits.toml, and the last day on which to act."""
    row = CaseLimit(case_id=case_id, key=key, ends_on=ends_on)
    session.add(row)
    await session.flush()
    return row


async def of_cases(session: AsyncSession, case_ids: Sequence[CaseId]) -> dict[CaseId, list[CaseLimit]]:
    """By case, the soonest first."""
    rows = await session.scalars(
        select(CaseLimit).where(CaseLimit.case_id.in_(case_ids)).order_by(CaseLimit.ends_on, CaseLimit.id)
    )
    found: dict[CaseId, list[CaseLimit]] = {case_id: [] for case_id in case_ids}
    for row in rows:
        found[row.case_id].append(row)
    return found


async def find(session: AsyncSession, limit_id: CaseLimitId) -> CaseLimit | None:
    return await session.get(CaseLimit, limit_id)


async def strip(session: AsyncSession, case_id: CaseId) -> None:
    """Removes those of a case."""
    await session.execute(delete(CaseLimit).where(CaseLimit.case_id == case_id))
