"""Who comes to an activity: places, and positions in the queue (see also waiting_list.py, attendance.py).

A place is counted with its guests. Whoever changes who has a place locks the activity's row first, so that two can't
get the last one. A place that becomes free goes to the first in the queue as an offer that holds for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum

import orjson
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SmallInteger,
    String,
    UniqueConstraint,
    delete,
    func,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.activities import activities
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId, SignUpId
from storage.column_types import IntEnumColumn
from storage.database import Base, BigKey, Refused, Sealed
from storage.telegram_ids import PersonId


class PlaceState(IntEnum):
    """Where a person stands with an activity; in exactly one of these."""

    PLACED = 0
    WAITING = 1
    OFFERED = 2  # a place is kept for them until `offered_until`
    LEFT = 3


TAKING = (PlaceState.PLACED, PlaceState.OFFERED)


class SignUpClosed(Refused):
    """It has not opened yet, the closing time has passed, or the activity was cancelled."""


class MembersOnly(Refused):
    """Only members of the union may sign up."""


class TooManyGuests(Refused):
    """More guests than the activity allows, or more than there are places."""


class NotSignedUp(Refused):
    """There is no place or offer of this person."""


class SignUp(Base):
    __tablename__ = "sign_ups"
    __table_args__ = (UniqueConstraint("activity_id", "person_id"),)

    id: Mapped[SignUpId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    state: Mapped[PlaceState] = mapped_column(IntEnumColumn(PlaceState))
    guests: Mapped[int] = mapped_column(SmallInteger, default=0)
    at: Mapped[datetime]
    queued_at: Mapped[datetime]
    offered_until: Mapped[datetime | None] = mapped_column(default=None, index=True)
    answers: Mapped[bytes | None] = mapped_column(Sealed(("activity_id", "person_id")), default=None)
    leads: Mapped[str | None] = mapped_column(String(120), default=None)
    came_at: Mapped[datetime | None] = mapped_column(default=None)
    walked_in: Mapped[bool] = mapped_column(default=False)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    rating: Mapped[int | None] = mapped_column(SmallInteger, default=None)
    comment: Mapped[bytes | None] = mapped_column(Sealed(("activity_id", "person_id")), default=None)


@dataclass(frozen=True, slots=True)
class Place:
    """The outcome of a sign-up: a place, or the position in the queue (1 is next)."""

    row: SignUp
    position: int | None = None


def is_open(activity: Activity, now: datetime) -> bool:
    """Whether anybody may sign up now."""
    opened = activity.opens_at is None or activity.opens_at <= now
    return opened and activity.state == ActivityState.PUBLISHED and now < (activity.closes_at or activity.starts_at)


async def sign_up(
    session: AsyncSession,
    activity_id: ActivityId,
    person_id: PersonId,
    now: datetime,
    guests: int = 0,
    answers: Sequence[str] = (),
    *,
    is_member: bool,
) -> Place:
    """Gives the person a place, or a place in the queue.

    Signing up twice changes nothing and returns the same place.

    Raises:
        NoSuchActivity: it was never published.
        SignUpClosed, MembersOnly, TooManyGuests: see the classes.
    """
    activity = await activities.published_for_update(session, activity_id)
    row = await of(session, activity_id, person_id)
    if row is not None and row.state != PlaceState.LEFT:
        return await _place(session, row)
    if not is_open(activity, now):
        raise SignUpClosed
    if activity.members_only and not is_member:
        raise MembersOnly
    if not 0 <= guests <= activity.guests or (activity.places is not None and guests >= activity.places):
        raise TooManyGuests
    free = await free_places(session, activity)
    fits = free is None or (free > guests and not await _queue_length(session, activity_id))
    if row is None:
        row = SignUp(activity_id=activity_id, person_id=person_id)
        session.add(row)
    row.at = row.queued_at = now
    row.state = PlaceState.PLACED if fits else PlaceState.WAITING
    row.guests, row.offered_until = guests, None
    await session.flush()
    if answers:
        sealed_columns.seal(session, row, SignUp.answers, orjson.dumps(list(answers)))
    return await _place(session, row)


async def _place(session: AsyncSession, row: SignUp) -> Place:
    return Place(row, await position(session, row) if row.state == PlaceState.WAITING else None)


async def of(session: AsyncSession, activity_id: ActivityId, person_id: PersonId) -> SignUp | None:
    """The person's row as it is now, also if this session read it before it locked the activity."""
    wanted = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.person_id == person_id)
    return await session.scalar(wanted.execution_options(populate_existing=True))


async def taken(session: AsyncSession, activity_id: ActivityId) -> int:
    """Places that are taken or kept for an offer, guests included."""
    counted = select(func.coalesce(func.sum(1 + SignUp.guests), 0)).where(
        SignUp.activity_id == activity_id, SignUp.state.in_(TAKING)
    )
    return int(await session.scalar(counted) or 0)


async def free_places(session: AsyncSession, activity: Activity) -> int | None:
    """None where there are as many as like; never below 0."""
    if activity.places is None:
        return None
    return max(0, activity.places - await taken(session, activity.id))


