"""How far a broadcast is. A million recipients are not counted whenever somebody looks: the clock counts those that are
settled once, some at a time, in the order in which they were, and who asks counts only what was settled since.

What settles a delivery writes down when, and that is at most LATE ago when it is committed. Where something that was
settled is taken up again (`tally_table.failed_again`), the tally is told; if the clock is set back, it starts again.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Index, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts import reads, tally_table
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.tally_table import Tally
from storage.deliveries import of_broadcasts
from storage.deliveries.table import Delivery, State

LATE = timedelta(minutes=1)
"""Nothing that is settled is committed later than that, but for a clock that was set back."""
EVERY = timedelta(minutes=2)
"""How far the tally of a running broadcast may be behind."""
AT_ONCE = 20_000
"""Deliveries of each state that are counted in one step: some 10 ms."""
POINTS = 256
"""The most points of a curve."""


Index(
    "ix_broadcasts_uncounted",
    Broadcast.id,
    sqlite_where=text("delivered IS NULL"),
    postgresql_where=text("delivered IS NULL"),
)


async def counts(session: AsyncSession, broadcast_id: BroadcastId) -> dict[State, int]:
    """How many deliveries of a broadcast are settled, by state."""
    tally = await tally_table.find(session, broadcast_id)
    if tally is None:
        return await of_broadcasts.counts(session, broadcast_id)
    return dict(Counter(tally.by_state) + Counter(await of_broadcasts.counts(session, broadcast_id, tally.until)))


async def arrived(session: AsyncSession, broadcast_id: BroadcastId, since: datetime, began: datetime | None) -> int:
    """How many have got it since then, if it began at `began`."""
    if began is None or began <= since:
        return await of_broadcasts.sent_after(session, broadcast_id, since)
    return (await counts(session, broadcast_id)).get(State.SENT, 0)


async def timeline(
    session: AsyncSession, broadcast_id: BroadcastId, start: datetime, end: datetime, parts: int
) -> list[int]:
    """How many of a broadcast arrived in each of `parts` equal stretches of [start, end]."""
    tally = await tally_table.find(session, broadcast_id)
    points = [] if tally is None else tally.points
    moments, step = [moment for moment, _ in points], (end - start) / parts
    edges = [start - timedelta(microseconds=1), *(start + at * step for at in range(1, parts)), end]
    # From the last point before an edge on there is little left to count.
    known = [points[at - 1] if (at := bisect_right(moments, edge)) else (None, 0) for edge in edges]
    rest = await of_broadcasts.sent_within(
        session, broadcast_id, [(point, edge) for (point, _), edge in zip(known, edges, strict=True)]
    )
    by_then = [count + more for (_, count), more in zip(known, rest, strict=True)]
    return [after - before for before, after in itertools.pairwise(by_then)]


async def carry_on(session: AsyncSession, now: datetime) -> bool:
    """Counts the next deliveries of a broadcast that is behind; False if there is none. Of one that is over, what it
    came to is kept at the end."""
    is_over = Broadcast.state.in_((BroadcastState.DONE, BroadcastState.CANCELLED)) & (
        Broadcast.finished_at < now - LATE
    )
    is_moving = Broadcast.state.in_((BroadcastState.FREEZING, BroadcastState.RUNNING, BroadcastState.PAUSED))
    is_behind = or_(Tally.until.is_(None), Tally.until < now - LATE - EVERY, Tally.until > now)
    row = await session.scalar(
        select(Broadcast)
        .outerjoin(Tally, Tally.broadcast_id == Broadcast.id)
        .where(Broadcast.delivered.is_(None), Broadcast.started_at < now - LATE, is_over | (is_moving & is_behind))
        .order_by(Tally.until.nulls_first(), Broadcast.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Broadcast)
    )
    if row is None:
        return False
    tally, is_last = await _counted_on(session, row.id, now)
    if is_last and row.finished_at is not None and not await _has_unsettled(session, row.id):
        row.delivered = tally.by_state.get(State.SENT, 0)
    return not is_last or row.finished_at is None or row.delivered is not None


async def _counted_on(session: AsyncSession, broadcast_id: BroadcastId, now: datetime) -> tuple[Tally, bool]:
    """The tally after a step, and whether there is nothing more to be counted by now."""
    tally, until = await tally_table.find(session, broadcast_id), now - LATE
    if tally is not None and tally.until > now:  # the clock was set back
        await session.delete(tally)
        await session.flush()
        tally = None
    after = None if tally is None else tally.until
    until = until if after is None else max(after, until)
    stretch = await of_broadcasts.next_stretch(session, broadcast_id, after, until, AT_ONCE)
    if tally is None:
        tally = Tally(broadcast_id=broadcast_id, until=stretch.until, counts="{}", curve="[]", read=0)
        session.add(tally)
    counted = Counter(tally.by_state) + Counter(stretch.counts)
    tally.read += await reads.read_within(session, broadcast_id, after, stretch.until)
    tally.until, tally.counts = stretch.until, tally_table.as_kept(counted)
    tally.curve = _drawn_on(tally.points, stretch.until, counted[State.SENT])
    return tally, stretch.is_last


def _drawn_on(points: Sequence[tuple[datetime, int]], moment: datetime, count: int) -> str:
    """The curve with one more point; every second one of too many is left out."""
    if not points or points[-1][1] != count:
        points = [*points, (moment, count)]
    if len(points) > POINTS:
        points = points[1::2]
    return orjson.dumps(points).decode()


async def _has_unsettled(session: AsyncSession, broadcast_id: BroadcastId) -> bool:
    states = [state for state in State if state < State.SENT]
    theirs = select(Delivery.id).where(Delivery.broadcast_id == broadcast_id, Delivery.state.in_(states)).limit(1)
    return await session.scalar(theirs) is not None
