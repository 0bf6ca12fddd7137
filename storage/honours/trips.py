"""Convalescence trips: so many places are offered at a time, to whoever was longest not there; who declines or lets the
time pass makes room for the next, and keeps their turn.

A trip is an activity, which belongs to another feature. What has to be known of it are segments of people
(storage/people/segments.py): who has a place, who came, and whether there are places to be had.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities.ids import ActivityId
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.honours.ids import HonouredId, TripId
from storage.honours.table import LIVING, Honoured
from storage.honours.trip_table import OfferState, Trip, TripOffer, TripState
from storage.people import segments
from storage.people.people import PersonRow
from storage.people.segments import Segment
from storage.refusals import Refused, Repeated
from storage.telegram_ids import PersonId

TABLES = frozenset({Trip.__tablename__, TripOffer.__tablename__})
AFTER_THE_END = timedelta(hours=12)
"""Check-ins may still be entered for so long."""


class NoSuchTrip(Refused):
    """There is none, or it is offered no more."""


class OfferOver(Repeated):
    """The offer was declined, has lapsed, or never was."""


@dataclass(frozen=True, slots=True)
class TripPlan:
    title: str
    starts_at: datetime
    ends_at: datetime
    quota: int
    answer_hours: int


@dataclass(frozen=True, slots=True)
class Linked:
    """The activity of a trip, and the segments by which it is followed."""

    activity_id: ActivityId
    going: Segment
    came: Segment
    is_open: Segment


async def open_trip(session: AsyncSession, plan: TripPlan) -> Trip:
    """A trip without its activity so far: that is made for those who have an offer, by the number of the trip."""
    row = Trip(
        title=plan.title,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        quota=plan.quota,
        answer_hours=plan.answer_hours,
    )
    session.add(row)
    await session.flush()
    return row


def follow(session: AsyncSession, row: Trip, linked: Linked) -> None:
    """From now on places are offered."""
    row.activity_id = linked.activity_id
    row.going, row.came, row.is_open = linked.going.text, linked.came.text, linked.is_open.text
    wake_ups.request(session, WakeUp.HONOURS)


async def find(session: AsyncSession, trip_id: TripId) -> Trip:
    """Raises NoSuchTrip."""
    row = await session.get(Trip, trip_id)
    if row is None:
        raise NoSuchTrip
    return row


async def all_of(session: AsyncSession, limit: int = 10) -> Sequence[Trip]:
    """The newest first."""
    return (await session.scalars(select(Trip).order_by(Trip.id.desc()).limit(limit))).all()


async def stop(session: AsyncSession, trip_id: TripId) -> Trip:
    """No more places are offered; who has one keeps it. Raises NoSuchTrip: see the class."""
    row = await session.get(Trip, trip_id, with_for_update=True, populate_existing=True)
    if row is None or row.state is not TripState.OPEN:
        raise NoSuchTrip
    row.state = TripState.STOPPED
    return row


async def counts(session: AsyncSession, trip_id: TripId) -> dict[OfferState, int]:
    """How many offers of a trip are in which state."""
    chosen = select(TripOffer.state, func.count()).where(TripOffer.trip_id == trip_id).group_by(TripOffer.state)
    return {row[0]: row[1] for row in await session.execute(chosen)}


async def offered_to(session: AsyncSession, person_id: PersonId, now: datetime) -> Sequence[tuple[Trip, TripOffer]]:
    """What is offered to this person and waits for their answer."""
    chosen = (
        select(Trip, TripOffer)
        .join(TripOffer, TripOffer.trip_id == Trip.id)
        .join(Honoured, Honoured.id == TripOffer.honoured_id)
        .where(Honoured.person_id == person_id, TripOffer.state == OfferState.OFFERED, TripOffer.until > now)
        .order_by(Trip.starts_at)
    )
    return [(trip, offer) for trip, offer in await session.execute(chosen)]


async def decline(session: AsyncSession, trip_id: TripId, person_id: PersonId) -> Trip:
    """This time without them; their turn stays.

    Raises:
        NoSuchTrip, OfferOver: see the classes.
    """
    row = await find(session, trip_id)
    mine = select(Honoured.id).where(Honoured.person_id == person_id)
    declined = await session.execute(
        update(TripOffer)
        .where(
            TripOffer.trip_id == trip_id,
            TripOffer.honoured_id.in_(mine),
            TripOffer.state == OfferState.OFFERED,
        )
        .values(state=OfferState.DECLINED)
        .returning(TripOffer.honoured_id)
    )
    if not declined.all():
        raise OfferOver
    wake_ups.request(session, WakeUp.HONOURS)
    return row


# By the clock


@dataclass(frozen=True, slots=True)
class NewOffer:
    """Somebody whose turn it is."""

    person_id: PersonId
    trip_id: TripId


async def advance(session: AsyncSession, now: datetime) -> list[NewOffer]:
    """Takes each open trip one step on: notes who has taken their place and whose time has passed, and offers what is
    free to those whose turn it is."""
    rows = await session.scalars(
        select(Trip)
        .where(Trip.state != TripState.DONE, Trip.activity_id.is_not(None))
        .order_by(Trip.id)
        .with_for_update(skip_locked=True)
    )
    found: list[NewOffer] = []
    for row in rows:
        if row.ends_at + AFTER_THE_END <= now:
            await _finish(session, row, now)
        else:
            found += await _offer_next(session, row, now)
    return found


async def _offer_next(session: AsyncSession, trip: Trip, now: datetime) -> list[NewOffer]:
    offers = await _offers(session, trip)
    going = Segment.parse(trip.going)
    for offer, person_id in offers:
        await _settle(session, offer, going, person_id, now)
    if trip.state is not TripState.OPEN or trip.starts_at <= now:
        return []
    taken = sum(offer.state in (OfferState.OFFERED, OfferState.GOING) for offer, _ in offers)
    until = min(now + timedelta(hours=trip.answer_hours), trip.starts_at)
    found = []
    is_open = Segment.parse(trip.is_open)
    for honoured_id, person_id in await _turns(session, trip, max(trip.quota - taken, 0)):
        if not await segments.includes(session, is_open, person_id, now):
            break  # the activity was cancelled, or its time to sign up is over
        session.add(TripOffer(trip_id=trip.id, honoured_id=honoured_id, until=until))
        found.append(NewOffer(person_id, trip.id))
    await session.flush()
    return found


async def _offers(session: AsyncSession, trip: Trip) -> list[tuple[TripOffer, PersonId | None]]:
    chosen = (
        select(TripOffer, Honoured.person_id)
        .join(Honoured, Honoured.id == TripOffer.honoured_id)
        .where(TripOffer.trip_id == trip.id)
    )
    return [(offer, person_id) for offer, person_id in await session.execute(chosen)]


async def _settle(
    session: AsyncSession, offer: TripOffer, going: Segment, person_id: PersonId | None, now: datetime
) -> None:
    """By whether they have a place at the activity. Who gave it back makes room."""
    if offer.state not in (OfferState.OFFERED, OfferState.GOING):
        return
    if person_id is not None and await segments.includes(session, going, person_id, now):
        offer.state = OfferState.GOING
    elif person_id is None or offer.state is OfferState.GOING or offer.until <= now:
        offer.state = OfferState.LAPSED


async def _turns(session: AsyncSession, trip: Trip, limit: int) -> list[tuple[HonouredId, PersonId]]:
    """Who is next: whoever was longest not there, those who never were first, the older honour first. Somebody with
    several honours has one turn, by the trip that they came on last."""
    had = select(Honoured.person_id).join(TripOffer, TripOffer.honoured_id == Honoured.id)
    living = Honoured.state.in_(LIVING) & Honoured.person_id.is_not(None)
    last = func.max(Honoured.last_trip_on)
    chosen = (
        select(func.min(Honoured.id), Honoured.person_id)
        .join(PersonRow, PersonRow.id == Honoured.person_id)
        .where(living, PersonRow.reachable)
        .where(Honoured.person_id.not_in(had.where(TripOffer.trip_id == trip.id, Honoured.person_id.is_not(None))))
        .group_by(Honoured.person_id)
        .order_by(last.is_not(None), last, func.min(Honoured.year), func.min(Honoured.id))
        .limit(limit)
    )
    rows = await session.execute(chosen)
    return [(HonouredId(honoured_id), person_id) for honoured_id, person_id in rows if person_id is not None]


async def _finish(session: AsyncSession, trip: Trip, now: datetime) -> None:
    """Notes who was there: those who checked in; where nobody did, those who had a place."""
    all_offers = await _offers(session, trip)
    for offer, person_id in all_offers:
        await _settle(session, offer, Segment.parse(trip.going), person_id, now)
    offers = [(offer, person) for offer, person in all_offers if person is not None]
    for text in (trip.came, trip.going):
        segment = Segment.parse(text)
        there = [person for _, person in offers if await segments.includes(session, segment, person, now)]
        if there:
            await session.execute(
                update(Honoured).where(Honoured.person_id.in_(there)).values(last_trip_on=trip.ends_at.date())
            )
            break
    trip.state = TripState.DONE


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next offer lapses, or the next trip is over."""
    lapses = await session.scalar(select(func.min(TripOffer.until)).where(TripOffer.state == OfferState.OFFERED))
    ends = await session.scalar(select(func.min(Trip.ends_at)).where(Trip.state != TripState.DONE))
    moments = [moment for moment in (lapses, None if ends is None else ends + AFTER_THE_END) if moment is not None]
    return min(moments, default=None)
