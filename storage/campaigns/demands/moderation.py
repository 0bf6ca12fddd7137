"""What coordinators decide about demands. Of two at once, one wins: the row is locked, and whoever decides says which
revision they have read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.campaigns.demands import gathering
from storage.campaigns.demands.gathering import Brought, Content, content_of, require_moderated
from storage.campaigns.demands.table import (
    NOT_QUOTED,
    AlreadyDecided,
    CannotMerge,
    Demand,
    DemandState,
    Reason,
    find,
    find_held,
    hold_campaign,
    raise_version,
)
from storage.campaigns.ids import CampaignId, DemandId

REFUSALS_SHOWN = 8


async def next_waiting(session: AsyncSession, campaign_id: CampaignId, after: DemandId) -> Demand | None:
    """The oldest that waits behind this one; behind the last one, the oldest of all."""
    waiting = (
        select(Demand)
        .where(Demand.campaign_id == campaign_id, Demand.state == DemandState.WAITING)
        .order_by(Demand.id)
        .limit(1)
    )
    return await session.scalar(waiting.where(Demand.id > after)) or await session.scalar(waiting)


async def waiting(session: AsyncSession, demand_id: DemandId, revision: int) -> Demand:
    """One that is still to be decided about, as it was read.

    Raises:
        NoSuchDemand, AlreadyDecided, RankingIsOver: see the classes.
    """
    row = await find(session, demand_id)
    await _require_waiting(session, row, revision)
    return row


async def _held(session: AsyncSession, demand_id: DemandId, revision: int) -> Demand:
    """The same, kept from others until the transaction ends."""
    row = await find_held(session, demand_id)
    await _require_waiting(session, row, revision)
    return row


async def _require_waiting(session: AsyncSession, row: Demand, revision: int) -> None:
    if row.state is not DemandState.WAITING or row.revision != revision:
        raise AlreadyDecided
    await require_moderated(session, row.campaign_id)


async def show(session: AsyncSession, demand_id: DemandId, revision: int) -> Demand:
    """Everybody reads it from now on, and its text is fixed.

    Raises:
        NoSuchDemand, AlreadyDecided, RankingIsOver: see `waiting`; AlreadyDecided also for what is not written down.
    """
    row = await _held(session, demand_id, revision)
    text = content_of(session, row).text
    if not text:
        raise AlreadyDecided
    gathering.put_in(session, row, Brought())
    row.state, row.text = DemandState.SHOWN, text
    await raise_version(session, row.campaign_id)
    return row


async def refuse(session: AsyncSession, demand_id: DemandId, revision: int, reason: Reason) -> tuple[Demand, Content]:
    """It is not shown, but stands in the public log with its reason. Also returns what it was, which the log does not
    quote for some reasons, and then nothing keeps it.

    Raises:
        NoSuchDemand, AlreadyDecided, RankingIsOver: see `waiting`.
    """
    row = await _held(session, demand_id, revision)
    content = content_of(session, row)
    gathering.put_in(session, row, Brought())
    row.state, row.reason = DemandState.REFUSED, reason
    row.text = None if reason in NOT_QUOTED or not content.text else content.text
    return row, content


async def ask(session: AsyncSession, demand_id: DemandId, revision: int, question: str) -> tuple[Demand, Content]:
    """Waits for a better wording by the author. Also returns what it is now.

    Raises:
        NoSuchDemand, AlreadyDecided, RankingIsOver: see `waiting`.
    """
    row = await _held(session, demand_id, revision)
    row.state = DemandState.ASKED
    sealed_columns.seal(session, row, Demand.question, question.encode())
    return row, content_of(session, row)


async def write_down(session: AsyncSession, demand_id: DemandId, revision: int, text: str) -> Demand:
    """What was said in a voice message, which is not kept any more; it can be shown now.

    Raises:
        NoSuchDemand, AlreadyDecided, RankingIsOver: see `waiting`; AlreadyDecided also for what was written.
    """
    row = await _held(session, demand_id, revision)
    if row.voice is None:
        raise AlreadyDecided
    gathering.put_in(session, row, Brought(text))
    row.revision += 1
    return row


async def add_seed(session: AsyncSession, campaign_id: CampaignId, text: str) -> Demand:
    """One of the union's own, which is shown at once, and marked.

    Raises:
        RankingIsOver: see the class.
    """
    await hold_campaign(session, campaign_id)
    await require_moderated(session, campaign_id)
    row = Demand(campaign_id=campaign_id, state=DemandState.SHOWN, text=text, is_seed=True)
    session.add(row)
    await session.flush()
    await raise_version(session, campaign_id)
    return row


async def merge(session: AsyncSession, demand_id: DemandId, whole_id: DemandId) -> Demand:
    """Makes a demand, with what is part of it, part of another. No support is moved: both counts stand.

    Raises:
        NoSuchDemand, CannotMerge, RankingIsOver: see the classes.
    """
    first, second = [await find_held(session, one) for one in sorted((demand_id, whole_id))]
    row, whole = (first, second) if first.id == demand_id else (second, first)
    await require_moderated(session, row.campaign_id)
    is_open = row.state is whole.state is DemandState.SHOWN and row.part_of is whole.part_of is None
    if row.id == whole.id or row.campaign_id != whole.campaign_id or not is_open:
        raise CannotMerge
    parts = update(Demand).where(Demand.part_of == row.id).values(part_of=whole.id)
    await session.execute(parts)
    row.part_of = whole.id
    await raise_version(session, row.campaign_id)
    return row


async def wholes(session: AsyncSession, demand_id: DemandId) -> tuple[Demand, Sequence[Demand]]:
    """A demand, and those of its campaign that it can become part of."""
    row = await find(session, demand_id)
    others = select(Demand).where(
        Demand.campaign_id == row.campaign_id,
        Demand.state == DemandState.SHOWN,
        Demand.part_of.is_(None),
        Demand.id != demand_id,
    )
    return row, (await session.scalars(others.order_by(Demand.id))).all()


async def refused(session: AsyncSession, campaign_id: CampaignId, page: int) -> Sequence[Demand]:
    """A page of the public log, the newest first; one more than a page has, if there are more."""
    chosen = select(Demand).where(Demand.campaign_id == campaign_id, Demand.state == DemandState.REFUSED)
    ordered = chosen.order_by(Demand.id.desc()).limit(REFUSALS_SHOWN + 1).offset(page * REFUSALS_SHOWN)
    return (await session.scalars(ordered)).all()


async def refusals(session: AsyncSession, campaign_id: CampaignId) -> dict[Reason, int]:
    """How many were refused for each reason, the most frequent first."""
    counted = func.count()
    rows = await session.execute(
        select(Demand.reason, counted)
        .where(Demand.campaign_id == campaign_id, Demand.state == DemandState.REFUSED)
        .group_by(Demand.reason)
        .order_by(counted.desc(), Demand.reason)
    )
    return {reason: count for reason, count in rows if reason is not None}
