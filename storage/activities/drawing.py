"""The draw of an activity's places, by the clock: the list of tickets is closed, and drawn from a while later.

Each step locks the activity, does its work once, and puts the notices of it into the queue in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.activities import activities, activity_reminders, draws, participants, waiting_list
from storage.activities.activities import Activity, ActivityState
from storage.activities.draws import SETTLES_FOR, ActivityDraw
from storage.activities.ids import ActivityId
from storage.activities.notices import DrawCloses, DrawMade
from storage.activities.participants import PlaceState, SignUp
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.draws import drawing
from storage.draws.drawing import Drawn, Ticket
from storage.hours.quiet_hours import QuietHours
from storage.refusals import Refused


class NotDrawn(Refused):
    """The draw has not been made yet."""


async def close_next(session: AsyncSession, now: datetime, quiet: QuietHours) -> bool:
    """Closes one list whose time has come, and tells who stands in it; False if there is none."""
    activity = await _next(session, Activity.draws_at <= now, ActivityDraw.closed_at.is_(None))
    if activity is None:
        return False
    row = await session.get_one(ActivityDraw, activity.id, populate_existing=True)
    rows = await _in_draw(session, activity.id)
    tickets = [Ticket(one.ticket, one.ticket_code, 1 + one.guests) for one in rows if one.ticket and one.ticket_code]
    free = await participants.free_places(session, activity)
    closed = drawing.closed(activity.title, free or 0, tickets, row.commitment)
    row.closed, row.closed_at, row.closed_sha256 = closed.decode(), now, drawing.sha256(closed)
    due = quiet.until(now) or now
    told = [Addressed(one.person_id, DrawCloses(activity.id, one.ticket), due) for one in rows if one.ticket]
    await delivery_queue.add_all(session, told)
    wake_ups.request(session, WakeUp.DRAWS)
    return True


async def draw_next(session: AsyncSession, now: datetime, quiet: QuietHours, lead_times: Sequence[timedelta]) -> bool:
    """Makes one draw whose time has come: places as far as they go, the rest waits in the drawn order, and everybody is
    told; False if there is none."""
    activity = await _next(session, ActivityDraw.closed_at <= now - SETTLES_FOR)
    if activity is None:
        return False
    row = await session.get_one(ActivityDraw, activity.id, populate_existing=True)
    drawn = drawing.read(await _file(session, row))
    activity.drawn_at = now
    due = quiet.until(now) or now
    rows = {one.ticket: one for one in await _in_draw(session, activity.id)}
    await delivery_queue.add_all(session, _placed(activity, drawn, rows, due))
    await session.flush()
    await activity_reminders.plan(session, activity, lead_times, now, quiet)
    await waiting_list.offer_free_places(session, activity.id, now, quiet)
    return True


def _placed(activity: Activity, drawn: Drawn, rows: Mapping[int | None, SignUp], due: datetime) -> list[Addressed]:
    """Gives everybody who still holds their ticket what was drawn for it; returns what they are told.

    The queue is in the drawn order, before whoever comes later.
    """
    assert activity.draws_at is not None
    told = []
    for at, number in enumerate(drawn.order):
        row = rows.get(number)
        if row is None:
            continue
        has_place = at < drawn.placed
        row.state = PlaceState.PLACED if has_place else PlaceState.WAITING
        row.queued_at = activity.draws_at + timedelta(microseconds=at)
        position = 0 if has_place else drawn.position(number)
        told.append(Addressed(row.person_id, DrawMade(activity.id, number, at + 1, position), due))
    return told


async def file_of(session: AsyncSession, activity: Activity) -> bytes:
    """The published draw. Raises NotDrawn: see the class."""
    row = await draws.find(session, activity.id)
    if row is None or activity.drawn_at is None:
        raise NotDrawn
    return await _file(session, row)


class Listed(NamedTuple):
    """What a closed list is drawn for: the places that were free at the close, and how many tickets stand in it."""

    places: int
    tickets: int


async def listed(session: AsyncSession, activity_id: ActivityId) -> Listed | None:
    """None until the list is closed."""
    closed = await session.scalar(select(ActivityDraw.closed).where(ActivityDraw.activity_id == activity_id))
    if closed is None:
        return None
    content = json.loads(closed)
    return Listed(content["places"], len(content["tickets"]))


async def _file(session: AsyncSession, row: ActivityDraw) -> bytes:
    closed = await session.scalar(select(ActivityDraw.closed).where(ActivityDraw.activity_id == row.activity_id))
    assert closed is not None
    return drawing.published(closed.encode(), sealed_columns.opened(session, row, ActivityDraw.seed))


async def _in_draw(session: AsyncSession, activity_id: ActivityId) -> Sequence[SignUp]:
    chosen = select(SignUp).where(SignUp.activity_id == activity_id, SignUp.state == PlaceState.IN_DRAW)
    return (await session.scalars(chosen.order_by(SignUp.id).execution_options(populate_existing=True))).all()


_AWAITS = (
    ActivityDraw.activity_id == Activity.id,
    Activity.state == ActivityState.PUBLISHED,
    Activity.draws_at.is_not(None),
    Activity.drawn_at.is_(None),
)


async def _next(session: AsyncSession, *due: ColumnElement[bool]) -> Activity | None:
    """One whose turn it is, locked; None if there is none, or another process has just had it."""
    chosen = select(Activity.id).where(*_AWAITS, *due).order_by(Activity.draws_at).limit(1)
    activity_id = await session.scalar(chosen)
    if activity_id is None:
        return None
    await activities.find_for_update(session, activity_id)
    again = select(Activity).where(Activity.id == activity_id, *_AWAITS, *due)
    return await session.scalar(again.execution_options(populate_existing=True))


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next list is closed, or the next draw made."""
    is_open = ActivityDraw.closed_at.is_(None)
    closes = await session.scalar(select(func.min(Activity.draws_at)).where(*_AWAITS, is_open))
    closed = await session.scalar(select(func.min(ActivityDraw.closed_at)).where(*_AWAITS))
    moments = [closes, None if closed is None else closed + SETTLES_FOR]
    return min((moment for moment in moments if moment is not None), default=None)


TABLES = frozenset({Activity.__tablename__, ActivityDraw.__tablename__})
