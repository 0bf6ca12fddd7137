"""Counting the stances on demands once ranking is over: beside the chats, since it takes seconds, and in a thread, so
that the event loop is not held."""

from __future__ import annotations

import asyncio

from storage.campaigns.demands import counting
from storage.campaigns.demands.table import RankingState
from storage.campaigns.ids import CampaignId
from storage.database import Database

INTERVAL = 30.0


class DemandCounter:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self) -> None:
        """Counts what is to be counted, and throws away the stances that are."""
        while (campaign_id := await self._due(RankingState.OVER)) is not None:
            await self._count(campaign_id)
        while (campaign_id := await self._due(RankingState.COUNTED)) is not None:
            await self._throw_away(campaign_id)

    async def _due(self, state: RankingState) -> CampaignId | None:
        async with self._database.reading() as session:
            return await counting.due(session, state)

    async def _count(self, campaign_id: CampaignId) -> None:
        async with self._database.reading(apart=True) as session:
            read = await counting.read(session, campaign_id)
        tally = await asyncio.to_thread(counting.tally, read, self._database.vault)
        start, has_more = 0, True
        while has_more:
            async with self._database.writing(apart=True) as session:
                has_more = await counting.keep(session, tally, start)
            start += counting.KEPT_AT_ONCE

    async def _throw_away(self, campaign_id: CampaignId) -> None:
        has_more = True
        while has_more:
            async with self._database.writing(apart=True) as session:
                has_more = await counting.throw_away(session, campaign_id)
