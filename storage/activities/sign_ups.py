"""Signing up for an activity (see also participants.py, waiting_list.py, attendance.py).

Whoever changes who has a place locks the activity's row first, so that two can't get the last one. A place that becomes
free goes to the first in the queue as an offer that holds for a while.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import orjson
from sqlalchemy import BigInteger, Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.activities import activities, draws, participants
from storage.activities.activities import Activity, ActivityState, NoSuchActivity
from storage.activities.draws import DrawUnderWay
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.engine.fast_statements import run
from storage.engine.write_detection import flush
from storage.people import segments
from storage.people.segments import Segment
from storage.privacy.retention import forget_some
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId


class SignUpClosed(Refused):
    """It has not opened yet, the closing time has passed, or the activity was cancelled."""


class MembersOnly(Refused):
    """Only members of the union may sign up."""


class NotInvited(Refused):
    """It is for other people."""


class TooManyGuests(Refused):
    """More guests than the activity allows, or more than there are places."""


class NotSignedUp(Repeated):
    """There is no place or offer of this person."""


@dataclass(frozen=True, slots=True)
class Place:
    """The outcome of a sign-up: a place, a ticket for the draw, or the position in the queue (1 is next)."""

    row: SignUp
    position: int | None = None


def is_open(activity: Activity, now: datetime) -> bool:
    """Whether anybody may sign up now."""
    opened = activity.opens_at is None or activity.opens_at <= now
    if activity.draws_at is not None and activity.awaits_draw and activity.draws_at <= now:
        return False
    return opened and activity.state == ActivityState.PUBLISHED and now < (activity.closes_at or activity.starts_at)


def is_being_drawn(activity: Activity, now: datetime) -> bool:
    """Whether the list of tickets is closed and the draw still to come."""
    return activity.draws_at is not None and activity.awaits_draw and activity.draws_at <= now < activity.starts_at


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
    """Gives the person a place, or a place in the queue; a ticket, where places will be drawn.

    Signing up twice changes nothing and returns the same place.

    Raises:
        NoSuchActivity: it was never published.
        SignUpClosed, MembersOnly, NotInvited, TooManyGuests, DrawUnderWay: see the classes.
    """
    activity = await activities.published_for_update(session, activity_id)
    row = await participants.of(session, activity_id, person_id)
    if row is not None and row.state != PlaceState.LEFT:
        return await _place(session, row)
    if not is_open(activity, now):
        raise DrawUnderWay if is_being_drawn(activity, now) else SignUpClosed
    if activity.members_only and not is_member:
        raise MembersOnly
    await require_invited(session, activity, person_id, now)
    if not 0 <= guests <= activity.guests or (activity.places is not None and guests >= activity.places):
        raise TooManyGuests
    state = await _state_for(session, activity, guests)
    if row is None:
        row = SignUp(activity_id=activity_id, person_id=person_id)
        session.add(row)
    row.at = row.queued_at = now
    row.state, row.guests, row.offered_until = state, guests, None
    if state == PlaceState.IN_DRAW:
        ticket = await draws.hand_out(session, activity_id, guests)
        row.ticket, row.ticket_code = ticket.number, ticket.code
    await session.flush()
    if answers:
        sealed_columns.seal(session, row, SignUp.answers, orjson.dumps(list(answers)))
    return await _place(session, row)


async def require_invited(session: AsyncSession, activity: Activity, person_id: PersonId, now: datetime) -> None:
    """Raises NotInvited: see the class."""
    if activity.segment and not await segments.includes(session, Segment.parse(activity.segment), person_id, now):
        raise NotInvited


async def require_shown(session: AsyncSession, activity: Activity, person_id: PersonId, now: datetime) -> None:
    """That this person may look at it: it is for everybody, for a segment that they belong to, or they have signed up.
    Raises NoSuchActivity: an id can be guessed, and what is for others says nothing of itself."""
    if not activity.segment or await participants.of(session, activity.id, person_id) is not None:
        return
    if not await segments.includes(session, Segment.parse(activity.segment), person_id, now):
        raise NoSuchActivity


async def _state_for(session: AsyncSession, activity: Activity, guests: int) -> PlaceState:
    """What somebody gets who signs up now with so many guests."""
    if activity.awaits_draw:
        return PlaceState.IN_DRAW
    free = await participants.free_places(session, activity)
    fits = free is None or (free > guests and not await participants.queue_length(session, activity.id))
    return PlaceState.PLACED if fits else PlaceState.WAITING


async def _place(session: AsyncSession, row: SignUp) -> Place:
    return Place(row, await participants.position(session, row) if row.state == PlaceState.WAITING else None)


_SIGN_UPS, _ACTIVITIES = (cast(Table, one.__table__) for one in (SignUp, Activity))
_ACTIVITY = bindparam("activity", type_=BigInteger)
_PERSON = bindparam("person", type_=_SIGN_UPS.c.person_id.type)
_STARTS, _ENDS = (bindparam(name, type_=_ACTIVITIES.c.starts_at.type) for name in ("starts_at", "ends_at"))
_AT_THAT_TIME = (
    select(_ACTIVITIES.c.id, _ACTIVITIES.c.title)
    .join(_SIGN_UPS, _SIGN_UPS.c.activity_id == _ACTIVITIES.c.id)
    .where(
        _SIGN_UPS.c.person_id == _PERSON,
        _SIGN_UPS.c.state != PlaceState.LEFT,
        (_ACTIVITIES.c.id == _ACTIVITY)
        | (
            (_ACTIVITIES.c.state == ActivityState.PUBLISHED)
            & (_ACTIVITIES.c.starts_at < _ENDS)
            & (_ACTIVITIES.c.ends_at > _STARTS)
        ),
    )
)


async def is_lost_by_leaving(session: AsyncSession, activity: Activity, row: SignUp, now: datetime) -> bool:
    """Whether signing up again would not bring back what somebody has: others wait, or sign-up is closed."""
    if row.state == PlaceState.LEFT:
        return False
    behind = await participants.queue_length(session, activity.id)
    if row.state == PlaceState.WAITING:
        behind -= await participants.position(session, row)
    return behind > 0 or not is_open(activity, now)


async def at_that_time(session: AsyncSession, activity: Activity, person_id: PersonId) -> list[str]:
    """The titles of the other activities that this person comes to, or waits for, at the time of this one; none if they
    are signed up for this one already."""
    await flush(session)
    values = {
        "activity": activity.id,
        "person": person_id,
        "starts_at": activity.starts_at,
        "ends_at": activity.ends_at,
    }
    found = (await run(session, _AT_THAT_TIME, values)).all()
    return [] if any(row.id == activity.id for row in found) else [row.title for row in found]


async def upcoming_of(session: AsyncSession, person_id: PersonId, now: datetime) -> list[ActivityId]:
    """Activities that have not begun, where this person takes a place or waits; ascending, the order to lock them."""
    rows = await session.scalars(
        select(SignUp.activity_id)
        .join(Activity, Activity.id == SignUp.activity_id)
        .where(SignUp.person_id == person_id, SignUp.state != PlaceState.LEFT, Activity.starts_at > now)
        .order_by(Activity.id)
    )
    return list(rows)


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> bool:
    """Some of those who came to activities that ended so long ago, once their figures are kept (see
    `storage.statistics`); True if there may be more."""
    ended = select(Activity.id).where(Activity.ends_at < now - kept, Activity.figures.is_not(None))
    return await forget_some(session, SignUp, SignUp.activity_id.in_(ended))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets where this person signed up; `waiting_list.release_all` gives their places to those who wait before."""
    await session.execute(delete(SignUp).where(SignUp.person_id == person_id))
