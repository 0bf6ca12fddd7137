"""What is said at a moment of an activity: the link of its stream at its start, thanks at its end; each once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities.activities import Activity, ActivityState
from storage.coordination import run_once

STREAM_BEFORE = timedelta(minutes=5)
STREAM_HELPS_FOR = timedelta(hours=1)
THANKED_FOR = timedelta(hours=24)


async def claim_starting_streams(session: AsyncSession, now: datetime) -> list[Activity]:
    """Those with a stream that begin about now, and whose link has not been sent yet for this start."""
    starting = Activity.starts_at.between(now - STREAM_HELPS_FOR, now + STREAM_BEFORE)
    rows = await session.scalars(
        select(Activity).where(
            Activity.state == ActivityState.PUBLISHED, Activity.stream != "", starting, Activity.ends_at > now
        )
    )
    return [
        row
        for row in rows.all()
        if await run_once.is_first(session, f"stream {row.id} {row.starts_at.isoformat()}", now)
    ]


async def claim_ended(session: AsyncSession, now: datetime) -> list[Activity]:
    """Those that have ended, and for which nobody has been thanked yet."""
    ended = Activity.ends_at.between(now - THANKED_FOR, now)
    rows = await session.scalars(select(Activity).where(Activity.state == ActivityState.PUBLISHED, ended))
    return [
        row for row in rows.all() if await run_once.is_first(session, f"thanks {row.id} {row.ends_at.isoformat()}", now)
    ]
