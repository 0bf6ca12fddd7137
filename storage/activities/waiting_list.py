"""The waiting list of an activity: a place that becomes free is offered to the first in the queue, for a while.

Whoever leaves goes through `release`, which does all that belongs to it: the place is free, the reminders are dropped,
the next in the queue is offered it and told. Every operation locks the activity's row first (see sign_ups.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import activities, activity_reminders, participants, reminders, sign_ups
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId
from storage.activities.notices import PlaceLapsed, PlaceOffered
from storage.activities.participants import PlaceState, SignUp, free_places, of
from storage.activities.sign_ups import MembersOnly, NotSignedUp, SignUpClosed
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.hours.quiet_hours import QuietHours
from storage.refusals import Refused
from storage.telegram_ids import PersonId

HOLDS: Sequence[tuple[timedelta, timedelta]] = (
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(days=1), timedelta(hours=3)),
    (timedelta(hours=3), timedelta(minutes=30)),
    (timedelta(0), timedelta(minutes=10)),
)
"""An offer made so long before the start, or earlier, holds for so long."""


class OfferLapsed(Refused):
    """The offer has gone to the next in the queue."""


class NoFreePlace(Refused):
    """The place that was free is taken."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that is kept for somebody of the queue until then."""

    person_id: PersonId
    guests: int
    until: datetime


def hold_until(now: datetime, starts_at: datetime, not_before: datetime | None) -> datetime:
    """How long an offer made now holds: the shorter the nearer the start, not lapsing in quiet hours (`not_before` is
    their end, if it is quiet), and never beyond the start."""
    ahead = starts_at - now
    hold = next(hold for minimum, hold in HOLDS if ahead >= minimum)
    begins = now if not_before is None else max(now, not_before)
    return min(begins + hold, starts_at)


async def release(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, now: datetime, quiet: QuietHours
) -> list[Offer]:
    """Takes the person off an activity: out of a place, an offer or the queue. Returns the offers that this allowed.

    Raises:
        NoSuchActivity: it was never published.
        NotSignedUp: see the class.
    """
    activity = await activities.published_for_update(session, activity_id)
    row = await of(session, activity_id, person_id)
    if row is None:
        raise NotSignedUp
    return await release_from(session, activity, row, now, quiet)


async def release_from(
    session: AsyncSession, activity: Activity, row: SignUp, now: datetime, quiet: QuietHours
) -> list[Offer]:
    """The same, of an activity that is locked, for whoever has this row. Raises NotSignedUp."""
    if row.state == PlaceState.LEFT:
        raise NotSignedUp
    await _leave(session, row)
    return await _offer_on(session, activity, now, quiet)


async def release_all(session: AsyncSession, person_id: PersonId, now: datetime, quiet: QuietHours) -> None:
    """The same for every activity that this person signed up for and that has not begun."""
    for activity_id in await sign_ups.upcoming_of(session, person_id, now):
        await release(session, activity_id, person_id, now, quiet)


async def offer_free_places(
    session: AsyncSession, activity_id: ActivityId, now: datetime, quiet: QuietHours
) -> list[Offer]:
    """Offers what is free to the queue, where an activity got more places; nothing of one that is not published."""
    activity = await activities.find_for_update(session, activity_id)
    return [] if activity is None else await _offer_on(session, activity, now, quiet)


async def _leave(session: AsyncSession, row: SignUp) -> None:
    row.state, row.offered_until, row.answers = PlaceState.LEFT, None, None
    await session.flush()
    await reminders.drop(session, activity_reminders.ACTIVITY, row.activity_id, row.person_id)


