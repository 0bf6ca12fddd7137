"""In which case somebody writes now, as its rider or as its handler: what they say in the chat goes there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.cases.ids import CaseId
from storage.database import Base
from storage.dialects import insert_into
from storage.telegram_ids import PersonId


class CaseContext(Base):
    __tablename__ = "case_contexts"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    case_id: Mapped[CaseId] = mapped_column(BigInteger, index=True)
    at: Mapped[datetime]


async def enter(session: AsyncSession, person_id: PersonId, case_id: CaseId, now: datetime) -> None:
    """Lets everything that the person writes go into this case, in place of any other."""
    values = {"case_id": case_id, "at": now}
    statement = insert_into(session, CaseContext).values(person_id=person_id, **values)
    await session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))


async def enter_if_free(session: AsyncSession, person_id: PersonId, case_id: CaseId, now: datetime) -> None:
    """Into this case, unless they write in one already."""
    statement = insert_into(session, CaseContext).values(person_id=person_id, case_id=case_id, at=now)
    await session.execute(statement.on_conflict_do_nothing(index_elements=["person_id"]))


async def leave(session: AsyncSession, person_id: PersonId, case_id: CaseId | None = None) -> bool:
    """Out of this case, or out of any; False if the person was in none."""
    chosen = CaseContext.person_id == person_id
    if case_id is not None:
        chosen &= CaseContext.case_id == case_id
    result = await session.execute(delete(CaseContext).where(chosen).returning(CaseContext.case_id))
    return bool(result.all())


async def leave_all(session: AsyncSession, case_id: CaseId) -> list[PersonId]:
    """Everybody out of a case that is closed; returns whom."""
    result = await session.execute(
        delete(CaseContext).where(CaseContext.case_id == case_id).returning(CaseContext.person_id)
    )
    return list(result.scalars())


async def current(session: AsyncSession, person_id: PersonId) -> CaseId | None:
    """The case in which this person writes now."""
    return await session.scalar(select(CaseContext.case_id).where(CaseContext.person_id == person_id))
