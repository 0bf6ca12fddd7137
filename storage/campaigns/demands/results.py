"""What riders want, once it is counted: as figures that may be shown, and in an order that follows from these alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.demands.counting import OPINION
from storage.campaigns.demands.table import (
    PUBLIC,
    Demand,
    DemandCount,
    DemandState,
    OpinionGroup,
    Ranking,
    RankingIsOpen,
    RankingState,
)
from storage.campaigns.ids import CampaignId, DemandId
from storage.disclosure import Figure, figure

PAGE = 6
MOST_AGREE = 50
"""Percent: what everybody wants is what more than half of each group of opinion agrees with."""


@dataclass(frozen=True, slots=True)
class Figures:
    agree: Figure
    disagree: Figure
    passed: Figure


@dataclass(frozen=True, slots=True)
class Result:
    """A demand with the figures of all who ranked it; `common` is the percentage that agrees in the group of opinion
    that agrees least, -1 where that is hidden or there are no groups."""

    id: DemandId
    text: str
    state: DemandState
    part_of: DemandId | None
    is_seed: bool
    common: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Outline:
    """How many people ranked, and how many are in each group of opinion."""

    people: Figure
    groups: Sequence[Figure]


async def is_known(session: AsyncSession, campaign_id: CampaignId) -> bool:
    """Whether the stances are counted."""
    state = await session.scalar(select(Ranking.state).where(Ranking.campaign_id == campaign_id))
    return state in (RankingState.COUNTED, RankingState.DONE)


async def is_over(session: AsyncSession, campaign_id: CampaignId) -> bool:
    """Whether nobody can rank any more, counted or not."""
    state = await session.scalar(select(Ranking.state).where(Ranking.campaign_id == campaign_id))
    return state is not None and state is not RankingState.OPEN


async def outline(session: AsyncSession, campaign_id: CampaignId) -> Outline:
    """Raises RankingIsOpen: nothing is counted yet."""
    if not await is_known(session, campaign_id):
        raise RankingIsOpen
    people = await session.scalar(select(Ranking.people).where(Ranking.campaign_id == campaign_id))
    sizes = select(OpinionGroup.people).where(OpinionGroup.campaign_id == campaign_id).order_by(OpinionGroup.number)
    return Outline(figure(people or 0), [figure(size) for size in await session.scalars(sizes)])


def _chosen(campaign_id: CampaignId) -> Select[Demand, DemandCount]:
    whole = (DemandCount.demand_id == Demand.id) & (DemandCount.breakdown == "")
    public = (Demand.campaign_id == campaign_id) & Demand.state.in_(PUBLIC)
    return select(Demand, DemandCount).join(DemandCount, whole).where(public)


def _result(row: Demand, count: DemandCount) -> Result:
    return Result(row.id, row.text or "", row.state, row.part_of, row.is_seed, row.common, _figures(count))


def _figures(count: DemandCount) -> Figures:
    return Figures(figure(count.agree), figure(count.disagree), figure(count.passed))


async def by_support(
    session: AsyncSession, campaign_id: CampaignId, offset: int = 0, limit: int | None = None
) -> list[Result]:
    """What many want: those first with which most agree, then those with which fewest disagree.

    Raises:
        RankingIsOpen: nothing is counted yet.
    """
    await outline(session, campaign_id)
    most = DemandCount.agree.desc(), DemandCount.disagree, Demand.id
    rows = await session.execute(_chosen(campaign_id).order_by(*most).offset(offset).limit(limit))
    return [_result(*row) for row in rows]


async def wanted_by_everybody(
    session: AsyncSession, campaign_id: CampaignId, offset: int = 0, limit: int | None = None
) -> list[Result]:
    """What more than half of each group of opinion agrees with: those first on which the group that agrees least agrees
    most.

    Raises:
        RankingIsOpen: nothing is counted yet.
    """
    await outline(session, campaign_id)
    common = _chosen(campaign_id).where(Demand.common > MOST_AGREE)
    most = Demand.common.desc(), DemandCount.agree.desc(), Demand.id
    rows = await session.execute(common.order_by(*most).offset(offset).limit(limit))
    return [_result(*row) for row in rows]


async def one(session: AsyncSession, demand_id: DemandId) -> Result | None:
    """None if nothing is counted."""
    row = await session.get(Demand, demand_id)
    count = await session.get(DemandCount, (demand_id, "", ""))
    return None if row is None or count is None else _result(row, count)


async def of_parts(session: AsyncSession, demand_id: DemandId) -> list[tuple[str, str, Figures]]:
    """(breakdown, part, figures), the groups of opinion first; without those of which no figure may be shown."""
    rows = await session.scalars(
        select(DemandCount)
        .where(DemandCount.demand_id == demand_id, DemandCount.breakdown != "")
        .order_by(DemandCount.breakdown != OPINION, DemandCount.breakdown, DemandCount.part)
    )
    found = [(row.breakdown, row.part, _figures(row)) for row in rows]
    return [one for one in found if any(isinstance(value, int) for value in _values(one[2]))]


def _values(figures: Figures) -> tuple[Figure, Figure, Figure]:
    return figures.agree, figures.disagree, figures.passed
