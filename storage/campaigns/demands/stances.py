"""Stances: what people think of each demand, under an alias.

The alias is an HMAC of the person's number by the campaign's secret. No row has a person or a time, and the tables have
no order but that of their keys. When ranking ends, the secret is thrown away in the same transaction: from then on
nobody can compute an alias. The stances go once they are counted (storage/campaigns/demands/counting.py).

The secret is opened again at every press, which takes some microseconds, and not kept in the process.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BigInteger, ForeignKey, Select, Table, bindparam, delete, exists, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign, NoSuchCampaign, Phase, PhaseOver, PhaseRow
from storage.campaigns.demands.table import Demand, DemandState, NoSuchDemand, RankedNoMore, Ranking
from storage.campaigns.demands.voters import DemandVoter, Part, note_parts
from storage.campaigns.ids import CampaignId, DemandId
from storage.column_types import IntEnumColumn
from storage.database import Base, vault_of
from storage.dialects import insert_for, is_postgresql
from storage.engine.fast_statements import Row, run
from storage.people import segments
from storage.people.segments import Segment
from storage.phases import State
from storage.sealed_columns import identity
from storage.telegram_ids import PersonId


class Stance(IntEnum):
    DISAGREE = -1
    PASS = 0
    AGREE = 1


class DemandStance(Base):
    __tablename__ = "demand_stances"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 (SQLAlchemy reads it as it is)

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    alias: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    demand_id: Mapped[DemandId] = mapped_column(ForeignKey("demands.id"), primary_key=True, autoincrement=False)
    stance: Mapped[Stance] = mapped_column(IntEnumColumn(Stance))


@dataclass(frozen=True, slots=True)
class Ranked:
    """Where somebody stands in the ranking of a campaign; `version` is that of its set of demands."""

    campaign_id: CampaignId
    version: int
    answered: frozenset[DemandId]


_DEMANDS, _CAMPAIGNS, _PHASES, _RANKINGS, _STANCES = (
    cast(Table, one.__table__) for one in (Demand, Campaign, PhaseRow, Ranking, DemandStance)
)
_OF_CAMPAIGN = (
    _CAMPAIGNS.c.id,
    _CAMPAIGNS.c.state,
    _CAMPAIGNS.c.phase,
    _CAMPAIGNS.c.segment,
    _CAMPAIGNS.c.secret,
    _PHASES.c.until,
    _RANKINGS.c.version,
)
_OPEN_PHASE = (_PHASES.c.campaign_id == _CAMPAIGNS.c.id) & (_PHASES.c.phase == _CAMPAIGNS.c.phase)
_IN = (
    select(*_OF_CAMPAIGN)
    .select_from(
        _CAMPAIGNS.outerjoin(_PHASES, _OPEN_PHASE).outerjoin(_RANKINGS, _RANKINGS.c.campaign_id == _CAMPAIGNS.c.id)
    )
    .where(_CAMPAIGNS.c.id == bindparam("campaign"))
)
_AT = (
    select(*_OF_CAMPAIGN, _DEMANDS.c.state.label("demand_state"), _DEMANDS.c.part_of)
    .select_from(
        _DEMANDS.join(_CAMPAIGNS, _CAMPAIGNS.c.id == _DEMANDS.c.campaign_id)
        .outerjoin(_PHASES, _OPEN_PHASE)
        .outerjoin(_RANKINGS, _RANKINGS.c.campaign_id == _CAMPAIGNS.c.id)
    )
    .where(_DEMANDS.c.id == bindparam("demand"))
)
_HELD_AT = _AT.with_for_update(read=True, key_share=True, of=_CAMPAIGNS)
"""On PostgreSQL the move that ends ranking waits for those who are about to take a stance, and they for it."""
_ANSWERED = select(_STANCES.c.demand_id).where(
    _STANCES.c.campaign_id == bindparam("campaign"), _STANCES.c.alias == bindparam("alias")
)
_ONE_MORE = _DEMANDS.update().where(_DEMANDS.c.id == bindparam("demand")).values(stances=_DEMANDS.c.stances + 1)


_KEY = (_STANCES.c.campaign_id, _STANCES.c.alias, _STANCES.c.demand_id)


def _in_place(putting: postgresql.Insert) -> postgresql.Insert:
    return putting.on_conflict_do_update(index_elements=_KEY, set_={"stance": putting.excluded.stance})


_PUT = _in_place(insert_for(DemandStance, postgres=False))


def _take_at_once() -> Select[DemandId]:
    """What somebody has answered so far, and in the same round trip what they say now; a demand that they had not
    answered is counted. All parts see the database as it was before."""
    given = zip(_STANCES.c, ("campaign", "alias", "demand", "stance"), strict=True)
    values = {column.name: bindparam(name, type_=column.type) for column, name in given}
    put = _in_place(insert_for(DemandStance, postgres=True).values(values)).cte("put")
    answered = _ANSWERED.cte("answered")
    is_answered = exists(select(answered.c.demand_id).where(answered.c.demand_id == bindparam("demand")))
    counted = _ONE_MORE.where(~is_answered).cte("counted")
    return select(answered.c.demand_id).add_cte(put, counted)


_TAKE_AT_ONCE = _take_at_once()
"""PostgreSQL's; SQLite has no change within a query, and no round trips."""


def alias_of(secret: bytes, person_id: PersonId) -> int:
    """64 bits of the HMAC: that two of a million people share one has a chance of one in 30 million."""
    return int.from_bytes(hmac.digest(secret, str(person_id).encode(), "sha256")[:8], "big", signed=True)


