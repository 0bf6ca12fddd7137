"""Versions of the draft: one is prepared, looked over, and published to everybody; the next one takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.agreements import matching
from storage.campaigns.agreements.aliases import agreement_of
from storage.campaigns.agreements.matching import Compared
from storage.campaigns.agreements.splitting import Clause, count_of
from storage.campaigns.agreements.table import (
    ClauseDemand,
    ClauseRow,
    ClauseText,
    DraftComesLater,
    DraftOver,
    IsPublished,
    NoSuchClause,
    NoSuchVersion,
    Version,
)
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.ids import CampaignId, ClauseId, VersionId
from storage.phases import State


async def require_draft(session: AsyncSession, row: Campaign) -> None:
    """A draft can be prepared from the start of the campaign to the end of its phase.

    Raises:
        DraftOver: see the class.
    """
    order = list(Phase)
    has_draft = Phase.DRAFT in await campaigns.phases_of(session, row.id)
    if not has_draft or row.state is not State.RUNNING or row.phase is None:
        raise DraftOver
    if order.index(row.phase) > order.index(Phase.DRAFT):
        raise DraftOver


async def prepare(session: AsyncSession, campaign_id: CampaignId, clauses: Sequence[Clause]) -> Version:
    """Keeps a new version, which nobody sees but coordinators, in place of one that was prepared before. Its clauses
    are those of the last published one where they are alike.

    Raises:
        NoSuchCampaign, DraftOver: see the classes.
    """
    await require_draft(session, await campaigns.find(session, campaign_id))
    await agreement_of(session, campaign_id)
    earlier = await prepared(session, campaign_id)
    if earlier is not None:
        await _remove(session, earlier)
    latest = await published(session, campaign_id)
    old = await texts_of(session, latest.id) if latest is not None else []
    row = Version(campaign_id=campaign_id)
    session.add(row)
    await session.flush()
    for at, (clause, found) in enumerate(zip(clauses, _matched(old, clauses), strict=True)):
        clause_id = old[found].clause_id if found is not None else await _new_clause(session, campaign_id)
        session.add(_text(row.id, clause_id, at + 1, clause))
    await session.flush()
    return row


def _matched(old: Sequence[ClauseText], new: Sequence[Clause]) -> list[int | None]:
    """For each new clause the place of the old one."""
    before = [Compared(count_of(one.number), one.part, one.heading, one.text) for one in old]
    after = [Compared(one.count, one.part, one.heading, one.text) for one in new]
    return [None if found is None else found.old for found in matching.match(before, after)]


async def _new_clause(session: AsyncSession, campaign_id: CampaignId) -> ClauseId:
    row = ClauseRow(campaign_id=campaign_id)
    session.add(row)
    await session.flush()
    return row.id


def _text(version_id: VersionId, clause_id: ClauseId, position: int, clause: Clause) -> ClauseText:
    return ClauseText(
        version_id=version_id,
        clause_id=clause_id,
        position=position,
        number=clause.number,
        heading=clause.heading,
        chapter=clause.chapter,
        text=clause.text,
        part=clause.part,
        parts=clause.parts,
    )


async def find(session: AsyncSession, version_id: VersionId) -> Version:
    """Raises NoSuchVersion."""
    row = await session.get(Version, version_id)
    if row is None:
        raise NoSuchVersion
    return row


async def find_prepared(session: AsyncSession, version_id: VersionId) -> Version:
    """One that can still be changed, locked together with its agreement.

    Raises:
        NoSuchVersion, IsPublished: see the classes.
    """
    row = await find(session, version_id)
    await agreement_of(session, row.campaign_id)
    row = await session.get(Version, version_id, populate_existing=True)  # type: ignore[assignment]
    if row is None:
        raise NoSuchVersion
    if row.number is not None:
        raise IsPublished
    return row


async def prepared(session: AsyncSession, campaign_id: CampaignId) -> Version | None:
    chosen = select(Version).where(Version.campaign_id == campaign_id, Version.number.is_(None))
    return await session.scalar(chosen)


async def published(session: AsyncSession, campaign_id: CampaignId) -> Version | None:
    """The newest version that everybody can read."""
    chosen = select(Version).where(Version.campaign_id == campaign_id, Version.number.is_not(None))
    return await session.scalar(chosen.order_by(Version.number.desc()).limit(1))


async def numbered(session: AsyncSession, campaign_id: CampaignId, number: int) -> Version:
    """Raises NoSuchVersion."""
    row = await session.scalar(select(Version).where(Version.campaign_id == campaign_id, Version.number == number))
    if row is None:
        raise NoSuchVersion
    return row


async def next_number(session: AsyncSession, campaign_id: CampaignId) -> int:
    """That of the version which is published next."""
    last = await session.scalar(select(func.max(Version.number)).where(Version.campaign_id == campaign_id))
    return (last or 0) + 1


async def texts_of(session: AsyncSession, version_id: VersionId) -> Sequence[ClauseText]:
    """Its clauses in their order."""
    chosen = select(ClauseText).where(ClauseText.version_id == version_id).order_by(ClauseText.position)
    return (await session.scalars(chosen)).all()


async def unlink(session: AsyncSession, version_id: VersionId, clause_id: ClauseId) -> ClauseId:
    """A clause of a prepared version is none of the last version: it gets an id of its own, which is returned.

    Raises:
        NoSuchVersion, IsPublished, NoSuchClause: see the classes.
    """
    row = await find_prepared(session, version_id)
    return await _moved(session, row, clause_id, await _new_clause(session, row.campaign_id))


async def link(session: AsyncSession, version_id: VersionId, clause_id: ClauseId, old: ClauseId) -> None:
    """A clause of a prepared version is this one of the last version, which it does not have yet.

    Raises:
        NoSuchVersion, IsPublished, NoSuchClause: see the classes.
    """
    row = await find_prepared(session, version_id)
    clause = await session.get(ClauseRow, old)
    if clause is None or clause.campaign_id != row.campaign_id:
        raise NoSuchClause
    if await session.get(ClauseText, (version_id, old)) is not None:
        raise NoSuchClause
    await _moved(session, row, clause_id, old)
    await _remove_unused(session, row.campaign_id)


async def _moved(session: AsyncSession, row: Version, clause_id: ClauseId, to: ClauseId) -> ClauseId:
    text = await session.get(ClauseText, (row.id, clause_id))
    if text is None:
        raise NoSuchClause
    text.clause_id = to
    await session.flush()
    return to


def require_phase_of_draft(campaign: Campaign) -> None:
    """Raises DraftComesLater, PhaseOver: see `publish`."""
    order = list(Phase)
    if campaign.state is State.PREPARED or (
        campaign.phase is not None and order.index(campaign.phase) < order.index(Phase.DRAFT)
    ):
        raise DraftComesLater
    if campaign.phase is not Phase.DRAFT or campaign.state is not State.RUNNING:
        raise campaigns.PhaseOver


async def publish(session: AsyncSession, version_id: VersionId, now: datetime) -> Version:
    """Everybody can read it from now on.

    Raises:
        NoSuchVersion, IsPublished: see the classes.
        DraftComesLater, PhaseOver: the campaign is not in the phase of the draft yet, or not any more.
    """
    row = await find_prepared(session, version_id)
    require_phase_of_draft(await campaigns.find(session, row.campaign_id))
    row.number, row.published_at = await next_number(session, row.campaign_id), now
    await session.flush()
    return row


async def discard(session: AsyncSession, version_id: VersionId) -> CampaignId:
    """Throws a prepared version away.

    Raises:
        NoSuchVersion, IsPublished: see the classes.
    """
    row = await find_prepared(session, version_id)
    await _remove(session, row)
    return row.campaign_id


async def _remove(session: AsyncSession, row: Version) -> None:
    await session.execute(delete(ClauseText).where(ClauseText.version_id == row.id))
    await session.delete(row)
    await session.flush()
    await _remove_unused(session, row.campaign_id)


async def _remove_unused(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Clauses that no version has any more: nobody has seen them, and nobody can have commented on them."""
    unused = (ClauseRow.campaign_id == campaign_id) & ClauseRow.id.not_in(select(ClauseText.clause_id))
    await session.execute(delete(ClauseDemand).where(ClauseDemand.clause_id.in_(select(ClauseRow.id).where(unused))))
    await session.execute(delete(ClauseRow).where(unused))
