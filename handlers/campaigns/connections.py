"""What the draft and the commitments ask of other parts: the demands behind a clause, and a ballot's counts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage.campaigns.commitments.table import CommitmentState
from storage.campaigns.ids import CampaignId, DemandId
from storage.disclosure import Figure


@dataclass(frozen=True, slots=True)
class DemandShown:
    """A demand as everybody may read it; `support` is how many stand behind it."""

    id: DemandId
    text: str
    support: Figure


async def _no_demands(_session: AsyncSession, _campaign_id: CampaignId) -> Sequence[DemandShown]:
    return ()


async def _no_words(_session: AsyncSession, _demands: Sequence[DemandId]) -> Sequence[DemandShown]:
    return ()


async def _nobody_follows(_talk: Talk, _demands: Sequence[DemandId], _state: CommitmentState, _note: str) -> None:
    """Nobody waits to hear what became of a demand."""


async def _no_ballot(_session: AsyncSession, _view: View, _campaign_id: CampaignId) -> Sequence[tuple[str, int]]:
    return ()


@dataclass(frozen=True, slots=True)
class Connections:
    """What is asked of the other parts; without them there is nothing to be had."""

    demands_of: Callable[[AsyncSession, CampaignId], Awaitable[Sequence[DemandShown]]] = _no_demands
    """The demands of a campaign that a clause may answer, those with the most support first."""
    demand_words: Callable[[AsyncSession, Sequence[DemandId]], Awaitable[Sequence[DemandShown]]] = _no_words
    """Demands by their ids."""
    tell_demands: Callable[[Talk, Sequence[DemandId], CommitmentState, str], Awaitable[None]] = _nobody_follows
    """A commitment that answers these demands has come to this state: OPEN is promised, and the text says why."""
    ballot_counts: Callable[[AsyncSession, View, CampaignId], Awaitable[Sequence[tuple[str, int]]]] = _no_ballot
    """Each option of the ballot about the agreement with its votes, in the reader's language, once they are published;
    nothing without one."""
