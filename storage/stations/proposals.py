"""What riders propose: a new station, or a correction of one. A coordinator accepts or refuses it.

The photo (Telegram's file_id) is kept only while the proposal waits. What was accepted stands in the stations from then
on; the name that its rider chose to be thanked by stays here, for KEPT.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import BigInteger, ColumnElement, Index, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed, StrEnumColumn
from storage.database import Base
from storage.operations import queues
from storage.operations.queues import Queue
from storage.privacy.retention import forget_some
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.stations import stations
from storage.stations.ids import ProposalId, StationKey
from storage.stations.stations import NoSuchStation, Station, StationPatch, StationRow
from storage.telegram_ids import PersonId

KEPT = timedelta(days=90)
"""So long after it was sent a proposal is kept."""
MOST_WAITING = 3
MOST_A_WEEK = 10
_WEEK = timedelta(days=7)


class ProposalState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class TooManyProposals(Refused):
    """This person has MOST_WAITING proposals waiting, or has sent MOST_A_WEEK within a week."""


class NothingProposed(Refused):
    """The station is like that already."""


class ProposalDecided(Repeated):
    """Another coordinator has decided on it, or it was withdrawn."""


class OwnProposal(Refused):
    """Somebody else has to decide on it."""


class Proposal(Base):
    __tablename__ = "station_proposals"
    __table_args__ = (
        Index("ix_station_proposals_state", "state", "id"),
        Index("ix_station_proposals_station_key", "station_key", "id"),
    )

    id: Mapped[ProposalId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    station_key: Mapped[StationKey | None] = mapped_column(BigInteger, default=None)
    """None of a new station that nobody has accepted yet."""
    content: Mapped[bytes] = mapped_column(Sealed(("person_id",)))
    state: Mapped[ProposalState] = mapped_column(StrEnumColumn(ProposalState, 10), default=ProposalState.WAITING)
    sent_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Content:
    """What is to be changed, or that the station is `closed_for_good`; the photo; the name to thank, "" for none."""

    patch: StationPatch
    closed_for_good: bool = False
    photo: str = ""
    thanks: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The rider, the station as it is now, and the name to thank. `is_new`: it was not there before."""

    person_id: PersonId
    station: StationRow
    thanks: str
    is_new: bool


_JSON = SealedJson(Content)


def content_of(session: AsyncSession, row: Proposal) -> Content:
    return _JSON.decode(sealed_columns.opened(session, row, Proposal.content))


def _keep(session: AsyncSession, row: Proposal, content: Content) -> None:
    sealed_columns.seal(session, row, Proposal.content, _JSON.encode(content))


