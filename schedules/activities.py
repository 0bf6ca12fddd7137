"""Activities by the clock: series laid out further, the link of a live stream at its start, thanks at the end, the
weekly digest."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.activities import activities, attendance, due_notices, participants, series, weekly_digest
from storage.activities.notices import StreamStarts, ThanksForComing
from storage.coordination import run_once
from storage.deliveries import queue as delivery_queue

EVERY = timedelta(seconds=20)
REMINDING = 2


async def run(session: AsyncSession, now: datetime, context: ClockContext) -> bool:
    row = await series.due(session, now)
    if row is not None:
        await series.lay_out(
            session, row, now, context.settings.organisation.zone, context.settings.organisation.country
        )
        return True
    await _send_streams(session, now)
    await _thank(session, now)
    await _digest(session, now, context)
    return False


async def _send_streams(session: AsyncSession, now: datetime) -> None:
    """The link to everybody who has a place, shortly before it begins."""
    for row in await due_notices.claim_starting_streams(session, now):
        placed = participants.participant_ids(row.id, participants.TAKING)
        await delivery_queue.tell_all(session, placed, StreamStarts(row.id), now, REMINDING)


async def _thank(session: AsyncSession, now: datetime) -> None:
    """Everybody who came is thanked after the end, and asked how it was."""
    for row in await due_notices.claim_ended(session, now):
        await delivery_queue.tell_all(session, attendance.who_came(row.id), ThanksForComing(row.id), now, REMINDING)


async def _digest(session: AsyncSession, now: datetime, context: ClockContext) -> None:
    """On Monday from the hour of the digest on, to those who want it: the week's activities, by their ids."""
    local = now.astimezone(context.settings.organisation.zone)
    occasion = f"week {local:%G-%V}"
    if local.weekday() != context.settings.week_digest_on or local.time() < context.settings.week_digest_at:
        return
    if await run_once.was(session, occasion):
        return
    week = await activities.listed(session, now, now + timedelta(days=7))
    if week and await run_once.is_first(session, occasion, now):
        await weekly_digest.queue_all(session, now)


JOB = Job("activities", EVERY, run)
