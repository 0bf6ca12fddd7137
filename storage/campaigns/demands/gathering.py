"""Bringing a demand, and answering when a better wording is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.demands.table import (
    UNDECIDED,
    Demand,
    DemandAuthor,
    DemandState,
    NoSuchDemand,
    NotAsked,
    RankingIsOver,
    TooManyDemands,
    find_held,
    hold_campaign,
)
from storage.campaigns.ids import CampaignId, DemandId
from storage.phases import State
from storage.telegram_ids import PersonId

MOST = 10
"""Demands that one person may bring to a campaign, refused ones included."""
MODERATED = (Phase.GATHER, Phase.RANK)


@dataclass(frozen=True, slots=True)
class Brought:
    """A demand as it comes: a sentence, or Telegram's id of a voice message."""

    text: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What waits to be decided about, opened: the words or the voice message, and the question to the author."""

    text: str
    voice: str
    question: str


async def bring(session: AsyncSession, row: Campaign, person_id: PersonId, brought: Brought, now: datetime) -> Demand:
    """Puts a demand into the queue of the coordinators.

    Raises:
        PhaseOver: demands are not gathered now.
        TooManyDemands: see the class.
    """
    await hold_campaign(session, row.id)
    await campaigns.require_phase(session, row, Phase.GATHER, now)
    if await left_for(session, row.id, person_id) <= 0:
        raise TooManyDemands
    demand = Demand(campaign_id=row.id, state=DemandState.WAITING)
    session.add(demand)
    await session.flush()
    put_in(session, demand, brought)
    session.add(DemandAuthor(demand_id=demand.id, person_id=person_id))
    return demand


async def left_for(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId) -> int:
    """How many more demands this person may bring."""
    brought = await session.scalar(
        select(func.count())
        .select_from(DemandAuthor)
        .join(Demand, Demand.id == DemandAuthor.demand_id)
        .where(Demand.campaign_id == campaign_id, DemandAuthor.person_id == person_id)
    )
    return MOST - (brought or 0)


def put_in(session: AsyncSession, row: Demand, brought: Brought) -> None:
    """Gives a demand this content, sealed, and nothing else."""
    row.draft = row.voice = row.question = None
    if brought.text:
        sealed_columns.seal(session, row, Demand.draft, brought.text.encode())
    if brought.voice:
        sealed_columns.seal(session, row, Demand.voice, brought.voice.encode())


def content_of(session: AsyncSession, row: Demand) -> Content:
    """Opens it."""
    columns = (Demand.draft, Demand.voice, Demand.question)
    plain = (
        "" if getattr(row, one.key) is None else sealed_columns.opened(session, row, one).decode() for one in columns
    )
    return Content(*plain)


async def asked(session: AsyncSession, demand_id: DemandId, person_id: PersonId) -> Demand:
    """A demand of this person whose better wording is waited for.

    Raises:
        NoSuchDemand: it is not theirs.
        NotAsked, RankingIsOver: see the classes.
    """
    await _require_own(session, demand_id, person_id)
    row = await find_held(session, demand_id)
    if row.state is not DemandState.ASKED:
        raise NotAsked
    await require_moderated(session, row.campaign_id)
    return row


async def waits_for_wording(session: AsyncSession, demand_id: DemandId) -> bool:
    """Whether its author is still asked for a better wording."""
    row = await session.get(Demand, demand_id, populate_existing=True)
    if row is None or row.state is not DemandState.ASKED:
        return False
    campaign = await campaigns.find(session, row.campaign_id)
    return campaign.state is State.RUNNING and campaign.phase in MODERATED


async def reword(session: AsyncSession, demand_id: DemandId, person_id: PersonId, brought: Brought) -> None:
    """The author's answer: it goes back to the queue. Raises what `asked` does."""
    row = await asked(session, demand_id, person_id)
    put_in(session, row, brought)
    row.state, row.revision = DemandState.WAITING, row.revision + 1


async def require_moderated(session: AsyncSession, campaign_id: CampaignId) -> Campaign:
    """The campaign, if its demands are still looked at. Raises RankingIsOver."""
    row = await campaigns.find(session, campaign_id)
    if row.state is not State.RUNNING or row.phase not in MODERATED:
        raise RankingIsOver
    return row


async def _require_own(session: AsyncSession, demand_id: DemandId, person_id: PersonId) -> None:
    """Raises NoSuchDemand if it is not theirs."""
    author = await author_of(session, demand_id)
    if author != person_id:
        raise NoSuchDemand


async def author_of(session: AsyncSession, demand_id: DemandId) -> PersonId | None:
    return await session.scalar(select(DemandAuthor.person_id).where(DemandAuthor.demand_id == demand_id))


async def _theirs(session: AsyncSession, person_id: PersonId) -> Sequence[Demand]:
    chosen = select(Demand).join(DemandAuthor, DemandAuthor.demand_id == Demand.id)
    return (await session.scalars(chosen.where(DemandAuthor.person_id == person_id).order_by(Demand.id))).all()


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    """What they brought, as long as it is known to be theirs."""
    return [
        {"demand": row.text or content_of(session, row).text, "state": row.state.value}
        for row in await _theirs(session, person_id)
    ]


async def brings_undecided(session: AsyncSession, person_id: PersonId) -> bool:
    """Whether nobody has decided yet about something that they brought."""
    return any(row.state in UNDECIDED for row in await _theirs(session, person_id))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets that they brought anything. What nobody has decided about is removed; what is shown stays, without an
    author."""
    undecided = [row.id for row in await _theirs(session, person_id) if row.state in UNDECIDED]
    await session.execute(delete(DemandAuthor).where(DemandAuthor.person_id == person_id))
    if undecided:
        await session.execute(delete(Demand).where(Demand.id.in_(undecided)))
