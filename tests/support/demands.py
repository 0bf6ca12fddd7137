"""Demands to look at and to rank."""

from __future__ import annotations

from datetime import datetime

from storage.campaigns import campaigns
from storage.campaigns.campaigns import Phase
from storage.campaigns.demands import gathering, moderation, stances
from storage.campaigns.demands.gathering import Brought
from storage.campaigns.demands.stances import Stance
from storage.campaigns.demands.table import Ranking, RankingState
from storage.campaigns.ids import CampaignId, DemandId
from storage.database import Database
from storage.telegram_ids import PersonId
from tests.support.simulator import Town

RAIN, PAY, REST = "No deductions in heavy rain", "Pay the waiting time at restaurants", "One day off each week"


async def seeded(database: Database, campaign_id: CampaignId, *texts: str) -> list[DemandId]:
    """Demands of the union's own, which can be ranked."""
    async with database.writing() as session:
        return [(await moderation.add_seed(session, campaign_id, text)).id for text in texts]


async def brought(
    database: Database, campaign_id: CampaignId, person: int, now: datetime, *texts: str
) -> list[DemandId]:
    """Demands that wait for a coordinator."""
    async with database.writing() as session:
        row = await campaigns.find(session, campaign_id)
        made = [await gathering.bring(session, row, PersonId(person), Brought(text), now) for text in texts]
        return [one.id for one in made]


async def stands(database: Database, demand_id: DemandId, person: int, stance: Stance, now: datetime) -> None:
    async with database.writing() as session:
        await stances.stand(session, demand_id, PersonId(person), stance, Phase.RANK, now)


async def counted(town: Town, campaign_id: CampaignId) -> None:
    """The stances of a ranking that is over are counted and thrown away."""

    async def is_done() -> bool:
        async with town.database.reading() as session:
            row = await session.get_one(Ranking, campaign_id)
            return row.state is RankingState.DONE

    await town.until_true(is_done)