async def stand(
    session: AsyncSession,
    demand_id: DemandId,
    person_id: PersonId,
    stance: Stance,
    phase: Phase,
    now: datetime,
    parts: Sequence[Part] = (),
) -> Ranked:
    """Keeps what somebody thinks of a demand, in place of what they said before.

    Raises:
        NoSuchDemand, NoSuchCampaign: there is none, or not for this person.
        PhaseOver: the campaign is in another phase than this one, or its time is over.
        RankedNoMore: see the class.
    """
    place = await _place(session, demand_id, person_id, phase, now, _HELD_AT)
    alias = alias_of(_opened(session, place), person_id)
    answered = await _take(session, place.id, alias, demand_id, stance)
    if not answered:
        await note_parts(session, place.id, alias, person_id, parts, now)
    return Ranked(place.id, place.version or 0, answered | {demand_id})


async def _take(
    session: AsyncSession, campaign_id: CampaignId, alias: int, demand_id: DemandId, stance: Stance
) -> frozenset[DemandId]:
    """Puts the stance; returns what was answered before."""
    key = {"campaign": campaign_id, "alias": alias}
    if is_postgresql(session):
        rows = await run(session, _TAKE_AT_ONCE, {**key, "demand": demand_id, "stance": stance})
        return frozenset(row.demand_id for row in rows)
    answered = frozenset(row.demand_id for row in await run(session, _ANSWERED, key))
    row = {"campaign_id": campaign_id, "alias": alias, "demand_id": demand_id, "stance": stance}
    await run(session, _PUT, row)
    if demand_id not in answered:
        await run(session, _ONE_MORE, {"demand": demand_id})
    return answered


async def require_rankable(session: AsyncSession, demand_id: DemandId, person_id: PersonId, now: datetime) -> None:
    """Raises what `stand` does, if this person can't rank this demand now."""
    await _place(session, demand_id, person_id, Phase.RANK, now)


async def _place(
    session: AsyncSession,
    demand_id: DemandId,
    person_id: PersonId,
    phase: Phase,
    now: datetime,
    statement: Select[Any] = _AT,
) -> Row:
    """What a press is about, by one statement."""
    place = (await run(session, statement, {"demand": demand_id})).first()
    if place is None:
        raise NoSuchDemand
    await _require_open(session, place, person_id, phase, now)
    if place.demand_state is not DemandState.SHOWN or place.part_of is not None:
        raise RankedNoMore
    return place


async def _require_open(session: AsyncSession, place: Row, person_id: PersonId, phase: Phase, now: datetime) -> None:
    """As `campaigns.find_for` and `campaigns.require_phase`, of what has been read."""
    segment = _segment(place.segment)
    is_for_them = not segment.conditions or await segments.includes(session, segment, person_id, now)
    if place.state is State.PREPARED or not is_for_them:
        raise NoSuchCampaign
    is_late = place.until is not None and place.until <= now
    if place.state is not State.RUNNING or place.phase is not phase or is_late or place.secret is None:
        raise PhaseOver


@lru_cache(64)
def _segment(text: str) -> Segment:
    return Segment.parse(text)


def _opened(session: AsyncSession, place: Row) -> bytes:
    return vault_of(session).open(place.secret, "campaigns.secret", identity(place.id))


async def ranked(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId, now: datetime) -> Ranked:
    """Where this person stands in a campaign whose ranking is open.

    Raises:
        NoSuchCampaign, PhaseOver: see `stand`.
    """
    place = (await run(session, _IN, {"campaign": campaign_id})).first()
    if place is None:
        raise NoSuchCampaign
    await _require_open(session, place, person_id, Phase.RANK, now)
    alias = alias_of(_opened(session, place), person_id)
    answered = await run(session, _ANSWERED, {"campaign": campaign_id, "alias": alias})
    return Ranked(campaign_id, place.version or 0, frozenset(one.demand_id for one in answered))


async def _own(session: AsyncSession, person_id: PersonId) -> list[tuple[CampaignId, int]]:
    """The person's alias in each campaign that still has its secret."""
    running = [row for row in await campaigns.all_of(session, State.RUNNING) if row.secret is not None]
    return [(row.id, alias_of(sealed_columns.opened(session, row, Campaign.secret), person_id)) for row in running]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Removes their stances from rankings that are open; of others nobody knows which they were."""
    for campaign_id, alias in await _own(session, person_id):
        theirs = (DemandStance.campaign_id == campaign_id) & (DemandStance.alias == alias)
        demands = select(DemandStance.demand_id).where(theirs)
        # Locked in the order in which stances that share a transaction lock them.
        await session.execute(select(Demand.id).where(Demand.id.in_(demands)).order_by(Demand.id).with_for_update())
        fewer = update(Demand).where(Demand.id.in_(demands)).values(stances=Demand.stances - 1)
        await session.execute(fewer.execution_options(synchronize_session=False))
        await session.execute(delete(DemandStance).where(theirs))
        voter = (DemandVoter.campaign_id == campaign_id) & (DemandVoter.alias == alias)
        await session.execute(delete(DemandVoter).where(voter))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, Any]]:
    """Their stances in rankings that are open."""
    found = []
    for campaign_id, alias in await _own(session, person_id):
        rows = await session.execute(
            select(Demand.text, DemandStance.stance)
            .join(DemandStance, DemandStance.demand_id == Demand.id)
            .where(DemandStance.campaign_id == campaign_id, DemandStance.alias == alias)
            .order_by(Demand.id)
        )
        found += [{"demand": text, "stance": stance.name.lower()} for text, stance in rows]
    return found
