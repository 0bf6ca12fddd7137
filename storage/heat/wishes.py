"""Who wants to hear of days of a rule, and of which area: a topic that riders choose for themselves."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base
from storage.telegram_ids import PersonId


class WeatherWish(Base):
    __tablename__ = "weather_wishes"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    area: Mapped[str] = mapped_column(String(15), index=True)


async def of(session: AsyncSession, person_id: PersonId) -> str | None:
    """The key of the area that this person wants to hear of."""
    return await session.scalar(select(WeatherWish.area).where(WeatherWish.person_id == person_id))


async def want(session: AsyncSession, person_id: PersonId, area: str) -> None:
    await session.merge(WeatherWish(person_id=person_id, area=area))


async def stop(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(WeatherWish).where(WeatherWish.person_id == person_id))


erase = stop


async def counts(session: AsyncSession) -> Mapping[str, int]:
    """How many want to hear of each area; for coordinators, by storage/disclosure."""
    rows = await session.execute(select(WeatherWish.area, func.count()).group_by(WeatherWish.area))
    return {row[0]: row[1] for row in rows}


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[str]:
    area = await of(session, person_id)
    return [] if area is None else [area]