def in_queue(activity_id: ActivityId) -> ColumnElement[bool]:
    """Who waits for this activity."""
    return (SignUp.activity_id == activity_id) & (SignUp.state == PlaceState.WAITING)


async def _queue_length(session: AsyncSession, activity_id: ActivityId) -> int:
    return await session.scalar(select(func.count()).select_from(SignUp).where(in_queue(activity_id))) or 0


async def position(session: AsyncSession, row: SignUp) -> int:
    """1 for who is next."""
    before = (SignUp.queued_at < row.queued_at) | ((SignUp.queued_at == row.queued_at) & (SignUp.id < row.id))
    counted = select(func.count()).select_from(SignUp).where(in_queue(row.activity_id), before)
    return 1 + (await session.scalar(counted) or 0)


async def fits_alone(session: AsyncSession, activity: Activity, row: SignUp) -> bool:
    """Whether somebody waits although a place is free: because of their guests, and before everybody else."""
    if row.state != PlaceState.WAITING or not row.guests or await position(session, row) > 1:
        return False
    return await free_places(session, activity) != 0


async def is_lost_by_leaving(session: AsyncSession, activity: Activity, row: SignUp, now: datetime) -> bool:
    """Whether signing up again would not bring back what somebody has: others wait, or sign-up is closed."""
    if row.state == PlaceState.LEFT:
        return False
    behind = await _queue_length(session, activity.id)
    if row.state == PlaceState.WAITING:
        behind -= await position(session, row)
    return behind > 0 or not is_open(activity, now)


async def number(session: AsyncSession, row: SignUp) -> int:
    """The number of somebody's place: 1 for who signed up first. It stays when others give up theirs; only the erasure
    of somebody's data moves those behind them."""
    counted = select(func.count()).select_from(SignUp)
    return await session.scalar(counted.where(SignUp.activity_id == row.activity_id, SignUp.id <= row.id)) or 0


async def standing(session: AsyncSession, row: SignUp) -> int:
    """The position in the queue of who waits, else the number of their place."""
    return await position(session, row) if row.state == PlaceState.WAITING else await number(session, row)


async def numbers(session: AsyncSession, activity_id: ActivityId) -> dict[SignUpId, int]:
    """The numbers of all places of an activity, as `number` gives them."""
    ids = await session.scalars(select(SignUp.id).where(SignUp.activity_id == activity_id).order_by(SignUp.id))
    return {row_id: at for at, row_id in enumerate(ids, start=1)}


async def people_of(
    session: AsyncSession, activity_id: ActivityId, states: Sequence[PlaceState] = TAKING
) -> list[SignUp]:
    """In the order in which they came to their state: places by sign-up, the queue by its order."""
    rows = await session.scalars(
        select(SignUp)
        .where(SignUp.activity_id == activity_id, SignUp.state.in_(states))
        .order_by(SignUp.state, SignUp.queued_at, SignUp.id)
    )
    return list(rows)


def participant_ids(activity_id: ActivityId, states: Sequence[PlaceState]) -> Select[PersonId]:
    """The people in these states, as a query of their ids, to tell them all something."""
    return select(SignUp.person_id).where(SignUp.activity_id == activity_id, SignUp.state.in_(states))


async def mine(session: AsyncSession, person_id: PersonId) -> dict[ActivityId, SignUp]:
    """By activity: where this person has a place, an offer, or waits."""
    rows = await session.scalars(select(SignUp).where(SignUp.person_id == person_id, SignUp.state != PlaceState.LEFT))
    return {row.activity_id: row for row in rows}


def answers_of(session: AsyncSession, row: SignUp) -> list[str]:
    """Returns the answers to the organiser's questions, in their order; empty if there are none."""
    if row.answers is None:
        return []
    return list(orjson.loads(sealed_columns.opened(session, row, SignUp.answers)))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(SignUp).where(SignUp.person_id == person_id).order_by(SignUp.id))
    return [
        {
            "activity": row.activity_id,
            "state": row.state.name.lower(),
            "guests": row.guests,
            "at": row.at,
            "answers": answers_of(session, row),
            "came_at": row.came_at,
            "rating": row.rating,
            "comment": _comment(session, row),
        }
        for row in rows
    ]


def _comment(session: AsyncSession, row: SignUp) -> str:
    if row.comment is None:
        return ""
    return sealed_columns.opened(session, row, SignUp.comment).decode()


async def upcoming_of(session: AsyncSession, person_id: PersonId, now: datetime) -> list[ActivityId]:
    """Activities that have not begun, where this person takes a place or waits; ascending, the order to lock them."""
    rows = await session.scalars(
        select(SignUp.activity_id)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(SignUp.person_id == person_id, SignUp.state != PlaceState.LEFT, Activity.starts_at > now)
        .order_by(Activity.id)
    )
    return list(rows)


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> None:
    """Who came to activities that ended so long ago, once their figures are kept (see `storage.statistics`)."""
    ended = select(Activity.id).where(Activity.ends_at < now - kept, Activity.figures.is_not(None))
    await session.execute(delete(SignUp).where(SignUp.activity_id.in_(ended)))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets where this person signed up; `waiting_list.release_all` gives their places to those who wait before."""
    await session.execute(delete(SignUp).where(SignUp.person_id == person_id))
