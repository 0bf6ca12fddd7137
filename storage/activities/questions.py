"""What riders ask an organiser. The organiser answers by the question's number and never learns who asked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.activities.ids import ActivityId, QuestionId
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.privacy.retention import forget_some
from storage.refusals import Refused
from storage.telegram_ids import PersonId

KEPT = timedelta(days=30)
MOST_PER_HOUR = 5


class TooManyQuestions(Refused):
    """More than MOST_PER_HOUR of one person."""


class ActivityQuestion(Base):
    __tablename__ = "activity_questions"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (an answer must never reach a later asker)

    id: Mapped[QuestionId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    text: Mapped[bytes] = mapped_column(Sealed(("activity_id", "person_id")))
    at: Mapped[datetime] = mapped_column(index=True)


async def ask(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, text: str, now: datetime
) -> ActivityQuestion:
    """Keeps a question to the organiser, sealed.

    Raises:
        TooManyQuestions: see the class.
    """
    recent = (ActivityQuestion.person_id == person_id) & (ActivityQuestion.at > now - timedelta(hours=1))
    if (await session.scalar(select(func.count()).select_from(ActivityQuestion).where(recent)) or 0) >= MOST_PER_HOUR:
        raise TooManyQuestions
    row = ActivityQuestion(activity_id=activity_id, person_id=person_id, text=b"", at=now)
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, ActivityQuestion.text, text.encode())
    return row


async def find(session: AsyncSession, question_id: QuestionId) -> ActivityQuestion | None:
    return await session.get(ActivityQuestion, question_id)


def text_of(session: AsyncSession, row: ActivityQuestion) -> str:
    """What was asked, unsealed."""
    return sealed_columns.opened(session, row, ActivityQuestion.text).decode()


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Removes some of the questions that are older than KEPT; True if there may be more."""
    return await forget_some(session, ActivityQuestion, ActivityQuestion.at < now - KEPT)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    rows = await session.scalars(select(ActivityQuestion).where(ActivityQuestion.person_id == person_id))
    return [{"activity": row.activity_id, "at": row.at, "text": text_of(session, row)} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(ActivityQuestion).where(ActivityQuestion.person_id == person_id))
