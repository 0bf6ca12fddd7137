"""Forms of desks that were put aside, to go on with later: one a person and desk."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson
from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.dialogues import VERSION, Filled, as_stored, copy_of_filled, filled_from
from storage.telegram_ids import PersonId

KEPT = timedelta(days=30)


class CaseDraft(Base):
    __tablename__ = "case_drafts"
    __table_args__ = (UniqueConstraint("person_id", "desk"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    desk: Mapped[str] = mapped_column(String(15))
    answers: Mapped[bytes] = mapped_column(Sealed(("person_id", "desk")))
    at: Mapped[datetime] = mapped_column(index=True)


async def save(session: AsyncSession, person_id: PersonId, desk: str, filled: Filled, now: datetime) -> None:
    """In place of an earlier one for this desk."""
    await drop(session, person_id, desk)
    row = CaseDraft(person_id=person_id, desk=desk, answers=b"", at=now)
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, CaseDraft.answers, orjson.dumps(as_stored(filled)))


async def find(session: AsyncSession, person_id: PersonId, desk: str, now: datetime) -> Filled | None:
    """Returns the draft for a desk if it is not older than KEPT."""
    row = await session.scalar(
        select(CaseDraft).where(CaseDraft.person_id == person_id, CaseDraft.desk == desk, CaseDraft.at > now - KEPT)
    )
    return None if row is None else _filled(session, row)


async def has_any(session: AsyncSession, person_id: PersonId, now: datetime) -> bool:
    """Whether this person has put a form aside, for whichever desk."""
    found = select(CaseDraft.id).where(CaseDraft.person_id == person_id, CaseDraft.at > now - KEPT).limit(1)
    return await session.scalar(found) is not None


def _filled(session: AsyncSession, row: CaseDraft) -> Filled:
    stored = orjson.loads(sealed_columns.opened(session, row, CaseDraft.answers))
    return filled_from(stored if stored.get("version") == VERSION else {"answers": stored})


async def drop(session: AsyncSession, person_id: PersonId, desk: str) -> None:
    await session.execute(delete(CaseDraft).where(CaseDraft.person_id == person_id, CaseDraft.desk == desk))
    await session.flush()


async def forget(session: AsyncSession, now: datetime) -> None:
    """Removes drafts that are older than KEPT."""
    await session.execute(delete(CaseDraft).where(CaseDraft.at < now - KEPT))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(CaseDraft).where(CaseDraft.person_id == person_id))
    return [{"desk": row.desk, "saved_at": row.at, **copy_of_filled(_filled(session, row))} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(CaseDraft).where(CaseDraft.person_id == person_id))
