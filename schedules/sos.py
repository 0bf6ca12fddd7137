"""Calls for help by the clock: nobody answers, who was going is blocked, a call ends, a volunteer's shift is over."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.people.access import Right
from storage.sos import calls, duties, going, reading
from storage.sos.notices import DutyOver
from storage.sos.table import TABLES, CallOver, NotInCall
from storage.telegram_ids import PersonId

EVERY = timedelta(minutes=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One call, or all shifts that are over; True if there may be more."""
    followers = await context.staff.who_may(session, Right.FOLLOW_HELP, now)
    if await calls.look_after(session, followers, context.settings.help_within, now):
        return True
    await _give_back(session, followers, now, context)
    over = await duties.lapse(session, now)
    await queue.add_all(session, [Addressed(one, DutyOver(), now) for one in over])
    return False


async def _give_back(
    session: AsyncSession, followers: Sequence[PersonId], now: datetime, context: ClockContext
) -> None:
    """Whoever was blocked on the way can't say any more that they can't come."""
    for call_id, helper in await reading.taken_by_blocked(session, now):
        with suppress(CallOver, NotInCall):  # it has ended meanwhile, or somebody else is going
            await going.give_back(session, call_id, helper, context.settings.help_within, followers, now)


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next call or shift has to be looked at."""
    both = (await calls.next_due(session), await duties.next_end(session))
    return min((one for one in both if one is not None), default=None)


JOB = Job(WakeUp.SOS, EVERY, run, next_due, TABLES)
