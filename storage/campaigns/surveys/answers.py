"""Answering: who may answer which questions of a survey now, and what is left for them to answer.

That somebody has answered is a flag on the roll, what they answered counters in `tallies`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, cast

from sqlalchemy import Table, bindparam, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.ids import CampaignId, QuestionId, SurveyId
from storage.campaigns.surveys import parts, roll, tallies
from storage.campaigns.surveys import wording as wordings
from storage.campaigns.surveys.parts import SurveyPart
from storage.campaigns.surveys.questions import Asked, NoSuchQuestion, SurveyQuestion
from storage.campaigns.surveys.surveys import NoSuchSurvey, State, Survey
from storage.campaigns.surveys.wording import Kind
from storage.engine.fast_statements import Row, run
from storage.people import segments
from storage.people.segments import Segment
from storage.phases import State as CampaignState
from storage.refusals import Refused
from storage.telegram_ids import PersonId


class SurveyClosed(Refused):
    """It is over, or its closing time has passed, or it is not open yet."""


class NotOnRoll(Refused):
    """They came after the opening."""


class NotAnOption(Refused):
    """No such answer to this question, or too many of them."""


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


_QUESTIONS, _SURVEYS, _CAMPAIGNS, _PARTS = (
    cast(Table, one.__table__) for one in (SurveyQuestion, Survey, campaigns.Campaign, SurveyPart)
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
    answered = await tallies.count_once(session, survey_id, person_id, question, chosen, in_parts)
    if answered is None:
        return await _sheet(session, rows, person_id), False
    return _filled(rows, answered), True


def _check(question: Asked, chosen: frozenset[int]) -> None:
    wording = question.wording
    most = wording.size if wording.kind is Kind.SEVERAL else 1
    if not 1 <= len(chosen) <= most or not chosen <= set(range(1, wording.size + 1)):
        raise NotAnOption
