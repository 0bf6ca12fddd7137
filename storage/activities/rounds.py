"""Sessions or rounds within one activity (heats, semi-final, final), and who goes on to the next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Select, SmallInteger, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities import activities
from storage.activities.activities import NoSuchActivity
from storage.activities.ids import ActivityId, SignUpId
from storage.activities.participants import PlaceState, SignUp
from storage.database import Base
from storage.refusals import Refused
from storage.telegram_ids import PersonId

_LAST = (1 << 15) - 1
"""PostgreSQL raises where a column is asked for a number that it can't hold."""


class NoSuchRound(Refused):
    """The activity has no such round."""


class Round(Base):
    """Round 1 is for everybody who has a place; the others whom `select_for` has chosen."""

    __tablename__ = "activity_rounds"

    activity_id: Mapped[ActivityId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]


async def add(session: AsyncSession, activity_id: ActivityId, title: str, starts_at: datetime) -> Round:
    """The next round; of two that are added at once, one comes after the other. Raises NoSuchActivity."""
    if await activities.find_for_update(session, activity_id) is None:
        raise NoSuchActivity
    last = await session.scalar(select(func.max(Round.number)).where(Round.activity_id == activity_id))
    row = Round(activity_id=activity_id, number=(last or 0) + 1, title=title, starts_at=starts_at)
    session.add(row)
    await session.flush()
    return row


async def of(session: AsyncSession, activity_id: ActivityId) -> list[Round]:
    rows = await session.scalars(select(Round).where(Round.activity_id == activity_id).order_by(Round.number))
    return list(rows)


async def find(session: AsyncSession, activity_id: ActivityId, number: int) -> Round:
    """Raises NoSuchRound."""
    row = await session.get(Round, (activity_id, number)) if 0 < number <= _LAST else None
    if row is None:
        raise NoSuchRound
    return row


@dataclass(frozen=True, slots=True)
class Selection:
    """Who goes on to a round and did not before, and the other way round."""

    round: Round
    added: Sequence[PersonId]
    dropped: Sequence[PersonId]


async def select_for(
    session: AsyncSession, activity_id: ActivityId, number: int, chosen: Collection[SignUpId]
) -> Selection:
    """Lets these people of the round before go on to this round, and nobody else.

    Raises:
        NoSuchRound: see the class; also for the first, which is for everybody.
    """
    this = await find(session, activity_id, number)
    if number < 2:
        raise NoSuchRound
    added: list[PersonId] = []
    dropped: list[PersonId] = []
    rows = await session.scalars(_participants(activity_id, number - 1).with_for_update())
    for row in rows:
        if (row.round >= number) is (row.id in chosen):
            continue
        (added if row.id in chosen else dropped).append(row.person_id)
        row.round = number if row.id in chosen else number - 1
    await session.flush()
    return Selection(this, added, dropped)


async def participants(session: AsyncSession, activity_id: ActivityId, number: int) -> Sequence[SignUp]:
    """Those who take part in this round."""
    return (await session.scalars(_participants(activity_id, number))).all()


def _participants(activity_id: ActivityId, number: int) -> Select[SignUp]:
    return (
        select(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state == PlaceState.PLACED, SignUp.round >= number)
        .order_by(SignUp.at, SignUp.id)
    )
