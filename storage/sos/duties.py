"""Volunteers on duty: each for a shift of their own, with a place that is thrown away at its end.

Name and place are sealed, so those who are near are found by opening all of them: some microseconds each, and there are
as many as there are volunteers on duty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import Sealed
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.geodesy import distance
from storage.people import segments
from storage.people.blocks import Block
from storage.people.segments import Segment
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.telegram_ids import MessageId, PersonId

PURPOSE = "sos"
"""Of the consent that a volunteer gives."""


class MembersVolunteer(Refused):
    """They are no member. Whoever is told of calls learns where people in distress are, and can be on duty anywhere: a
    member is somebody whom the union knows."""


class NotOnDuty(Repeated):
    """Their shift is over, or they ended it."""


class Spot(NamedTuple):
    """In degrees, WGS-84."""

    latitude: float
    longitude: float

    def metres_to(self, other: Spot) -> float:
        return distance(self.latitude, self.longitude, other.latitude, other.longitude)


class Duty(Base):
    __tablename__ = "sos_duties"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    until: Mapped[datetime] = mapped_column(index=True)
    location_message: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    """The message of their live location, which the place follows."""
    content: Mapped[bytes] = mapped_column(Sealed)


@dataclass(frozen=True, slots=True)
class Volunteer:
    """The first name, and where they are, in degrees; or the area that they declared, by its middle and how far it
    reaches from there, in metres."""

    name: str
    latitude: float
    longitude: float
    area: str = ""
    reach: float = 0

    @property
    def spot(self) -> Spot:
        return Spot(self.latitude, self.longitude)

    def is_near(self, spot: Spot, metres: float) -> bool:
        """Whether a call from there is for them: so many metres away at most, or in their area."""
        return self.spot.metres_to(spot) <= (self.reach or metres)


_JSON = SealedJson(Volunteer)
_MEMBERS = '{"member": {}}'
"""The segment of them; what makes one is known to storage/membership alone."""


async def require_member(session: AsyncSession, person_id: PersonId, now: datetime) -> None:
    """Raises MembersVolunteer."""
    if not await _members(session, [person_id], now):
        raise MembersVolunteer


async def _members(session: AsyncSession, ids: Sequence[PersonId], now: datetime) -> list[PersonId]:
    found = await segments.those_of(session, Segment.parse(_MEMBERS), ids, now)
    return [one for one in ids if one in found]


async def begin(
    session: AsyncSession,
    person_id: PersonId,
    volunteer: Volunteer,
    until: datetime,
    location_message: MessageId | None,
) -> None:
    """On duty from now on; whoever is already, has the new place and end. The caller has asked `require_member`."""
    row = await session.get(Duty, person_id)
    if row is None:
        row = Duty(person_id=person_id, content=b"")
        session.add(row)
    row.until, row.location_message = until, location_message
    sealed_columns.seal(session, row, Duty.content, _JSON.encode(volunteer))
    wake_ups.request(session, WakeUp.SOS)


async def move(session: AsyncSession, person_id: PersonId, message: MessageId, spot: Spot, now: datetime) -> None:
    """Follows the live location of somebody on duty; any other message changes nothing."""
    row = await _row(session, person_id, now)
    if row is not None and row.location_message == message:
        moved = replace(_opened(session, row), latitude=spot.latitude, longitude=spot.longitude)
        sealed_columns.seal(session, row, Duty.content, _JSON.encode(moved))


async def end(session: AsyncSession, person_id: PersonId) -> None:
    """The place is gone with it."""
    await session.execute(delete(Duty).where(Duty.person_id == person_id))


erase = end


async def until(session: AsyncSession, person_id: PersonId, now: datetime) -> datetime | None:
    """The end of this person's shift; None if they are not on duty."""
    row = await _row(session, person_id, now)
    return None if row is None else row.until


async def volunteer(session: AsyncSession, person_id: PersonId, now: datetime) -> Volunteer | None:
    """This person as a volunteer on duty; None if they are not."""
    row = await _row(session, person_id, now)
    return None if row is None else _opened(session, row)


async def require(session: AsyncSession, person_id: PersonId, now: datetime) -> Volunteer:
    """Raises NotOnDuty."""
    row = await _row(session, person_id, now)
    if row is None:
        raise NotOnDuty
    return _opened(session, row)


async def near(session: AsyncSession, spot: Spot, metres: float, now: datetime) -> list[PersonId]:
    """Which members are on duty within this distance, or in an area that the place is in, and not blocked; the nearest
    first."""
    blocked = select(Block.person_id).where(Block.until.is_(None) | (Block.until > now))
    rows = await session.scalars(select(Duty).where(Duty.until > now, Duty.person_id.not_in(blocked)))
    on_duty = [(_opened(session, row), row.person_id) for row in rows]
    near = sorted((one.spot.metres_to(spot), person) for one, person in on_duty if one.is_near(spot, metres))
    return await _members(session, [person for _, person in near], now)


async def lapse(session: AsyncSession, now: datetime) -> list[PersonId]:
    """Throws away the places of shifts that are over; returns whose they were."""
    return list(await session.scalars(delete(Duty).where(Duty.until <= now).returning(Duty.person_id)))


async def next_end(session: AsyncSession) -> datetime | None:
    return await session.scalar(select(func.min(Duty.until)))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    row = await session.get(Duty, person_id)
    if row is None:
        return []
    kept = _opened(session, row)
    place = {"latitude": kept.latitude, "longitude": kept.longitude, "area": kept.area}
    return [{"until": row.until, "name": kept.name, **place}]


async def _row(session: AsyncSession, person_id: PersonId, now: datetime) -> Duty | None:
    row = await session.get(Duty, person_id)
    return row if row is not None and row.until > now else None


def _opened(session: AsyncSession, row: Duty) -> Volunteer:
    return _JSON.decode(sealed_columns.opened(session, row, Duty.content))
