"""Riders who can't be reached any more, or again, as far as their cases are concerned."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from storage.cases import queue
from storage.cases.table import Case
from storage.deliveries import ordering
from storage.people import people


async def follow_riders(session: AsyncSession, now: datetime) -> Sequence[Case]:
    """Notes in each open case whether its rider can be reached; whoever is back gets what they missed.

    Returns the cases in which that has changed.
    """
    rows = await queue.with_undelivered(session)
    away = await people.unreachable(session, [row.person_id for row in rows if row.person_id is not None])
    changed = [row for row in rows if row.person_id is not None and row.rider_unreachable != (row.person_id in away)]
    for row in changed:
        row.rider_unreachable = not row.rider_unreachable
        if not row.rider_unreachable and row.person_id is not None:
            await ordering.deliver_after_all(session, row.person_id, now)
    return changed
