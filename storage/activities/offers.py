"""Telling the first in the queue that a place is free for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage import deliveries
from storage.activities import waiting_list
from storage.deliveries import Notice
from storage.hours.quiet_hours import QuietHours


async def offer_free_places(session: AsyncSession, activity_id: int, now: datetime, quiet: QuietHours) -> int:
    """Offers what is free to the queue, in its order, with a notice to each; returns how many offers."""
    morning = quiet.until(now)
    made = await waiting_list.promote(session, activity_id, now, morning)
    for offer in made:
        # Nobody is woken, unless the offer would be over by then.
        due = now if morning is None or morning >= offer.until else morning
        params = {"id": activity_id, "until": offer.until.isoformat(), "guests": offer.guests}
        await deliveries.add(session, Notice(offer.person_id, "place_offered", params, due))
    return len(made)
