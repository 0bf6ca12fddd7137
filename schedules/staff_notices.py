"""What those are told who have a right, such as coordinators: that a date has passed, that a survey is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from storage.deliveries import queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.people.access import Right


async def tell_staff(
    session: AsyncSession, notices: Sequence[Notice], right: Right, now: datetime, context: ClockContext
) -> None:
    """Each of these to everybody who has the right, after quiet hours."""
    if not notices:
        return
    due = context.settings.quiet_hours.until(now) or now
    able = await context.staff.who_may(session, right, now)
    await queue.add_all(session, [Addressed(one, notice, due) for notice in notices for one in able])
