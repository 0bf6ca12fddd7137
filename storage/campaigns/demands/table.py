"""The tables of demands, their authors and followers, and what may become of them.

Who took which stance stands in `storage/campaigns/demands/stances.py`.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, SmallInteger, String, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.campaigns import campaigns
from storage.campaigns.ids import CampaignId, DemandChangeId, DemandId
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.database import Base
from storage.dialects import insert_into
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

SHORTEST, LONGEST = 5, 120
"""Characters of a demand."""
LONGEST_VOICE = 60
"""Seconds."""
LONGEST_QUESTION, LONGEST_REASON = 200, 300


class DemandState(StrEnum):
    """Until ranking ends; after that, what becomes of the demand at the table and later."""

    WAITING = "waiting"
    ASKED = "asked"
    """Its author has been asked for a better wording."""
    SHOWN = "shown"
    REFUSED = "refused"
    ON_TABLE = "on_table"
    AGREED = "agreed"
    PROMISED = "promised"
    REJECTED = "rejected"
    KEPT = "kept"
    NOT_KEPT = "not_kept"


UNDECIDED = (DemandState.WAITING, DemandState.ASKED)
OUTCOMES = (
    DemandState.ON_TABLE,
    DemandState.AGREED,
    DemandState.PROMISED,
    DemandState.REJECTED,
    DemandState.KEPT,
    DemandState.NOT_KEPT,
)
"""What a coordinator can say of a demand once ranking is over."""
PUBLIC = (DemandState.SHOWN, *OUTCOMES)


class Reason(StrEnum):
    """Why a demand is refused: the published list, and TOO_LATE for what nobody had looked at when ranking ended."""

    INSULT = "insult"
    PERSONAL_DATA = "personal_data"
    NAMES_PERSON = "names_person"
    ADVERTISING = "advertising"
    NOT_ABOUT_WORK = "not_about_work"
    TWO_THINGS = "two_things"
    UNCLEAR = "unclear"
    TOO_LATE = "too_late"


PUBLISHED = tuple(reason for reason in Reason if reason is not Reason.TOO_LATE)
"""Those that a coordinator can give."""
NOT_QUOTED = frozenset({Reason.INSULT, Reason.PERSONAL_DATA, Reason.NAMES_PERSON, Reason.TOO_LATE})
"""What is refused for one of these is not kept: it would hurt somebody to read it, or nobody has read it."""


class RankingState(StrEnum):
    OPEN = "open"
    """Also while demands are gathered: who supports one that is there already takes a stance."""
    OVER = "over"
    """The secret is gone; the stances wait to be counted."""
    COUNTED = "counted"
    """The counts are kept; the stances are being thrown away."""
    DONE = "done"


class NoSuchDemand(Refused):
    """It does not exist, is of another campaign, or is not shown to this person."""


class AlreadyDecided(Repeated):
    """Somebody has decided about it, or its wording has changed, since it was shown to whoever decides now."""


class TooManyDemands(Refused):
    """This person has brought as many as one person may."""


class NotAsked(Repeated):
    """Nobody waits for a better wording of it any more."""


class RankedNoMore(Repeated):
    """It has become part of another demand."""


class RankingIsOpen(Refused):
    """That is only known or done once ranking is over."""


class RankingIsOver(Refused):
    """Demands are neither looked at nor put together any more."""


class CannotMerge(Refused):
    """Into itself, into one of another campaign, or into one that is not shown or part of another itself."""


class SameOutcome(Repeated):
    """That is what stands there already."""


class Demand(Base):
    """`text` is what everybody may read, and is set once it is shown, for good. Before that, what its author wrote or
    said is sealed."""

    __tablename__ = "demands"
    __table_args__ = (Index("ix_demands_of_campaign", "campaign_id", "state"),)

    id: Mapped[DemandId] = mapped_column(BigKey, primary_key=True)
    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"))
    state: Mapped[DemandState] = mapped_column(StrEnumColumn(DemandState, 10), default=DemandState.WAITING)
    text: Mapped[str | None] = mapped_column(String(LONGEST), default=None)
    draft: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """As it was written, until it is decided about."""
    voice: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Telegram's id of a voice message, until it is written down."""
    question: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """What its author is asked about the wording, until they answer."""
    revision: Mapped[int] = mapped_column(SmallInteger, default=0)
    """Grows with each change of the draft: who decides does so about what they have read."""
    reason: Mapped[Reason | None] = mapped_column(StrEnumColumn(Reason, 16), default=None)
    part_of: Mapped[DemandId | None] = mapped_column(ForeignKey("demands.id"), default=None, index=True)
    is_seed: Mapped[bool] = mapped_column(default=False)
    """Whether the union has put it in."""
    stances: Mapped[int] = mapped_column(default=0)
    """How many people have taken one, while ranking is open: which demand comes next goes by it."""
    common: Mapped[int] = mapped_column(SmallInteger, default=-1)
    """Once they are counted: the percentage that agrees in the group of opinion that agrees least, -1 if it is
    hidden."""


