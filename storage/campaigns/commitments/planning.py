"""When riders are asked whether commitments are kept: on the due date, and a year after the result."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.commitments.table import Asking, AskingItem, AskingState, Commitment, Result
from storage.campaigns.ids import CampaignId, CommitmentId
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.phases import State

A_YEAR = timedelta(days=365)
GOES_ON = (AskingState.LAYING, AskingState.OPEN, AskingState.CLOSING)


async def plan(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Sets again when riders are to be asked, from the commitments and the result as they are now."""
    own = Asking.campaign_id == campaign_id
    await session.execute(delete(Asking).where(own, Asking.state == AskingState.PLANNED))
    for due in sorted(set(await _dues(session, campaign_id))):
        session.add(Asking(campaign_id=campaign_id, due=due, is_yearly=False))
    result = await session.get(Result, campaign_id)
    begun = await session.scalar(select(Asking.id).where(own, Asking.is_yearly).limit(1))
    if result is not None and begun is None:
        session.add(Asking(campaign_id=campaign_id, due=result.published_at + A_YEAR, is_yearly=True))
    await session.flush()
    wake_ups.request(session, WakeUp.COMMITMENTS)


async def _dues(session: AsyncSession, campaign_id: CampaignId) -> list[datetime]:
    """Of the commitments about which nobody was asked on their date."""
    rows = await session.scalars(_unasked(campaign_id).order_by(Commitment.due))
    return [row.due for row in rows if row.due is not None]


def _unasked(campaign_id: CampaignId) -> Select[Commitment]:
    asked = (
        select(AskingItem.commitment_id)
        .join(Asking, Asking.id == AskingItem.asking_id)
        .where(Asking.due == Commitment.due, ~Asking.is_yearly, AskingItem.commitment_id == Commitment.id)
    )
    mine = select(Commitment).where(Commitment.campaign_id == campaign_id, Commitment.due.is_not(None))
    return mine.where(~asked.exists())


async def due_now(session: AsyncSession, now: datetime) -> Asking | None:
    """One that is to begin, locked. Campaigns are asked about while they are followed up."""
    chosen = (
        select(Asking)
        .join(Campaign, Campaign.id == Asking.campaign_id)
        .where(Asking.state == AskingState.PLANNED, Asking.due <= now, *_is_followed_up())
        .order_by(Asking.due)
        .limit(1)
    )
    return await session.scalar(chosen.with_for_update(of=Asking, skip_locked=True))


def _is_followed_up() -> tuple[ColumnElement[bool], ...]:
    return Campaign.state == State.RUNNING, Campaign.phase == Phase.FOLLOW_UP


async def about(session: AsyncSession, asking: Asking) -> list[CommitmentId]:
    """The commitments that an asking which begins is about."""
    mine = select(Commitment.id).where(Commitment.campaign_id == asking.campaign_id).order_by(Commitment.id)
    if not asking.is_yearly:
        unasked = _unasked(asking.campaign_id).subquery()
        mine = mine.where(Commitment.due == asking.due, Commitment.id.in_(select(unasked.c.id)))
    return list(await session.scalars(mine))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next asking begins, goes on or closes."""
    planned = (
        select(func.min(Asking.due))
        .join(Campaign, Campaign.id == Asking.campaign_id)
        .where(Asking.state == AskingState.PLANNED, *_is_followed_up())
    )
    going_on = select(func.min(Asking.closes_at)).where(Asking.state == AskingState.OPEN)
    at_work = select(func.min(Asking.due)).where(Asking.state.in_((AskingState.LAYING, AskingState.CLOSING)))
    moments = [await session.scalar(one) for one in (planned, going_on, at_work)]
    return min((moment for moment in moments if moment is not None), default=None)


async def of_campaign(session: AsyncSession, campaign_id: CampaignId, *states: AskingState) -> list[Asking]:
    chosen = select(Asking).where(Asking.campaign_id == campaign_id, Asking.state.in_(states)).order_by(Asking.due)
    return list(await session.scalars(chosen))


TABLES = frozenset({Asking.__tablename__, Campaign.__tablename__})
