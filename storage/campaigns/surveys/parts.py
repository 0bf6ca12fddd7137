"""The parts by which the answers to a survey are counted: those on a platform, those in a district.

A part is a condition of people as in storage/people/segments.py. Which parts hold for somebody is found out at each
answer and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import BigInteger, ForeignKey, SmallInteger, String, Table, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns.ids import SurveyId
from storage.database import Base
from storage.engine.fast_statements import run
from storage.people import segments
from storage.people.segments import Condition, Segment
from storage.refusals import Refused
from storage.telegram_ids import PersonId

MOST = 60
EVERYBODY = 0
"""The part that is always there, and has no row."""


class TooManyParts(Refused):
    """More than MOST, or none: there is nothing to break it down by."""


class SurveyPart(Base):
    """`number` counts from 1. `condition` is a segment of one condition, as text."""

    __tablename__ = "survey_parts"

    survey_id: Mapped[SurveyId] = mapped_column(BigInteger, ForeignKey("surveys.id"), primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    breakdown: Mapped[str] = mapped_column(String(20))
    label: Mapped[str] = mapped_column(String(80))
    condition: Mapped[str] = mapped_column(String(500))


_ROWS = cast(Table, SurveyPart.__table__)
_CONDITIONS = (
    select(_ROWS.c.number, _ROWS.c.condition).where(_ROWS.c.survey_id == bindparam("survey")).order_by(_ROWS.c.number)
)


async def of_survey(session: AsyncSession, survey_id: SurveyId) -> Sequence[SurveyPart]:
    """In their order."""
    chosen = select(SurveyPart).where(SurveyPart.survey_id == survey_id).order_by(SurveyPart.number)
    return (await session.scalars(chosen)).all()


async def toggle(
    session: AsyncSession, survey_id: SurveyId, breakdown: str, wanted: Sequence[tuple[str, Condition]]
) -> None:
    """Counts by these labelled conditions, too; or no longer, if it did. The caller holds the survey, which is not
    open yet.

    Raises:
        TooManyParts: see the class.
        ValueError: a condition that the database alone can't decide.
    """
    theirs = (SurveyPart.survey_id == survey_id) & (SurveyPart.breakdown == breakdown)
    if await session.scalar(select(func.count()).select_from(SurveyPart).where(theirs)):
        await session.execute(delete(SurveyPart).where(theirs))
        return
    if any(condition.reads_row for _, condition in wanted):
        raise ValueError(f"{breakdown}: a condition that the database alone can't decide")
    taken = {row.number for row in await of_survey(session, survey_id)}
    if not wanted or len(taken) + len(wanted) > MOST:
        raise TooManyParts
    free = [number for number in range(1, MOST + 1) if number not in taken]
    session.add_all(
        SurveyPart(
            survey_id=survey_id,
            number=number,
            breakdown=breakdown,
            label=label[:80],
            condition=Segment((condition,)).text,
        )
        for number, (label, condition) in zip(free, wanted, strict=False)
    )
    await session.flush()


async def that_hold(session: AsyncSession, survey_id: SurveyId, person_id: PersonId, now: datetime) -> list[int]:
    """The numbers of the parts to which this person belongs, EVERYBODY first."""
    rows = (await run(session, _CONDITIONS, {"survey": survey_id})).all()
    conditions = [condition for row in rows for condition in Segment.parse(row.condition).conditions]
    held = await segments.which_hold(session, conditions, person_id, now) if conditions else []
    return [EVERYBODY, *(row.number for row, holds in zip(rows, held, strict=True) if holds)]
