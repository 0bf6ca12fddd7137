"""Who asked to be told what becomes of a demand: a wish of its own, which says nothing about a stance."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands.table import Demand, DemandFollower, find_public
from storage.campaigns.ids import DemandId
from storage.dialects import insert_into
from storage.privacy.retention import Retention
from storage.telegram_ids import PersonId

KEPT = timedelta(days=400)
"""After the end of the campaign: riders are asked once more after a year."""


async def follow(session: AsyncSession, demand_id: DemandId, person_id: PersonId) -> Demand:
    """Doing so twice is doing so once. Raises NoSuchDemand."""
    row = await find_public(session, demand_id)
    added = insert_into(session, DemandFollower).values(demand_id=demand_id, person_id=person_id)
    await session.execute(added.on_conflict_do_nothing())
    return row


async def unfollow(session: AsyncSession, demand_id: DemandId, person_id: PersonId) -> Demand:
    """Raises NoSuchDemand."""
    row = await find_public(session, demand_id)
    theirs = (DemandFollower.demand_id == demand_id) & (DemandFollower.person_id == person_id)
    await session.execute(delete(DemandFollower).where(theirs))
    return row


async def follows(session: AsyncSession, demand_id: DemandId, person_id: PersonId) -> bool:
    return await session.get(DemandFollower, (demand_id, person_id)) is not None


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(DemandFollower).where(DemandFollower.person_id == person_id))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    chosen = select(Demand.text).join(DemandFollower, DemandFollower.demand_id == Demand.id)
    texts = await session.scalars(chosen.where(DemandFollower.person_id == person_id).order_by(Demand.id))
    return [{"demand": text} for text in texts]


async def forget(session: AsyncSession, now: datetime, _kept: Retention) -> bool:
    """Those of a campaign that has been over for KEPT, a demand at a time."""
    over = select(Demand.id).join(Campaign, Campaign.id == Demand.campaign_id).where(Campaign.ended_at < now - KEPT)
    followed = select(DemandFollower.demand_id).where(DemandFollower.demand_id.in_(over)).limit(1)
    demand_id = await session.scalar(followed)
    if demand_id is None:
        return False
    await session.execute(delete(DemandFollower).where(DemandFollower.demand_id == demand_id))
    return True
