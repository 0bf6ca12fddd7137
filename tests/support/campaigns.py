"""Campaigns to take part in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from storage.campaigns import campaigns, moves
from storage.campaigns.campaigns import Phase, Plan
from storage.campaigns.ids import CampaignId
from storage.people.segments import Segment
from storage.phases import State
from tests.support.simulator import COORDINATOR, Town

TITLE, COUNTERPART = "Delivery agreement 2027", "Meituan, Dezhou"


async def prepared(
    town: Town, phases: Mapping[Phase, datetime | None] | None = None, segment: Segment | None = None
) -> CampaignId:
    """A campaign that has not been started; with all phases, for everybody."""
    plan = Plan(TITLE, COUNTERPART, segment or Segment(), phases or dict.fromkeys(Phase))
    async with town.database.writing() as session:
        return (await campaigns.create(session, plan)).id


async def moved(town: Town, campaign_id: CampaignId, to: Phase | None) -> None:
    """Moves it on until it is in this phase (None: over), without waiting for what people are told."""
    async with town.database.writing() as session:
        row = await campaigns.find(session, campaign_id)
        while row.state is not State.ENDED if to is None else row.phase is not to:
            await moves.move(session, campaign_id, row.phase, COORDINATOR, town.now, None)


async def in_phase(town: Town, phase: Phase) -> CampaignId:
    """A campaign for everybody with all phases, in this one."""
    campaign_id = await prepared(town)
    await moved(town, campaign_id, phase)
    return campaign_id