async def require_may_propose(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """Raises TooManyProposals: see the class."""
    rows = await session.execute(
        select(Proposal.state, Proposal.sent_at).where(Proposal.person_id == person_id, Proposal.sent_at > now - KEPT)
    )
    found = rows.all()
    waiting = sum(row.state is ProposalState.WAITING for row in found)
    if waiting >= MOST_WAITING or sum(row.sent_at > now - _WEEK for row in found) >= MOST_A_WEEK:
        raise TooManyProposals


async def propose(
    session: AsyncSession, person_id: PersonId, station_key: StationKey | None, content: Content, now: datetime
) -> Proposal:
    """Keeps a correction of this station, or (None) a new one, until a coordinator decides.

    Raises:
        TooManyProposals, NoSuchStation, NothingProposed: see the classes.
    """
    await require_may_propose(session, person_id, now)
    if station_key is not None:
        station = await stations.find(session, station_key)
        if station is None:
            raise NoSuchStation
        if not content.closed_for_good and not changes(station, content.patch):
            raise NothingProposed
    row = Proposal(person_id=person_id, station_key=station_key, content=b"", sent_at=now)
    session.add(row)
    await session.flush()
    _keep(session, row, content)
    return row


def changes(station: StationRow, patch: StationPatch) -> Sequence[str]:
    """The columns in which the patch differs from the station."""
    return [name for name, value in patch.values.items() if getattr(station, name) != value]


def _waits_for(reviewer: PersonId) -> ColumnElement[bool]:
    return (Proposal.state == ProposalState.WAITING) & (Proposal.person_id != reviewer)


async def waiting_for(session: AsyncSession, reviewer: PersonId) -> int:
    """How many proposals of others wait."""
    return await session.scalar(select(func.count()).select_from(Proposal).where(_waits_for(reviewer))) or 0


async def next_for(session: AsyncSession, reviewer: PersonId, after: ProposalId) -> Proposal | None:
    """The oldest after this one that somebody else has sent; from the first on again where there is none."""
    oldest = select(Proposal).where(_waits_for(reviewer)).order_by(Proposal.id <= after, Proposal.id)
    return await session.scalar(oldest.limit(1))


async def waiting(session: AsyncSession, reviewer: PersonId, limit: int) -> Sequence[Proposal]:
    """Those that others have sent, the oldest first."""
    return (
        await session.scalars(select(Proposal).where(_waits_for(reviewer)).order_by(Proposal.id).limit(limit))
    ).all()


async def find_for(session: AsyncSession, proposal_id: ProposalId, reviewer: PersonId) -> Proposal | None:
    """One that waits for this reviewer, to be looked at."""
    return await session.scalar(select(Proposal).where(_waits_for(reviewer), Proposal.id == proposal_id))


async def find_waiting(session: AsyncSession, proposal_id: ProposalId, reviewer: PersonId) -> Proposal:
    """One that this reviewer may decide on, locked.

    Raises:
        ProposalDecided, OwnProposal: see the classes.
    """
    row = await session.get(Proposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not ProposalState.WAITING:
        raise ProposalDecided
    if row.person_id == reviewer:
        raise OwnProposal
    return row


async def accept(session: AsyncSession, proposal_id: ProposalId, reviewer: PersonId, now: datetime) -> Accepted:
    """Puts it into the stations, where searches find it as they find an import.

    Raises:
        ProposalDecided, OwnProposal, NoSuchStation: see the classes.
    """
    row = await find_waiting(session, proposal_id, reviewer)
    content = content_of(session, row)
    is_new = row.station_key is None
    station = await _apply(session, row, content, now)
    row.station_key = station.key
    _settle(session, row, content, ProposalState.ACCEPTED)
    return Accepted(row.person_id, station, content.thanks, is_new)


async def _apply(session: AsyncSession, row: Proposal, content: Content, now: datetime) -> StationRow:
    if row.station_key is None:
        return await stations.add(session, _new_station(f"rider-{row.id}", content.patch), now)
    if await stations.find(session, row.station_key) is None:
        raise NoSuchStation
    if content.closed_for_good:
        return await stations.delete_one(session, row.station_key, now)
    return await stations.change(session, row.station_key, content.patch, now)


def _new_station(station_id: str, patch: StationPatch) -> Station:
    assert patch.name is not None
    assert patch.latitude is not None
    assert patch.longitude is not None
    return Station(
        station_id,
        patch.name,
        patch.latitude,
        patch.longitude,
        patch.address or "",
        patch.opening_hours or "",
        patch.amenities or 0,
        patch.phone or "",
        patch.note or "",
    )


async def refuse(session: AsyncSession, proposal_id: ProposalId, reviewer: PersonId) -> Proposal:
    """Raises ProposalDecided, OwnProposal: see the classes."""
    row = await find_waiting(session, proposal_id, reviewer)
    _settle(session, row, replace(content_of(session, row), thanks=""), ProposalState.REFUSED)
    return row


def _settle(session: AsyncSession, row: Proposal, content: Content, state: ProposalState) -> None:
    """Nothing but the decision waits for the photo."""
    row.state = state
    _keep(session, row, replace(content, photo=""))


async def thanked_for(session: AsyncSession, station_key: StationKey) -> str:
    """The name to thank for the last proposal about this station that had one; "" if there is none."""
    rows = await session.scalars(
        select(Proposal)
        .where(Proposal.station_key == station_key, Proposal.state == ProposalState.ACCEPTED)
        .order_by(Proposal.id.desc())
        .limit(MOST_A_WEEK)
    )
    return next(filter(None, (content_of(session, row).thanks for row in rows)), "")


async def to_review(session: AsyncSession, _now: datetime) -> Queue:
    """The proposals that wait, as a queue."""
    return await queues.measured(session, Proposal.sent_at, Proposal.state == ProposalState.WAITING)


async def forget(session: AsyncSession, now: datetime) -> bool:
    """Drops some of those that were sent long ago; True if there may be more."""
    return await forget_some(session, Proposal, Proposal.sent_at < now - KEPT)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Proposal).where(Proposal.person_id == person_id).order_by(Proposal.id))
    found = ((row, content_of(session, row)) for row in rows)
    return [
        {"station": row.station_key, "sent_at": row.sent_at, "state": row.state, "content": asdict(content)}
        for row, content in found
    ]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Proposal).where(Proposal.person_id == person_id))
