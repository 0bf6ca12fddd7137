"""Broadcasts by the clock: starting, writing down the recipients chunk by chunk, quiet hours, finishing."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.broadcasts import broadcasts, corrections, tallies
from storage.broadcasts import recipients as broadcast_recipients
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.broadcasts import Broadcast, BroadcastInDoubt, BroadcastState
from storage.broadcasts.notices import BroadcastDoubted, BroadcastWaits
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.operations import admins
from storage.people.access import Right
from storage.people.segments import Segment

EVERY = timedelta(seconds=1)

log = logging.getLogger(__name__)


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    """One step; True if there is more to do at once."""
    quiet_until = context.settings.quiet_hours.until(now)
    if quiet_until is not None and await running_broadcasts.keep_quiet(session, quiet_until):
        return True
    if await running_broadcasts.hold_stragglers(session, now):
        return True
    if await corrections.carry_on(session):
        return True
    await running_broadcasts.finish_idle(session, now)
    row = await running_broadcasts.due(session, now)
    if row is None:
        return await tallies.carry_on(session, now)
    try:
        broadcasts.require_released(session, row)
    except BroadcastInDoubt:
        log.error("a broadcast was changed in the database by something other than the bot; it is not sent")
        running_broadcasts.set_aside(row, now)
        await admins.tell(session, context.staff, BroadcastDoubted(row.id), now)
        return True
    if row.state == BroadcastState.SCHEDULED:
        if await _has_grown(session, row, now, context):
            return True
        running_broadcasts.start(row, now)
    return not await broadcast_recipients.freeze_chunk(session, row, now)


async def _has_grown(session: AsyncSession, row: Broadcast, now: datetime, context: ClockContext) -> bool:
    """Whether nobody had to approve it when it was let go, and by now it goes to so many people that somebody has to.
    It waits for that then."""
    if broadcasts.release_of(session, row).needs_approval:
        return False
    segment = Segment.parse(row.segment)
    reached = (await broadcast_recipients.audience(session, segment, row.topic, now)).reached
    if reached <= context.settings.approval_above:
        return False
    broadcasts.hold_for_approval(session, row, now)
    able = await context.staff.who_may(session, Right.BROADCAST, now)
    notice = BroadcastWaits(row.id, reached)
    await delivery_queue.add_all(session, [Addressed(one, notice, now) for one in able if one != row.author])
    return True


JOB = Job(WakeUp.BROADCASTS, EVERY, run, running_broadcasts.next_start, broadcasts.TABLES | delivery_queue.TABLES)
