"""Which demand comes next: the fewest stances first, with chance, and none that somebody has answered already.

Each process keeps the demands of the rankings that are open in memory, in an order that it shuffles again every half
minute by the stances there are by then. It deals them in turn, so that all get about as many stances, and a place says
nothing about a demand.
"""

from __future__ import annotations

import random
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from cachetools import LRUCache
from sqlalchemy import Table, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.demands.table import Demand, DemandState
from storage.campaigns.ids import CampaignId, DemandId
from storage.engine.fast_statements import run

SHUFFLED_EVERY = timedelta(seconds=30)
_KEPT = 16

_TABLE = cast(Table, Demand.__table__)
_OPEN = (
    select(_TABLE.c.id, _TABLE.c.text, _TABLE.c.is_seed, _TABLE.c.stances)
    .where(
        _TABLE.c.campaign_id == bindparam("campaign"),
        _TABLE.c.state == DemandState.SHOWN,
        _TABLE.c.part_of.is_(None),
    )
    .order_by(_TABLE.c.id)
)


class Card(NamedTuple):
    """A demand as it is ranked."""

    id: DemandId
    text: str
    is_seed: bool


@dataclass(slots=True)
class Deck:
    """The demands of one campaign that can be ranked, in the order in which they are dealt."""

    version: int
    shuffled_at: datetime
    cards: list[Card]
    _at: int = field(init=False, default=0)

    def next(self, answered: AbstractSet[DemandId]) -> Card | None:
        """The next one of those that are left; None if there is none."""
        for step in range(len(self.cards)):
            card = self.cards[(self._at + step) % len(self.cards)]
            if card.id not in answered:
                self._at = (self._at + step + 1) % len(self.cards)
                return card
        return None


class Decks:
    """Those of a process."""

    def __init__(self) -> None:
        self._decks: LRUCache[CampaignId, Deck] = LRUCache(_KEPT)
        self._random = random.SystemRandom()

    async def of(self, session: AsyncSession, campaign_id: CampaignId, version: int, now: datetime) -> Deck:
        """The deck of this version: that of a moment ago, or as the database has it now."""
        deck = self._decks.get(campaign_id)
        if deck is None or deck.version != version or not deck.shuffled_at <= now < deck.shuffled_at + SHUFFLED_EVERY:
            deck = self._decks[campaign_id] = await self._read(session, campaign_id, version, now)
        return deck

    async def _read(self, session: AsyncSession, campaign_id: CampaignId, version: int, now: datetime) -> Deck:
        found = await run(session, _OPEN, {"campaign": campaign_id})
        drawn = [(self._chance(stances), Card(*card)) for *card, stances in found]
        return Deck(version, now, [card for _, card in sorted(drawn)])

    def _chance(self, stances: int) -> float:
        """The lower, the sooner: a fifth more or less than the stances there are, and some for those without any."""
        return stances * self._random.uniform(0.8, 1.2) + self._random.random()
