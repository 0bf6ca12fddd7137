"""Who can answer a survey, and which of its questions each has answered: one row a person, laid down at the opening.

A row has no time, and nothing about an answer. The rows are gone soon after the close.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import (
    BigInteger,
    CursorResult,
    ForeignKey,
    SmallInteger,
    Table,
    bindparam,
    delete,
    func,
    literal,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys.surveys import Survey
from storage.database import Base
from storage.dialects import insert_into
from storage.engine.fast_statements import run
from storage.people import segments
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

CHUNK, CHUNK_READ = 5_000, 500
"""People who are looked at in one step, by the database alone and where their rows are read: some 20 ms."""


class RollRow(Base):
    """`answered` has a bit for each question (`SurveyQuestion.bit`)."""

    __tablename__ = "survey_roll"

    survey_id: Mapped[SurveyId] = mapped_column(BigInteger, ForeignKey("surveys.id"), primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False, index=True)
    answered: Mapped[int] = mapped_column(SmallInteger, default=0)


_ROWS = cast(Table, RollRow.__table__)
_THEIRS = (_ROWS.c.survey_id == bindparam("survey")) & (_ROWS.c.person_id == bindparam("person"))
_BIT = bindparam("bit", type_=SmallInteger)
_BITS = select(_ROWS.c.answered).where(_THEIRS)
MARK = (
    _ROWS.update()
    .where(_THEIRS, _ROWS.c.answered.bitwise_and(_BIT) == 0)
    .values(answered=_ROWS.c.answered.bitwise_or(_BIT))
    .returning(_ROWS.c.answered)
)
"""Sets the bit, if it is not set."""


async def lay_on(
    session: AsyncSession, survey_id: SurveyId, segment: Segment, after: PersonId, now: datetime
) -> PersonId | None:
    """Lays down the rows of the next people after an id; returns up to whom, None if nobody is left."""
    last = await segments.end_of_page(session, after, CHUNK_READ if segment.reads_rows else CHUNK)
    if last is None:
        return None
    if segment.reads_rows:
        found = await segments.page(session, segment, after, last, now)
        session.add_all(RollRow(survey_id=survey_id, person_id=one.id, answered=0) for one in found)
        return last
    columns = (literal(survey_id, BigInteger), PersonRow.id, literal(0, SmallInteger))
    chosen = select(*columns).where(segments.between(after, last), *segment.in_sql(session, now))
    names = [RollRow.survey_id, RollRow.person_id, RollRow.answered]
    await session.execute(insert_into(session, RollRow).from_select(names, chosen).on_conflict_do_nothing())
    return last


async def answered_by(session: AsyncSession, survey_id: SurveyId, person_id: PersonId) -> int | None:
    """The bits of what this person has answered; None: they can't answer."""
    bits: int | None = (await run(session, _BITS, {"survey": survey_id, "person": person_id})).scalar()
    return bits


async def mark(session: AsyncSession, survey_id: SurveyId, person_id: PersonId, bit: int) -> int | None:
    """Sets a bit; returns all bits then, None if it was set, or they can't answer."""
    values = {"survey": survey_id, "person": person_id, "bit": bit}
    bits: int | None = (await run(session, MARK, values)).scalar()
    return bits


async def sizes(session: AsyncSession, survey_id: SurveyId) -> tuple[int, int]:
    """How many people can answer, and how many have answered anything."""
    counted = select(func.count(), func.count().filter(RollRow.answered != 0)).where(RollRow.survey_id == survey_id)
    size, answered = (await session.execute(counted)).one()
    return int(size), int(answered)


async def clear_some(session: AsyncSession, survey_id: SurveyId) -> bool:
    """Removes some of the rows of a survey; True if there may be more."""
    some = select(RollRow.person_id).where(RollRow.survey_id == survey_id).limit(CHUNK)
    removed = await session.execute(
        delete(RollRow)
        .where(RollRow.survey_id == survey_id, RollRow.person_id.in_(some))
        .execution_options(synchronize_session=False)
    )
    assert isinstance(removed, CursorResult)
    return removed.rowcount >= CHUNK


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, int]]:
    """In which open surveys this person has answered how many questions."""
    rows: Sequence[RollRow] = (await session.scalars(select(RollRow).where(RollRow.person_id == person_id))).all()
    return [{"survey": row.survey_id, "questions_answered": row.answered.bit_count()} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """What was counted stays counted: nobody can tell which part of it was theirs."""
    await segments.forget_ends(session, person_id, Survey.roll_to)
    await session.execute(delete(RollRow).where(RollRow.person_id == person_id))
