"""Reading the draft clause by clause, and what has changed since the version before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns import campaigns
from storage.campaigns.agreements import versions
from storage.campaigns.agreements.table import ClauseDemand, ClauseRow, ClauseText, NoSuchClause, Version
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId, ClauseId, DemandId
from storage.dialects import add_new
from storage.telegram_ids import PersonId


@dataclass(frozen=True, slots=True)
class Changes:
    """Since the version before: by clause the text that it had, clauses that are new, and texts that are gone. Nothing
    in the first version."""

    before: Mapping[ClauseId, ClauseText]
    new: frozenset[ClauseId] = frozenset()
    gone: Sequence[ClauseText] = ()

    def is_changed(self, text: ClauseText) -> bool:
        before = self.before.get(text.clause_id)
        return before is not None and (before.heading, before.text) != (text.heading, text.text)


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest published version of a campaign."""

    campaign: Campaign
    version: Version
    texts: Sequence[ClauseText]
    changes: Changes

    def at(self, clause_id: ClauseId) -> int | None:
        """The place of a clause, from 0; None if this version has it no more."""
        return next((at for at, text in enumerate(self.texts) if text.clause_id == clause_id), None)


async def draft_of(session: AsyncSession, campaign: Campaign) -> Draft | None:
    """What everybody can read; None before the first version is published."""
    version = await versions.published(session, campaign.id)
    if version is None:
        return None
    texts = await versions.texts_of(session, version.id)
    return Draft(campaign, version, texts, await changes_of(session, version, texts))


async def changes_of(session: AsyncSession, version: Version, texts: Sequence[ClauseText]) -> Changes:
    """Of a published or a prepared version."""
    last = version.number - 1 if version.number is not None else None
    if last is None:
        last = await versions.next_number(session, version.campaign_id) - 1
    if last < 1:
        return Changes({})
    old = await versions.texts_of(session, (await versions.numbered(session, version.campaign_id, last)).id)
    before, here = {text.clause_id: text for text in old}, {text.clause_id for text in texts}
    return Changes(before, frozenset(here - before.keys()), tuple(text for text in old if text.clause_id not in here))


async def draft_for(session: AsyncSession, clause_id: ClauseId, person_id: PersonId, now: datetime) -> Draft:
    """The draft that has (or had) this clause, for somebody whom its campaign is for.

    Raises:
        NoSuchClause: see the class.
        NoSuchCampaign: it is not for them.
    """
    row = await find_clause(session, clause_id)
    campaign = await campaigns.find_for(session, row.campaign_id, person_id, now)
    draft = await draft_of(session, campaign)
    if draft is None or await last_text(session, clause_id) is None:
        raise NoSuchClause
    return draft


async def find_clause(session: AsyncSession, clause_id: ClauseId) -> ClauseRow:
    """Raises NoSuchClause."""
    row = await session.get(ClauseRow, clause_id)
    if row is None:
        raise NoSuchClause
    return row


async def last_text(session: AsyncSession, clause_id: ClauseId) -> ClauseText | None:
    """As it stands in the newest published version that has it."""
    chosen = (
        select(ClauseText)
        .join(Version, Version.id == ClauseText.version_id)
        .where(ClauseText.clause_id == clause_id, Version.number.is_not(None))
        .order_by(Version.number.desc())
    )
    return await session.scalar(chosen.limit(1))


async def number_of(session: AsyncSession, text: ClauseText) -> int:
    """Of the published version that a text is of."""
    return (await versions.find(session, text.version_id)).number or 0


async def texts_over_versions(session: AsyncSession, clause_id: ClauseId) -> dict[int, ClauseText]:
    """By the number of the version, in their order: those in which its text is another one than in the one before."""
    rows = await session.execute(
        select(Version.number, ClauseText)
        .join(Version, Version.id == ClauseText.version_id)
        .where(ClauseText.clause_id == clause_id, Version.number.is_not(None))
        .order_by(Version.number)
    )
    found = dict[int, ClauseText]()
    for number, text in rows:
        last = next(reversed(found.values()), None)
        if last is None or last.text != text.text:
            found[number or 0] = text
    return found


async def explain(session: AsyncSession, clause_id: ClauseId, why: str) -> ClauseRow:
    """Says in a sentence why there is this clause.

    Raises:
        NoSuchClause: see the class.
    """
    row = await find_clause(session, clause_id)
    row.why = why
    return row


async def is_explained(session: AsyncSession, clause_id: ClauseId) -> bool:
    """Whether it has a sentence or a demand behind it."""
    return bool((await find_clause(session, clause_id)).why or await demands_behind(session, [clause_id]))


async def demands_behind(session: AsyncSession, clause_ids: Sequence[ClauseId]) -> Sequence[DemandId]:
    """Which demands these clauses answer."""
    chosen = select(ClauseDemand.demand_id).where(ClauseDemand.clause_id.in_(clause_ids)).distinct()
    return (await session.scalars(chosen.order_by(ClauseDemand.demand_id))).all()


async def set_demand(session: AsyncSession, clause_id: ClauseId, demand_id: DemandId, *, answered: bool) -> None:
    """Says that a clause answers a demand, or that it does not.

    Raises:
        NoSuchClause: see the class.
    """
    await find_clause(session, clause_id)
    if answered:
        await add_new(session, ClauseDemand, clause_id=clause_id, demand_id=demand_id)
    else:
        here = (ClauseDemand.clause_id == clause_id) & (ClauseDemand.demand_id == demand_id)
        await session.execute(delete(ClauseDemand).where(here))


async def readable(session: AsyncSession, person_id: PersonId, now: datetime) -> list[CampaignId]:
    """The campaigns of this person that have a published draft, the running ones first."""
    theirs = await campaigns.concerning(session, person_id, now)
    chosen = select(Version.campaign_id).where(Version.number.is_not(None)).distinct()
    having = set(await session.scalars(chosen.where(Version.campaign_id.in_([row.id for row in theirs]))))
    return [row.id for row in theirs if row.id in having]
