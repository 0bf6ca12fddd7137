"""Answering: a flag on the roll, and counters. No row joins a person to an answer.

All counters of the question are written at each answer, those of the other options with the number they had. So the
versions of the rows (PostgreSQL's xmin, which names the last transaction) say which question was answered last, and not
how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

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

from storage.campaigns import campaigns
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import parts, questions, roll
from storage.campaigns.surveys import wording as wordings
from storage.campaigns.surveys.parts import SurveyPart
from storage.campaigns.surveys.questions import Asked, NoSuchQuestion, SurveyQuestion
from storage.campaigns.surveys.surveys import NoSuchSurvey, State, Survey
from storage.campaigns.surveys.wording import Kind
from storage.database import Base
from storage.dialects import is_postgresql
from storage.disclosure import kept
from storage.engine.fast_statements import Row, run
from storage.people import segments
from storage.people.segments import Segment
from storage.phases import State as CampaignState
from storage.refusals import Refused
from storage.telegram_ids import PersonId

ANSWERED = 0
"""The counter of whoever answered the question at all; the options count from 1."""


class SurveyClosed(Refused):
    """It is over, or its closing time has passed, or it is not open yet."""


class NotOnRoll(Refused):
    """They came after the opening."""


class NotAnOption(Refused):
    """No such answer to this question, or too many of them."""


class Tally(Base):
    __tablename__ = "survey_tallies"

    question_id: Mapped[QuestionId] = mapped_column(BigInteger, ForeignKey("survey_questions.id"), primary_key=True)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    option: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A survey as somebody fills it in: its questions, and the bits of those that are answered."""

    campaign_id: CampaignId
    title: str
    other_title: str
    questions: Sequence[Asked]
    answered: int

    @property
    def next(self) -> Asked | None:
        """The first that has no answer."""
        return next((one for one in self.questions if not self.answered & one.bit), None)


class _State(Protocol):
    """What decides whether a survey can be answered."""

    @property
    def campaign_id(self) -> CampaignId: ...
    @property
    def state(self) -> State: ...
    @property
    def closes_at(self) -> datetime: ...


_QUESTIONS, _SURVEYS, _TALLIES, _CAMPAIGNS, _PARTS = (
    cast(Table, one.__table__) for one in (SurveyQuestion, Survey, Tally, campaigns.Campaign, SurveyPart)
)
_ASKED = (
    select(
        _QUESTIONS.c.id,
        _QUESTIONS.c.position,
        _QUESTIONS.c.content,
        _SURVEYS.c.id.label("survey_id"),
        _SURVEYS.c.campaign_id,
        _SURVEYS.c.title,
        _SURVEYS.c.other_title,
        _SURVEYS.c.state,
        _SURVEYS.c.closes_at,
        _CAMPAIGNS.c.state.label("campaign_state"),
        _CAMPAIGNS.c.segment,
        exists().where(_PARTS.c.survey_id == _SURVEYS.c.id).label("has_parts"),
    )
    .select_from(
        _SURVEYS.join(_CAMPAIGNS, _CAMPAIGNS.c.id == _SURVEYS.c.campaign_id).outerjoin(
            _QUESTIONS, _QUESTIONS.c.survey_id == _SURVEYS.c.id
        )
    )
    .order_by(_QUESTIONS.c.position)
)
"""The questions of a survey, each with the survey and its campaign."""
_OF_SURVEY = _ASKED.where(_SURVEYS.c.id == bindparam("survey"))
_ANSWERED = _QUESTIONS.alias("answered")
_OF_QUESTION = _ASKED.where(
    _SURVEYS.c.id == select(_ANSWERED.c.survey_id).where(_ANSWERED.c.id == bindparam("question")).scalar_subquery()
).with_for_update(read=True, of=_SURVEYS)
"""The same of the survey of a question, which can't be closed until the transaction ends."""


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


async def require_open(session: AsyncSession, row: _State, person_id: PersonId, now: datetime) -> None:
    """Whether this person may answer it now.

    Raises:
        NoSuchCampaign: it is not for them.
        SurveyClosed: see the class.
    """
    campaign = await campaigns.find_for(session, row.campaign_id, person_id, now)
    _check_open(row, campaign.state, now)


def _check_open(row: _State, campaign_state: CampaignState, now: datetime) -> None:
    if row.state is not State.OPEN or row.closes_at <= now or campaign_state is not CampaignState.RUNNING:
        raise SurveyClosed


async def _is_for(session: AsyncSession, text: str, person_id: PersonId, now: datetime) -> bool:
    """Whether the segment of a campaign has this person, of whom a row on the roll is asked for next."""
    segment = Segment.parse(text)
    if segment.reads_rows:
        return await segments.includes(session, segment, person_id, now)
    return not segment.conditions or all(await segments.which_hold(session, segment.conditions, person_id, now))


async def sheet_of(session: AsyncSession, survey_id: SurveyId, person_id: PersonId, now: datetime) -> Sheet:
    """What there is to answer.

    Raises:
        NoSuchSurvey, NoSuchCampaign, SurveyClosed, NotOnRoll: see the classes.
    """
    rows = (await run(session, _OF_SURVEY, {"survey": survey_id})).all()
    if not rows:
        raise NoSuchSurvey
    await _check_may_answer(session, rows[0], person_id, now)
    return await _sheet(session, rows, person_id)


async def _sheet(session: AsyncSession, rows: Sequence[Row], person_id: PersonId) -> Sheet:
    answered = await roll.answered_by(session, rows[0].survey_id, person_id)
    if answered is None:
        raise NotOnRoll
    return _filled(rows, answered)


def _filled(rows: Sequence[Row], answered: int) -> Sheet:
    asked = [Asked(row.id, row.position, wordings.opened(row.content)) for row in rows]
    return Sheet(rows[0].campaign_id, rows[0].title, rows[0].other_title, asked, answered)


async def _check_may_answer(session: AsyncSession, row: Row, person_id: PersonId, now: datetime) -> None:
    if row.campaign_state is CampaignState.PREPARED or not await _is_for(session, row.segment, person_id, now):
        raise campaigns.NoSuchCampaign
    _check_open(row, row.campaign_state, now)


async def answer(
    session: AsyncSession, question_id: QuestionId, chosen: frozenset[int], person_id: PersonId, now: datetime
) -> tuple[Sheet, bool]:
    """Counts these options, which count from 1; returns what there is to answer then, and whether it was counted: a
    question is answered once.

    Raises:
        NoSuchQuestion, NoSuchCampaign, SurveyClosed, NotOnRoll, NotAnOption: see the classes.
    """
    rows = (await run(session, _OF_QUESTION, {"question": question_id})).all()
    if not rows:
        raise NoSuchQuestion
    survey_id = rows[0].survey_id
    await _check_may_answer(session, rows[0], person_id, now)
    row = next(one for one in rows if one.id == question_id)
    question = Asked(row.id, row.position, wordings.opened(row.content))
    _check(question, chosen)
    in_parts = await parts.that_hold(session, survey_id, person_id, now) if row.has_parts else [parts.EVERYBODY]
    answered = await _count_once(session, survey_id, person_id, question, chosen, in_parts)
    if answered is None:
        return await _sheet(session, rows, person_id), False
    return _filled(rows, answered), True


def _check(question: Asked, chosen: frozenset[int]) -> None:
    wording = question.wording
    most = wording.size if wording.kind is Kind.SEVERAL else 1
    if not 1 <= len(chosen) <= most or not chosen <= set(range(1, wording.size + 1)):
        raise NotAnOption


async def _count_once(
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
