"""What broadcasts are about, and what each person does not want to hear of."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import StrEnumColumn
from storage.database import Base
from storage.telegram_ids import PersonId


class Topic(StrEnum):
    """What riders can mute. URGENT ones can't be muted."""

    ACTIVITIES = "activities"
    NEWS = "news"
    SURVEYS = "surveys"
    TRAINING = "training"
    URGENT = "urgent"


class Mute(Base):
    __tablename__ = "mutes"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    topic: Mapped[Topic] = mapped_column(StrEnumColumn(Topic, 20), primary_key=True)


async def mute(session: AsyncSession, person_id: PersonId, topic: Topic) -> bool:
    """Mutes or unmutes; True if it is muted now. URGENT stays."""
    if topic is Topic.URGENT:
        return False
    row = await session.get(Mute, (person_id, topic))
    if row is None:
        session.add(Mute(person_id=person_id, topic=topic))
        return True
    await session.delete(row)
    return False


async def muted_topics(session: AsyncSession, person_id: PersonId) -> set[Topic]:
    """Returns what the person has muted."""
    return set(await session.scalars(select(Mute.topic).where(Mute.person_id == person_id)))


async def muted_among(session: AsyncSession, ids: Sequence[PersonId], topic: Topic) -> set[PersonId]:
    """Which of these people (in the order of the table of people) do not want the topic."""
    if topic is Topic.URGENT or not ids:
        return set()
    rows = await session.scalars(
        select(Mute.person_id).where(Mute.topic == topic, Mute.person_id.between(ids[0], ids[-1]))
    )
    return set(rows)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[str]:
    return sorted(await muted_topics(session, person_id))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Mute).where(Mute.person_id == person_id))
