"""Surveys: what they are, and setting one up until it opens. storage/campaigns/surveys/running has what follows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId, SurveyId
from storage.campaigns.surveys.parts import SurveyPart
from storage.campaigns.surveys.questions import SurveyQuestion
from storage.column_types import BigKey, StrEnumColumn
from storage.database import Base
from storage.phases import State as CampaignState
from storage.refusals import Refused, Repeated
from storage.telegram_ids import NOBODY, PersonId


class State(StrEnum):
    """In this order. While it is OPENING, the roll is laid down."""

    PREPARED = "prepared"
    OPENING = "opening"
    OPEN = "open"
    CLOSED = "closed"


class NoSuchSurvey(Refused):
    """It does not exist, or this person may not see it."""


class OpenedAlready(Repeated):
    """It can't be changed any more."""


class CampaignNotRunning(Refused):
    """A survey belongs to a campaign that is running."""


class Survey(Base):
    """`roll_size` and `answered` are set when it closes: how many people could answer, and how many did."""

    __tablename__ = "surveys"

    id: Mapped[SurveyId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(BigInteger, ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    other_title: Mapped[str] = mapped_column(String(120), default="")
    closes_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(StrEnumColumn(State, 10), default=State.PREPARED)
    roll_to: Mapped[PersonId] = mapped_column(default=NOBODY)
    """While it is opening: whom the roll has reached, in the order of the table of people."""
    roll_size: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)


@dataclass(frozen=True, slots=True)
class Plan:
    """`other_title` is the title in the other language, "" where there is none."""

    title: str
    closes_at: datetime
    other_title: str = ""


async def create(session: AsyncSession, campaign_id: CampaignId, plan: Plan) -> Survey:
    """Sets up a survey that nobody sees yet but coordinators.

    Raises:
        NoSuchCampaign, CampaignNotRunning: see the classes.
    """
    await running_campaign(session, campaign_id)
    row = Survey(campaign_id=campaign_id, title=plan.title, other_title=plan.other_title, closes_at=plan.closes_at)
    session.add(row)
    await session.flush()
    return row


async def running_campaign(session: AsyncSession, campaign_id: CampaignId) -> Campaign:
    """Raises NoSuchCampaign, CampaignNotRunning: see the classes."""
    campaign = await campaigns.find(session, campaign_id)
    if campaign.state is not CampaignState.RUNNING:
        raise CampaignNotRunning
    return campaign


async def find(session: AsyncSession, survey_id: SurveyId) -> Survey:
    """Raises NoSuchSurvey."""
    row = await session.get(Survey, survey_id)
    if row is None:
        raise NoSuchSurvey
    return row


async def find_for_update(session: AsyncSession, survey_id: SurveyId) -> Survey:
    """Raises NoSuchSurvey."""
    row = await session.get(Survey, survey_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchSurvey
    return row


async def find_prepared(session: AsyncSession, survey_id: SurveyId) -> Survey:
    """One that can still be changed.

    Raises:
        NoSuchSurvey, OpenedAlready: see the classes.
    """
    row = await find_for_update(session, survey_id)
    if row.state is not State.PREPARED:
        raise OpenedAlready
    return row


async def of_campaign(session: AsyncSession, campaign_id: CampaignId) -> Sequence[Survey]:
    """Its surveys, in the order in which they were set up."""
    return (await session.scalars(select(Survey).where(Survey.campaign_id == campaign_id).order_by(Survey.id))).all()


async def change(session: AsyncSession, survey_id: SurveyId, plan: Plan) -> Survey:
    """Another title or closing time.

    Raises:
        NoSuchSurvey, OpenedAlready: see the classes.
    """
    row = await find_prepared(session, survey_id)
    row.title, row.other_title, row.closes_at = plan.title, plan.other_title, plan.closes_at
    return row


async def delete_prepared(session: AsyncSession, survey_id: SurveyId) -> Survey:
    """Throws away one that has not been opened, with its questions.

    Raises:
        NoSuchSurvey, OpenedAlready: see the classes.
    """
    row = await find_prepared(session, survey_id)
    await session.execute(delete(SurveyQuestion).where(SurveyQuestion.survey_id == survey_id))
    await session.execute(delete(SurveyPart).where(SurveyPart.survey_id == survey_id))
    await session.delete(row)
    await session.flush()
    return row


TABLES = frozenset({Survey.__tablename__})
