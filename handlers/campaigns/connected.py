"""Where the parts of campaigns meet: draft and commitments hear from the demands, the result from the ballot."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.campaigns.ballots import words as ballot_words
from handlers.campaigns.connections import Connections, DemandShown
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns.ballots import ballots, publishing
from storage.campaigns.ballots.table import State
from storage.campaigns.commitments.table import CommitmentState
from storage.campaigns.demands import outcomes, results
from storage.campaigns.demands.table import LONGEST_REASON, DemandState, NoSuchDemand, RankingIsOpen, SameOutcome
from storage.campaigns.ids import CampaignId, DemandId

_MOST = 30
"""Demands among which a coordinator chooses those behind a clause."""
_OUTCOMES = {
    CommitmentState.OPEN: DemandState.PROMISED,
    CommitmentState.CHANGED: DemandState.PROMISED,
    CommitmentState.KEPT: DemandState.KEPT,
    CommitmentState.NOT_KEPT: DemandState.NOT_KEPT,
}


async def demands_of(session: AsyncSession, campaign_id: CampaignId) -> Sequence[DemandShown]:
    """Those with the most support; none before they are counted."""
    if not await results.is_known(session, campaign_id):
        return ()
    found = await results.by_support(session, campaign_id, limit=_MOST)
    return [DemandShown(one.id, one.text, one.figures.agree) for one in found]


async def demand_words(session: AsyncSession, demands: Sequence[DemandId]) -> Sequence[DemandShown]:
    found = [await results.one(session, demand_id) for demand_id in demands]
    return [DemandShown(one.id, one.text, one.figures.agree) for one in found if one is not None]


async def tell_demands(talk: Talk, demands: Sequence[DemandId], state: CommitmentState, note: str) -> None:
    """What has become of the demands; whoever follows one hears it."""
    due = talk.context.settings.quiet_hours.until(talk.now) or talk.now
    for demand_id in demands:
        with suppress(NoSuchDemand, RankingIsOpen, SameOutcome):
            await outcomes.say(talk.session, demand_id, _OUTCOMES[state], note[:LONGEST_REASON], talk.now, due)


async def ballot_counts(session: AsyncSession, view: View, campaign_id: CampaignId) -> Sequence[tuple[str, int]]:
    """Of the newest ballot whose result is published."""
    for row in await ballots.of_campaign(session, campaign_id):
        if row.state is State.PUBLISHED:
            return ballot_words.bars(view, await publishing.published(session, row))
    return ()


CONNECTIONS = Connections(demands_of, demand_words, tell_demands, ballot_counts)
