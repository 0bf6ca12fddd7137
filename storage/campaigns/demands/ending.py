"""The end of ranking: what must go at once goes in the transaction of the move."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.campaigns import Campaign
from storage.campaigns.demands.notices import TO_AUTHORS, DemandsTooLate
from storage.campaigns.demands.table import (
    UNDECIDED,
    Demand,
    DemandAuthor,
    DemandState,
    RankingState,
    Reason,
    ranking_of,
)
from storage.campaigns.ids import CampaignId
from storage.deliveries import queue, retention
from storage.telegram_ids import PersonId


async def end(session: AsyncSession, row: Campaign, due: datetime) -> None:
    """Throws away the secret, closes what nobody has decided about, tells its authors when it is `due`, and forgets all
    authors. Ending it again changes nothing."""
    row.secret = None
    if await session.scalar(select(Demand.id).where(Demand.campaign_id == row.id).limit(1)) is None:
        return
    ranking = await ranking_of(session, row.id)
    if ranking.state is not RankingState.OPEN:
        return
    ranking.state = RankingState.OVER
    await queue.tell_all(session, _authors(row.id, undecided=True), DemandsTooLate(row.id), due)
    await retention.forget_contents(session, _authors(row.id, undecided=False), TO_AUTHORS)
    of_campaign = select(Demand.id).where(Demand.campaign_id == row.id)
    await session.execute(delete(DemandAuthor).where(DemandAuthor.demand_id.in_(of_campaign)))
    closed = {"state": DemandState.REFUSED, "reason": Reason.TOO_LATE, "draft": None, "voice": None, "question": None}
    undecided = (Demand.campaign_id == row.id) & Demand.state.in_(UNDECIDED)
    await session.execute(update(Demand).where(undecided).values(closed))


def _authors(campaign_id: CampaignId, *, undecided: bool) -> Select[PersonId]:
    chosen = select(DemandAuthor.person_id).join(Demand, Demand.id == DemandAuthor.demand_id)
    chosen = chosen.where(Demand.campaign_id == campaign_id)
    return (chosen.where(Demand.state.in_(UNDECIDED)) if undecided else chosen).distinct()
