"""Activities as coordinators plan them: written down, published, changed, cancelled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import draws
from storage.activities.activities import Activity, ActivityOver, ActivityState, Kind, NoSuchActivity, find_for_update
from storage.activities.draws import BadDraw
from storage.activities.ids import ActivityId
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

MOST_GUESTS = 3
MOST_QUESTIONS = 2


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator enters for an activity. Times have a time zone; `places` None: there is no limit."""

    title: str
    kind: Kind
    starts_at: datetime
    ends_at: datetime
    about: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    places: int | None = None
    guests: int = 0
    members_only: bool = False
    questions: Sequence[str] = ()
    stream: str = ""
    poster: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    lead_times: str | None = None
    draws_at: datetime | None = None
    """Until when people sign up for the draw of the places; None: first come, first served."""


CHANGING = (
    "starts_at",
    "ends_at",
    "place",
    "latitude",
    "longitude",
    "places",
    "guests",
    "members_only",
    "closes_at",
    "draws_at",
)
"""Of a change in these (time, place, rules) those who are signed up are told."""


async def create(
    session: AsyncSession, plan: Plan, organiser: PersonId, now: datetime, segment: Segment | None = None
) -> Activity:
    """A draft; for the people of a segment alone, if there is one. Raises BadDraw: see the class."""
    _require_possible_draw(plan)
    text = None if segment is None else segment.text
    row = Activity(organiser=organiser, created_at=now, changed_at=now, segment=text, **_columns(plan))
    session.add(row)
    await session.flush()
    return row


def _require_possible_draw(plan: Plan) -> None:
    if plan.draws_at is None:
        return
    is_possible = draws.is_possible(plan.draws_at, plan.starts_at, plan.opens_at, plan.closes_at)
    if plan.places is None or not is_possible:
        raise BadDraw


def _columns(plan: Plan) -> dict[str, object]:
    values = {name: getattr(plan, name) for name in plan.__slots__}
    return {**values, "kind": plan.kind, "questions": orjson.dumps(list(plan.questions)).decode()}


def plan_of(row: Activity) -> Plan:
    """The activity as it was written down, to be copied or changed."""
    values = {name: getattr(row, name) for name in Plan.__slots__ if name not in ("kind", "questions")}
    return Plan(kind=row.kind, questions=tuple(row.asks), **values)


async def publish(session: AsyncSession, activity_id: ActivityId, now: datetime) -> Activity:
    """Raises NoSuchActivity, ActivityOver; BadDraw: the time of the draw has passed."""
    row = await _changeable(session, activity_id, now)
    row.state, row.changed_at = ActivityState.PUBLISHED, now
    await _prepare_draw(session, row, now)
    return row


async def _prepare_draw(session: AsyncSession, row: Activity, now: datetime) -> None:
    if row.draws_at is None or row.drawn_at is not None:
        return
    if row.draws_at <= now:
        raise BadDraw
    await draws.prepare(session, row.id)


async def _changeable(session: AsyncSession, activity_id: ActivityId, now: datetime) -> Activity:
    row = await find_for_update(session, activity_id)
    if row is None:
        raise NoSuchActivity
    if row.state == ActivityState.CANCELLED or row.ends_at <= now:
        raise ActivityOver
    return row


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit changed of CHANGING: old and new value by column; empty if nobody has to be told."""

    row: Activity
    changed: dict[str, tuple[object, object]]


async def change(session: AsyncSession, activity_id: ActivityId, plan: Plan, now: datetime) -> Change:
    """Puts the plan in place of what was. Raises NoSuchActivity, ActivityOver, BadDraw, DrawFixed,
    PlacesBeingDrawn."""
    row = await _changeable(session, activity_id, now)
    moves_draw = plan.draws_at != row.draws_at
    if moves_draw:
        await draws.require_changeable(session, activity_id, plan.draws_at)
    if plan.places != row.places and row.awaits_draw:
        await draws.require_places_free(session, activity_id)
    _require_possible_draw(plan)
    before = {name: getattr(row, name) for name in CHANGING}
    for name, value in _columns(plan).items():
        setattr(row, name, value)
    row.changed_at = now
    if moves_draw and row.state == ActivityState.PUBLISHED:
        await _prepare_draw(session, row, now)
    changed = {name: (old, getattr(row, name)) for name, old in before.items() if old != getattr(row, name)}
    if changed:
        row.sequence += 1
    return Change(row, changed if row.state == ActivityState.PUBLISHED else {})


async def cancel(session: AsyncSession, activity_id: ActivityId, reason: str, now: datetime) -> Activity:
    """Raises NoSuchActivity, ActivityOver."""
    row = await _changeable(session, activity_id, now)
    row.state, row.reason, row.changed_at = ActivityState.CANCELLED, reason, now
    row.sequence += 1
    return row
