"""What becomes of a demand once ranking is over: a coordinator says it, and everyone who asked to hear hears of each
change, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.demands import results
from storage.campaigns.demands.notices import DemandChanged
from storage.campaigns.demands.table import (
    OUTCOMES,
    PUBLIC,
    Demand,
    DemandChange,
    DemandFollower,
    DemandState,
    NoSuchDemand,
    RankingIsOpen,
    SameOutcome,
    find,
    find_for_update,
)
from storage.campaigns.ids import DemandChangeId, DemandId
from storage.deliveries import queue


async def say(
    session: AsyncSession, demand_id: DemandId, state: DemandState, reason: str, now: datetime, due: datetime
) -> DemandChange:
    """Notes what has become of a demand, and of what is part of it; followers of either are told once, when it is
    `due`. What is said of a part is said of the whole.

    Raises:
        NoSuchDemand: there is none that is shown, or no such outcome.
        RankingIsOpen, SameOutcome: see the classes.
    """
    asked = await find(session, demand_id)  # what it is part of changes no more once ranking is over
    row = await find_for_update(session, asked.part_of or asked.id)
    if row.state not in PUBLIC or state not in OUTCOMES:
        raise NoSuchDemand
    if not await results.is_over(session, row.campaign_id):
        raise RankingIsOpen
    last = await last_change(session, row.id)
    if row.state is state and (last is None or last.reason == reason):
        raise SameOutcome
    family = or_(Demand.id == row.id, Demand.part_of == row.id)
    await session.execute(update(Demand).where(family).values(state=state))
    change = DemandChange(demand_id=row.id, state=state, reason=reason, at=now)
    session.add(change)
    await session.flush()
    followers = select(DemandFollower.person_id).join(Demand, Demand.id == DemandFollower.demand_id)
    await queue.tell_all(session, followers.where(family).distinct(), DemandChanged(change.id), due)
    return change


async def last_change(session: AsyncSession, demand_id: DemandId) -> DemandChange | None:
    newest = select(DemandChange).where(DemandChange.demand_id == demand_id).order_by(DemandChange.id.desc()).limit(1)
    return await session.scalar(newest)


async def changes_of(session: AsyncSession, row: Demand) -> Sequence[DemandChange]:
    """What was said of it, or of what it is part of, in that order."""
    chosen = select(DemandChange).where(DemandChange.demand_id == (row.part_of or row.id)).order_by(DemandChange.id)
    return (await session.scalars(chosen)).all()


async def change(session: AsyncSession, change_id: DemandChangeId) -> tuple[DemandChange, Demand] | None:
    """A change, and the demand that it is about."""
    found = await session.get(DemandChange, change_id)
    return None if found is None else (found, await session.get_one(Demand, found.demand_id))
