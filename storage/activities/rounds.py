"""Sessions or rounds within one activity (heats, semi-final, final), and who goes on to the next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import BigInteger, SmallInteger, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityId, SignUpId
from storage.activities.sign_ups import PlaceState, SignUp
from storage.database import Base, Refused


class NoSuchRound(Refused):
    """The activity has no such round."""


class Round(Base):
    """Round 1 is for everybody who has a place; the others for whom `advance` has chosen."""

    __tablename__ = "activity_rounds"

    activity_id: Mapped[ActivityId] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(80))
    starts_at: Mapped[datetime]


async def add(session: AsyncSession, activity_id: ActivityId, title: str, starts_at: datetime) -> Round:
    """The next round."""
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
    row = await session.get(Round, (activity_id, number))
    if row is None:
        raise NoSuchRound
    return row


async def advance(session: AsyncSession, activity_id: ActivityId, sign_up_id: SignUpId, number: int) -> SignUp | None:
    """Lets somebody go on to this round and returns their row; or takes that back, and returns None.

    Raises:
        NoSuchRound: see the class; also for somebody who has no place.
    """
    await find(session, activity_id, number)
    row = await session.get(SignUp, sign_up_id, with_for_update=True)
    if row is None or row.activity_id != activity_id or row.state != PlaceState.PLACED or number < 2:
        raise NoSuchRound
    row.round = number if row.round < number else number - 1
    await session.flush()
    return row if row.round == number else None


async def participants(session: AsyncSession, activity_id: ActivityId, number: int) -> Sequence[SignUp]:
    """Those who take part in this round."""
    rows = await session.scalars(
        select(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state == PlaceState.PLACED, SignUp.round >= number)
        .order_by(SignUp.at, SignUp.id)
    )
    return rows.all()
