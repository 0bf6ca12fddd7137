"""The weekly digest of activities: who wants it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.deliveries.queue import insert_from
from storage.deliveries.table import REMINDER
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId

WEEK_DIGEST = "week_digest"
"""The kind of these deliveries."""


class DigestReader(Base):
    __tablename__ = "digest_readers"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)


async def wants(session: AsyncSession, person_id: PersonId) -> bool:
    """Whether the person gets the weekly digest."""
    return await session.get(DigestReader, person_id) is not None


async def switch(session: AsyncSession, person_id: PersonId) -> bool:
    """On or off; True if on now."""
    row = await session.get(DigestReader, person_id)
    if row is None:
        session.add(DigestReader(person_id=person_id))
        return True
    await session.delete(row)
    return False


async def queue_all(session: AsyncSession, now: datetime) -> None:
    """A delivery to each reader who can be reached, by one statement."""
    wanted = (
        select(DigestReader.person_id.label("recipient"))
        .join(PersonRow, PersonRow.id == DigestReader.person_id)
        .where(PersonRow.reachable)
    )
    await insert_from(session, wanted, kind=WEEK_DIGEST, priority=REMINDER, due=now)


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(DigestReader).where(DigestReader.person_id == person_id))