class DemandAuthor(Base):
    """Who is to hear what a coordinator decides. Gone when ranking ends."""

    __tablename__ = "demand_authors"

    demand_id: Mapped[DemandId] = mapped_column(ForeignKey("demands.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(index=True)


class DemandFollower(Base):
    """Who asked to be told what becomes of a demand."""

    __tablename__ = "demand_followers"
    __table_args__ = (
        Index("ix_demand_followers_person_id", "person_id"),
        {"sqlite_with_rowid": False},
    )

    demand_id: Mapped[DemandId] = mapped_column(ForeignKey("demands.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)


class DemandChange(Base):
    """What a coordinator said of a demand after ranking, and when: the newest is its state."""

    __tablename__ = "demand_changes"

    id: Mapped[DemandChangeId] = mapped_column(BigKey, primary_key=True)
    demand_id: Mapped[DemandId] = mapped_column(ForeignKey("demands.id"), index=True)
    state: Mapped[DemandState] = mapped_column(StrEnumColumn(DemandState, 10))
    reason: Mapped[str] = mapped_column(String(LONGEST_REASON), default="")
    at: Mapped[datetime]


class Ranking(Base):
    """What is known of a campaign's ranking as a whole.

    `version` grows whenever another set of demands is to be ranked, so that every process reads it again.
    """

    __tablename__ = "demand_rankings"

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[RankingState] = mapped_column(StrEnumColumn(RankingState, 10), default=RankingState.OPEN)
    people: Mapped[int] = mapped_column(default=0)
    """How many took a stance, as it is shown; known once they are counted."""


class DemandCount(Base):
    """What remains of the stances: counts as they are shown (0: hidden), by demand and part. The parts of a breakdown
    do not overlap; of "", the whole, there is one."""

    __tablename__ = "demand_counts"

    demand_id: Mapped[DemandId] = mapped_column(ForeignKey("demands.id"), primary_key=True, autoincrement=False)
    breakdown: Mapped[str] = mapped_column(String(20), primary_key=True)
    part: Mapped[str] = mapped_column(String(80), primary_key=True)
    agree: Mapped[int]
    disagree: Mapped[int]
    passed: Mapped[int]


class OpinionGroup(Base):
    """How many people a group of opinion has, as it is shown."""

    __tablename__ = "opinion_groups"

    campaign_id: Mapped[CampaignId] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    people: Mapped[int]


TABLES = frozenset({Ranking.__tablename__})
"""What tells that something is to be counted."""


async def find(session: AsyncSession, demand_id: DemandId) -> Demand:
    """Raises NoSuchDemand."""
    row = await session.get(Demand, demand_id)
    if row is None:
        raise NoSuchDemand
    return row


async def find_public(session: AsyncSession, demand_id: DemandId) -> Demand:
    """One that everybody may read. Raises NoSuchDemand."""
    row = await find(session, demand_id)
    if row.state not in PUBLIC:
        raise NoSuchDemand
    return row


async def find_for_update(session: AsyncSession, demand_id: DemandId) -> Demand:
    """The same, kept from others until the transaction ends. Raises NoSuchDemand."""
    row = await session.get(Demand, demand_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise NoSuchDemand
    return row


async def hold_campaign(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Until the transaction ends, ranking does not; who moves the campaign on waits, as others wait for them."""
    await campaigns.find_held(session, campaign_id)


async def find_held(session: AsyncSession, demand_id: DemandId) -> Demand:
    """One that nobody else changes until the transaction ends, nor does ranking end; in the order in which a move locks
    them. Raises NoSuchDemand."""
    await hold_campaign(session, (await find(session, demand_id)).campaign_id)
    return await find_for_update(session, demand_id)


async def ranking_of(session: AsyncSession, campaign_id: CampaignId) -> Ranking:
    """Of a campaign; made where there is none yet."""
    row = await session.get(Ranking, campaign_id)
    if row is not None:
        return row
    added = insert_into(session, Ranking).values(campaign_id=campaign_id, version=0, state=RankingState.OPEN, people=0)
    await session.execute(added.on_conflict_do_nothing())
    return await session.get_one(Ranking, campaign_id)


async def raise_version(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Another set of demands is to be ranked from now on."""
    await ranking_of(session, campaign_id)
    raised = update(Ranking).where(Ranking.campaign_id == campaign_id).values(version=Ranking.version + 1)
    await session.execute(raised.execution_options(synchronize_session=False))


async def counts(session: AsyncSession, campaign_id: CampaignId) -> dict[DemandState, int]:
    """How many demands of a campaign are in each state."""
    rows = await session.execute(
        select(Demand.state, func.count()).where(Demand.campaign_id == campaign_id).group_by(Demand.state)
    )
    return {state: count for state, count in rows}  # noqa: C416 (a Row is no pair to mypy)
