"""The counters of a survey's answers. No row joins a person to an answer.

All counters of the question are written at each answer, those of the other options with the number they had. So the
versions of the rows (PostgreSQL's xmin, which names the last transaction) say which question was answered last, and not
how.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Select,
    SmallInteger,
    Table,
    Text,
    Update,
    any_,
    bindparam,
    case,
    exists,
    insert,
    select,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import QuestionId, SurveyId
from storage.campaigns.surveys import parts, questions, roll
from storage.campaigns.surveys.questions import Asked, SurveyQuestion
from storage.database import Base
from storage.dialects import is_postgresql
from storage.disclosure import kept
from storage.engine.fast_statements import run
from storage.telegram_ids import PersonId

ANSWERED = 0
"""The counter of whoever answered the question at all; the options count from 1."""


class Tally(Base):
    __tablename__ = "survey_tallies"

    question_id: Mapped[QuestionId] = mapped_column(BigInteger, ForeignKey("survey_questions.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    option: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(default=0)


_QUESTIONS, _TALLIES = (cast(Table, one.__table__) for one in (SurveyQuestion, Tally))


def _numbers(name: str) -> ColumnElement[Sequence[int]]:
    """Several numbers in one parameter, written "{1,2}", whose statement is the same for any number of them."""
    return sql_cast(bindparam(name, type_=Text()), ARRAY(SmallInteger))


def _counting(rises: ColumnElement[bool]) -> Update:
    return _TALLIES.update().values(count=_TALLIES.c.count + case((rises, 1), else_=0))


_COUNT = _counting(_TALLIES.c.option.in_(bindparam("chosen", expanding=True))).where(
    _TALLIES.c.question_id == bindparam("question"), _TALLIES.c.part.in_(bindparam("parts", expanding=True))
)


def _mark_and_count() -> Select[int]:
    """Both at once, on PostgreSQL. Answers to the same question wait for each other, so that none locks what another
    waits for."""
    marked = roll.MARK.cte("marked")
    locked = (
        select(_QUESTIONS.c.id)
        .where(_QUESTIONS.c.id == bindparam("question"), exists(select(marked.c.answered)))
        .with_for_update()
        .cte("locked")
    )
    counted = _counting(_TALLIES.c.option == any_(_numbers("chosen"))).where(
        _TALLIES.c.question_id.in_(select(locked.c.id)), _TALLIES.c.part == any_(_numbers("parts"))
    )
    return select(marked.c.answered).add_cte(counted.cte("counted"))


_MARK_AND_COUNT = _mark_and_count()


async def count_once(
    session: AsyncSession,
    survey_id: SurveyId,
    person_id: PersonId,
    question: Asked,
    chosen: frozenset[int],
    in_parts: Sequence[int],
) -> int | None:
    """Counts the answer of whoever has given none to this question; returns the bits of what they have answered then,
    None if nothing was counted."""
    rising = [ANSWERED, *sorted(chosen)]
    if is_postgresql(session):
        marking = {"survey": survey_id, "person": person_id, "bit": question.bit}
        counting = {"question": question.id, "parts": _written(in_parts), "chosen": _written(rising)}
        bits: int | None = (await run(session, _MARK_AND_COUNT, marking | counting)).scalar()
        return bits
    answered = await roll.mark(session, survey_id, person_id, question.bit)
    if answered is not None:
        await run(session, _COUNT, {"question": question.id, "parts": in_parts, "chosen": rising})
    return answered


def _written(numbers: Sequence[int]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


async def lay_down(session: AsyncSession, survey_id: SurveyId) -> None:
    """A counter for each question, part and option, all at 0."""
    numbers = [parts.EVERYBODY, *(row.number for row in await parts.of_survey(session, survey_id))]
    rows = [
        {"question_id": question.id, "part": part, "option": option, "count": 0}
        for question in await questions.of_survey(session, survey_id)
        for part in numbers
        for option in range(question.wording.size + 1)
    ]
    await session.execute(insert(Tally), rows)


async def round_off(session: AsyncSession, survey_id: SurveyId) -> None:
    """Rounds the counters as they are shown (see storage/disclosure.py). From the close on the database knows no more
    than everybody may see."""
    theirs = select(SurveyQuestion.id).where(SurveyQuestion.survey_id == survey_id)
    await session.execute(
        update(Tally)
        .where(Tally.question_id.in_(theirs))
        .values(count=kept(_TALLIES.c.count))
        .execution_options(synchronize_session=False)
    )
