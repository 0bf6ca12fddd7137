"""The judges of a contest: named for this one contest, from outside too.

A judge who leaves goes from here; the scores that they gave stay with the entries, under nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey
from storage.contests.contests import Contest, Phase
from storage.contests.ids import ContestId, JudgeId
from storage.database import Base
from storage.dialects import add_new
from storage.phases import State
from storage.refusals import Repeated
from storage.telegram_ids import PersonId


class JudgeAlready(Repeated):
    """This person is a judge of the contest already."""


class NoSuchJudge(Repeated):
    """They do not judge this contest, or not any more."""


class Judge(Base):
    __tablename__ = "contest_judges"
    __table_args__ = (UniqueConstraint("contest_id", "person_id"),)

    id: Mapped[JudgeId] = mapped_column(BigKey, primary_key=True)
    contest_id: Mapped[ContestId] = mapped_column(BigInteger, ForeignKey("contests.id"))
    person_id: Mapped[PersonId | None] = mapped_column(index=True)
    is_dismissed: Mapped[bool] = mapped_column(default=False)


async def name(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Judge:
    """Makes this person a judge, or again one. Raises JudgeAlready: see the class."""
    is_new = await add_new(session, Judge, contest_id=contest_id, person_id=person_id)
    theirs = (Judge.contest_id == contest_id) & (Judge.person_id == person_id)
    row = (await session.scalars(select(Judge).where(theirs).with_for_update())).one()
    if not is_new and not row.is_dismissed:
        raise JudgeAlready
    row.is_dismissed = False
    await session.flush()
    return row


async def of_contest(session: AsyncSession, contest_id: ContestId) -> Sequence[Judge]:
    """Those who judge, in the order in which they were named."""
    chosen = select(Judge).where(Judge.contest_id == contest_id, ~Judge.is_dismissed, Judge.person_id.is_not(None))
    return (await session.scalars(chosen.order_by(Judge.id))).all()


async def find(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Judge | None:
    """This person as a judge of the contest; None if they are none (any more)."""
    row = await _row(session, contest_id, person_id)
    return None if row is None or row.is_dismissed else row


async def judged_by(session: AsyncSession, person_id: PersonId) -> Sequence[Contest]:
    """The contests in which this person has to judge now."""
    chosen = (
        select(Contest)
        .join(Judge, Judge.contest_id == Contest.id)
        .where(Judge.person_id == person_id, ~Judge.is_dismissed)
        .where(Contest.phase == Phase.JUDGING, Contest.state == State.RUNNING)
    )
    return (await session.scalars(chosen.order_by(Contest.id))).all()


async def get(session: AsyncSession, contest_id: ContestId, judge_id: JudgeId) -> Judge:
    """One who judges this contest. Raises NoSuchJudge: see the class."""
    row = await session.get(Judge, judge_id)
    if row is None or row.contest_id != contest_id or row.is_dismissed:
        raise NoSuchJudge
    return row


async def of_person(session: AsyncSession, person_id: PersonId) -> Sequence[Judge]:
    """All contests of which this person is or was a judge."""
    return (await session.scalars(select(Judge).where(Judge.person_id == person_id).order_by(Judge.id))).all()


async def forget(session: AsyncSession, person_id: PersonId) -> None:
    """That this person was a judge."""
    await session.execute(update(Judge).where(Judge.person_id == person_id).values(person_id=None, is_dismissed=True))


async def _row(session: AsyncSession, contest_id: ContestId, person_id: PersonId) -> Judge | None:
    return await session.scalar(select(Judge).where(Judge.contest_id == contest_id, Judge.person_id == person_id))
