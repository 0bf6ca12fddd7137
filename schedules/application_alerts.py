"""Calls the coordinators when applications wait: soon, in one message that is kept up to date, and once a day about
those that wait too long."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from storage.coordination import run_once
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.membership import review_alerts, reviews
from storage.membership.notices import ReviewsLate

EVERY = timedelta(seconds=2)
TABLES = review_alerts.TABLES | delivery_queue.TABLES
TOO_LONG = timedelta(days=2)


class ReviewAlerts:
    """Remembers what it saw last, so that an idle turn is one cheap look."""

    def __init__(self) -> None:
        self._seen: object = None
        self._looked_at: datetime | None = None

    async def run(self, session: AsyncSession, now: datetime, context: ClockContext) -> bool:
        seen = await review_alerts.state_of_all(session)
        unchanged = seen == self._seen and self._looked_at is not None
        if not unchanged or (seen[0] and now - (self._looked_at or now) >= timedelta(seconds=30)):
            for person_id in await context.staff.reviewers(session, now):
                await review_alerts.ring(session, person_id, now)
            self._looked_at = now
            # What could not be edited yet, since its message has not arrived, is looked at again.
            self._seen = seen if await review_alerts.are_shown(session) else None
        await _daily(session, now, context)
        return False


async def _daily(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """Once a day, from the hour of the digest on."""
    local = now.astimezone(context.settings.organisation.zone)
    occasion = f"reviews late {local:%Y-%m-%d}"
    if local.time() < context.settings.digest_at or await run_once.was(session, occasion):
        return
    late = await reviews.waiting_longer_than(session, now - TOO_LONG)
    if late and await run_once.is_first(session, occasion, now):
        notices = [
            Addressed(person_id, ReviewsLate(late, TOO_LONG.days), now)
            for person_id in await context.staff.reviewers(session, now)
        ]
        await delivery_queue.add_all(session, notices)
