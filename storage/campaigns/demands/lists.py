"""Demands as everybody may read them, page by page."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.demands.table import PUBLIC, Demand
from storage.campaigns.ids import CampaignId, DemandId

PAGE = 6
_STEP, _ROUND = 7_919, 10_007
"""Two primes: a place in the list says nothing about when a demand came."""


async def page(session: AsyncSession, campaign_id: CampaignId, number: int) -> tuple[Sequence[Demand], int]:
    """A page, from 0 on, and how many demands there are."""
    public = (Demand.campaign_id == campaign_id) & Demand.state.in_(PUBLIC)
    total = await session.scalar(select(func.count()).select_from(Demand).where(public))
    order = Demand.id * _STEP % _ROUND, Demand.id
    chosen = select(Demand).where(public).order_by(*order).offset(number * PAGE).limit(PAGE)
    return (await session.scalars(chosen)).all(), total or 0


async def parts_of(session: AsyncSession, demand_id: DemandId) -> Sequence[Demand]:
    """What has become part of a demand."""
    return (await session.scalars(select(Demand).where(Demand.part_of == demand_id).order_by(Demand.id))).all()