async def _offer_on(session: AsyncSession, activity: Activity, now: datetime, quiet: QuietHours) -> list[Offer]:
    """Offers free places to the first in the queue, in its order, with a notice to each."""
    offers: list[Offer] = []
    morning = quiet.until(now)
    if activity.state == ActivityState.PUBLISHED and now < activity.starts_at:
        while (offer := await _offer_to_next(session, activity, now, morning)) is not None:
            offers.append(offer)
    for offer in offers:
        # Nobody is woken, unless the offer would be over by then.
        due = now if morning is None or morning >= offer.until else morning
        notice = PlaceOffered(activity.id, offer.until, offer.guests)
        await delivery_queue.add(session, Addressed(offer.person_id, notice, due))
    if offers:
        wake_ups.request(session, WakeUp.OFFERS)
    return offers


async def _offer_to_next(
    session: AsyncSession, activity: Activity, now: datetime, morning: datetime | None
) -> Offer | None:
    """Whoever wants more guests than there are places is offered what there is. None if no place is free, or nobody
    waits."""
    free = await free_places(session, activity)
    if free == 0:
        return None
    row_id = await participants.next_in_queue(session, activity.id)
    if row_id is None:
        return None
    row = await session.get_one(SignUp, row_id, populate_existing=True)
    if free is not None:
        row.guests = min(row.guests, free - 1)
    until = hold_until(now, activity.starts_at, morning)
    row.state, row.offered_until = PlaceState.OFFERED, until
    await session.flush()
    return Offer(row.person_id, row.guests, until)


async def come_alone(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, now: datetime, *, is_member: bool
) -> SignUp:
    """Gives the place that is free to the first in the queue, who waits because of their guests only.

    Raises:
        NoFreePlace: see the class.
        SignUpClosed, MembersOnly: they could not sign up now.
    """
    activity = await activities.published_for_update(session, activity_id)
    row = await of(session, activity_id, person_id)
    if row is None or not await participants.fits_alone(session, activity, row):
        raise NoFreePlace
    if not sign_ups.is_open(activity, now):
        raise SignUpClosed
    if activity.members_only and not is_member:
        raise MembersOnly
    row.state, row.guests = PlaceState.PLACED, 0
    await session.flush()
    return row


async def accept(
    session: AsyncSession, activity_id: ActivityId, person_id: PersonId, now: datetime, *, is_member: bool
) -> SignUp:
    """Takes the offered place.

    Raises:
        OfferLapsed, NotSignedUp: see the classes.
        MembersOnly: they were a member when they signed up, and are none any more.
    """
    activity = await activities.published_for_update(session, activity_id)
    row = await of(session, activity_id, person_id)
    if row is None or row.state in (PlaceState.LEFT, PlaceState.WAITING, PlaceState.IN_DRAW):
        raise OfferLapsed if row is not None else NotSignedUp
    if row.state == PlaceState.OFFERED:
        if row.offered_until is not None and row.offered_until <= now:
            raise OfferLapsed
        if activity.members_only and not is_member:
            raise MembersOnly
        row.state, row.offered_until = PlaceState.PLACED, None
        await session.flush()
    return row


async def end_lapsed_offers(session: AsyncSession, now: datetime, quiet: QuietHours) -> bool:
    """Ends the offers of one activity whose time is over, and offers their places on; False if there is none."""
    lapsed = (SignUp.state == PlaceState.OFFERED) & (SignUp.offered_until <= now)
    activity_id = await session.scalar(
        select(SignUp.activity_id).where(lapsed).order_by(SignUp.offered_until, SignUp.id).limit(1)
    )
    if activity_id is None:
        return False
    activity = await activities.published_for_update(session, activity_id)
    rows = await session.scalars(
        select(SignUp)
        .where(SignUp.activity_id == activity_id, lapsed)
        .order_by(SignUp.offered_until, SignUp.id)
        .execution_options(populate_existing=True)
    )
    for row in rows.all():
        await _leave(session, row)
        await delivery_queue.add(session, Addressed(row.person_id, PlaceLapsed(activity_id), now))
    await _offer_on(session, activity, now, quiet)
    return True


async def next_lapse(session: AsyncSession) -> datetime | None:
    """When the next offer ends."""
    return await session.scalar(select(func.min(SignUp.offered_until)).where(SignUp.state == PlaceState.OFFERED))
