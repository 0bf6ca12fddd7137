"""The waiting list of an activity: a place that becomes free is offered to the first in the queue, for a while."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import activities
from storage.activities.activities import ActivityState
from storage.activities.sign_ups import NotSignedUp, PlaceState, SignUp, free_places, in_queue, of
from storage.database import Refused

HOLDS: Sequence[tuple[timedelta, timedelta]] = (
    (timedelta(days=2), timedelta(hours=12)),
    (timedelta(days=1), timedelta(hours=3)),
    (timedelta(hours=3), timedelta(minutes=30)),
    (timedelta(0), timedelta(minutes=10)),
)
"""An offer made so long before the start, or earlier, holds for so long."""


class OfferLapsed(Refused):
    """The offer has gone to the next in the queue."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A place that is kept for somebody of the queue until then."""

    person_id: int
    guests: int
    until: datetime


def hold_until(now: datetime, starts_at: datetime, not_before: datetime | None) -> datetime:
    """How long an offer made now holds: the shorter the nearer the start, not lapsing in quiet hours (`not_before` is
    their end, if it is quiet), and never beyond the start."""
    ahead = starts_at - now
    hold = next(hold for least, hold in HOLDS if ahead >= least)
    begins = now if not_before is None else max(now, not_before)
    return min(begins + hold, starts_at)


async def promote(
    session: AsyncSession, activity_id: int, now: datetime, not_before: datetime | None = None
) -> list[Offer]:
    """Offers free places to the first in the queue, in its order; returns the new offers.

    Who wants more guests than there are places is offered what there is.
    """
    activity = await activities.published(session, activity_id, lock=True)
    offers: list[Offer] = []
    while activity.state == ActivityState.PUBLISHED and now < activity.starts_at:
        free = await free_places(session, activity)
        if free == 0:
            break
        row = await session.scalar(
            select(SignUp).where(in_queue(activity_id)).order_by(SignUp.queued_at, SignUp.id).limit(1)
        )
        if row is None:
            break
        if free is not None:
            row.guests = min(row.guests, free - 1)
        row.state, row.offered_until = PlaceState.OFFERED, hold_until(now, activity.starts_at, not_before)
        await session.flush()
        offers.append(Offer(row.person_id, row.guests, row.offered_until))
    return offers


async def accept(session: AsyncSession, activity_id: int, person_id: int, now: datetime) -> SignUp:
    """Takes the offered place.

    Raises:
        OfferLapsed, NotSignedUp: see the classes.
    """
    await activities.published(session, activity_id, lock=True)
    row = await of(session, activity_id, person_id)
    if row is None or row.state in (PlaceState.LEFT, PlaceState.WAITING):
        raise OfferLapsed if row is not None else NotSignedUp
    if row.state == PlaceState.OFFERED:
        if row.offered_until is not None and row.offered_until <= now:
            raise OfferLapsed
        row.state, row.offered_until = PlaceState.PLACED, None
        await session.flush()
    return row


async def lapsed(session: AsyncSession, now: datetime, most: int = 100) -> list[tuple[int, int]]:
    """Ends offers whose time is over; returns (activity, person) of each. Their places are to be offered on."""
    rows = await session.scalars(
        select(SignUp)
        .where(SignUp.state == PlaceState.OFFERED, SignUp.offered_until <= now)
        .order_by(SignUp.offered_until, SignUp.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    found = list(rows)
    for row in found:
        row.state, row.offered_until = PlaceState.LEFT, None
    await session.flush()
    return [(row.activity_id, row.person_id) for row in found]


async def next_lapse(session: AsyncSession) -> datetime | None:
    """When the next offer ends."""
    return await session.scalar(select(func.min(SignUp.offered_until)).where(SignUp.state == PlaceState.OFFERED))
