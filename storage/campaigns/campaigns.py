"""Campaigns and their phases.

A campaign goes through its phases in their order, and never back; any of them may be left out. A phase has a date until
which it is open: after that, riders can't take part in it, and coordinators are reminded to move on.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.campaigns.ids import CampaignId
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.people import segments
from storage.people.segments import Segment
from storage.phases import InPhases, Phased, PhaseDates, State
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId


class Phase(StrEnum):
    """In this order."""

    GATHER = "gather"
    RANK = "rank"
    DRAFT = "draft"
    VOTE = "vote"
    RESULT = "result"
    FOLLOW_UP = "follow_up"


class NoSuchCampaign(Refused):
    """It does not exist, is not for this person, or has not been started."""


class HasMovedOn(Repeated):
    """Somebody has moved it meanwhile."""


class PhaseOver(Refused):
    """The campaign is in another phase, or the date until which this one was open has passed."""


class NoPhases(Refused):
    """A campaign without a single phase."""


class Campaign(InPhases[Phase], Base):
    __tablename__ = "campaigns"

    id: Mapped[CampaignId] = mapped_column(BigKey, primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    counterpart: Mapped[str] = mapped_column(String(120))
    segment: Mapped[str] = mapped_column(String(500))
    phase: Mapped[Phase | None] = mapped_column(StrEnumColumn(Phase, 10), default=None)
    secret: Mapped[bytes | None] = mapped_column(Sealed, default=None)
    """Sealed; makes people's aliases in this campaign. Thrown away when ranking ends: nobody can tell then whose a
    stance was."""


class PhaseRow(PhaseDates[Phase], Base):
    __tablename__ = "campaign_phases"

    campaign_id: Mapped[CampaignId] = mapped_column(BigInteger, ForeignKey("campaigns.id"), primary_key=True)
    phase: Mapped[Phase] = mapped_column(StrEnumColumn(Phase, 10), primary_key=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """A campaign as it is set up: whom it is for, and each of its phases with the time until which it is open."""

    title: str
    counterpart: str
    segment: Segment
    phases: Mapping[Phase, datetime | None]


PHASED = Phased[Campaign, Phase, CampaignId](
    row=Campaign,
    dates=PhaseRow,
    row_id=PhaseRow.campaign_id,
    phases=Phase,
    wake_up=WakeUp.CAMPAIGNS,
    missing=NoSuchCampaign,
    moved_on=HasMovedOn,
    closed=PhaseOver,
)
find, find_for_update, find_held, all_of = PHASED.find, PHASED.find_for_update, PHASED.find_held, PHASED.all_of
phases_of, next_phase, require_phase = PHASED.phases_of, PHASED.next_phase, PHASED.require_phase
move, set_until = PHASED.move, PHASED.set_until
overdue, is_overdue, next_overdue = PHASED.overdue, PHASED.is_overdue, PHASED.next_overdue


async def create(session: AsyncSession, plan: Plan) -> Campaign:
    """Sets up a campaign that nobody sees yet but coordinators.

    Raises:
        NoPhases: see the class.
    """
    if not plan.phases:
        raise NoPhases
    row = Campaign(title=plan.title, counterpart=plan.counterpart, segment=plan.segment.text)
    session.add(row)
    await session.flush()
    sealed_columns.seal(session, row, Campaign.secret, secrets.token_bytes(32))
    session.add_all(PhaseRow(campaign_id=row.id, phase=phase, until=until) for phase, until in plan.phases.items())
    await session.flush()
    return row


async def concerning(session: AsyncSession, person_id: PersonId, now: datetime) -> list[Campaign]:
    """Those that have been started and are for this person, the running ones first."""
    started = await all_of(session, State.RUNNING, State.ENDED)
    theirs = [row for row in started if await concerns(session, row, person_id, now)]
    return sorted(theirs, key=lambda row: row.state is State.ENDED)


async def find_for(session: AsyncSession, campaign_id: CampaignId, person_id: PersonId, now: datetime) -> Campaign:
    """A campaign that this person may see.

    Raises:
        NoSuchCampaign: see the class.
    """
    row = await find(session, campaign_id)
    if row.state is State.PREPARED or not await concerns(session, row, person_id, now):
        raise NoSuchCampaign
    return row


async def concerns(session: AsyncSession, row: Campaign, person_id: PersonId, now: datetime) -> bool:
    """Whether this person belongs to those whom it is for."""
    return await segments.includes(session, Segment.parse(row.segment), person_id, now)


async def delete_prepared(session: AsyncSession, campaign_id: CampaignId) -> None:
    """Throws away one that has not been started.

    Raises:
        HasMovedOn: it has.
    """
    row = await find_for_update(session, campaign_id)
    if row.state is not State.PREPARED:
        raise HasMovedOn
    for phase in (await session.scalars(select(PhaseRow).where(PhaseRow.campaign_id == campaign_id))).all():
        await session.delete(phase)
    await session.flush()
    await session.delete(row)


TABLES = frozenset({Campaign.__tablename__, PhaseRow.__tablename__})
