"""Pay books by the clock: whoever wants to be asked for their shift is asked at the time of their own; whoever shares
their hourly pay is counted once a week."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import SystemRandom

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.coordination.wake_ups import WakeUp
from storage.pay import reminders
from storage.pay.pool import counting
from storage.pay.pool.counting import Offered
from storage.people import blocks

EVERY, POOL_EVERY = timedelta(minutes=1), timedelta(hours=1)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Asks some; True if there may be more."""
    return await reminders.queue_due(session, context.settings.organisation.zone, now)


JOB = Job(WakeUp.PAY, EVERY, run, reminders.next_due, reminders.TABLES)


async def pool(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """Counts some of those who share their hourly pay and are not blocked; True if there are more."""
    joining, zone = context.settings.joining, context.settings.organisation.zone
    offered = Offered(joining.platforms, joining.districts)
    ends = await blocks.read_all(session)
    blocked = {person for person, until in ends.items() if until is None or until > now}
    return await counting.carry_on(session, now.astimezone(zone).date(), offered, SystemRandom(), blocked)


POOL_JOB = Job("pay_pool", POOL_EVERY, pool, switch="pay")
