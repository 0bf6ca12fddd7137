"""The questions of a survey and their order. Whoever changes them holds the survey (`surveys.find_prepared`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import QuestionId, SurveyId
from storage.campaigns.surveys import wording as wordings
from storage.campaigns.surveys.wording import Wording
from storage.column_types import BigKey
from storage.database import Base
from storage.refusals import Refused

MOST = 9


class NoSuchQuestion(Refused):
    """It is gone."""


class TooManyQuestions(Refused):
    """More than MOST."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is answered. `position` counts from 1."""

    id: QuestionId
    position: int
    wording: Wording

    @property
    def bit(self) -> int:
        """Its bit in what somebody has answered."""
        return 1 << (self.position - 1)


class SurveyQuestion(Base):
    """`position` counts from 1; once the survey is open it stays, since the roll has a bit for it."""

    __tablename__ = "survey_questions"

    id: Mapped[QuestionId] = mapped_column(BigKey, primary_key=True)
    survey_id: Mapped[SurveyId] = mapped_column(BigInteger, ForeignKey("surveys.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    content: Mapped[str] = mapped_column(String(4_000))

    @property
    def wording(self) -> Wording:
        return wordings.opened(self.content)

    @property
    def asked(self) -> Asked:
        return Asked(self.id, self.position, self.wording)


async def find(session: AsyncSession, question_id: QuestionId) -> SurveyQuestion:
    """Raises NoSuchQuestion."""
    row = await session.get(SurveyQuestion, question_id)
    if row is None:
        raise NoSuchQuestion
    return row


async def of_survey(session: AsyncSession, survey_id: SurveyId) -> Sequence[SurveyQuestion]:
    """In their order."""
    chosen = select(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id).order_by(SurveyQuestion.position)
    return (await session.scalars(chosen)).all()


async def add(session: AsyncSession, survey_id: SurveyId, wording: Wording) -> SurveyQuestion:
    """At the end.

    Raises:
        TooManyQuestions, BadQuestion: see the classes.
    """
    wordings.check(wording)
    before = await of_survey(session, survey_id)
    if len(before) >= MOST:
        raise TooManyQuestions
    row = SurveyQuestion(survey_id=survey_id, position=len(before) + 1, content=wording.stored)
    session.add(row)
    await session.flush()
    return row


async def change(session: AsyncSession, question_id: QuestionId, wording: Wording) -> SurveyQuestion:
    """Raises NoSuchQuestion, BadQuestion: see the classes."""
    wordings.check(wording)
    row = await find(session, question_id)
    row.content = wording.stored
    return row


async def remove(session: AsyncSession, question_id: QuestionId) -> None:
    """Those behind it move up.

    Raises:
        NoSuchQuestion: see the class.
    """
    row = await find(session, question_id)
    rest = [one for one in await of_survey(session, row.survey_id) if one is not row]
    await session.delete(row)
    _number(rest)


async def move(session: AsyncSession, question_id: QuestionId, by: int) -> SurveyQuestion:
    """By so many places to the end (or, if negative, to the beginning), as far as there are any.

    Raises:
        NoSuchQuestion: see the class.
    """
    row = await find(session, question_id)
    rest = [one for one in await of_survey(session, row.survey_id) if one is not row]
    at = min(max(row.position - 1 + by, 0), len(rest))
    _number([*rest[:at], row, *rest[at:]])
    return row


async def replace_all(session: AsyncSession, survey_id: SurveyId, wanted: Sequence[Wording]) -> None:
    """These in place of all that there were.

    Raises:
        TooManyQuestions, BadQuestion: see the classes.
    """
    if len(wanted) > MOST:
        raise TooManyQuestions
    await session.execute(delete(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id))
    for wording in wanted:
        await add(session, survey_id, wording)


def _number(rows: Sequence[SurveyQuestion]) -> None:
    for position, row in enumerate(rows, 1):
        row.position = position
