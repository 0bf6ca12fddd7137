"""Activities: what the organisation offers, when and where, for whom. Who comes is in `sign_ups`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

import orjson
from sqlalchemy import BigInteger, ColumnElement, SmallInteger, String, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityChangeId, ActivityId, SeriesId
from storage.column_types import IntEnumColumn, StrEnumColumn
from storage.database import Base, BigKey, Refused
from storage.telegram_ids import PersonId

PAGE = 5
MOST_GUESTS = 3
MOST_QUESTIONS = 2


class Kind(StrEnum):
    """What an activity is, for the list by kind."""

    GAMES = "games"
    SPORT = "sport"
    TALK = "talk"
    TRAINING = "training"
    CONTEST = "contest"
    HEALTH = "health"
    STREAM = "stream"
    OTHER = "other"


class ActivityState(IntEnum):
    DRAFT = 0
    PUBLISHED = 1
    CANCELLED = 2


class NoSuchActivity(Refused):
    """It does not exist, or is not published."""


class ActivityOver(Refused):
    """It has ended or was cancelled, so nothing about it is changed any more."""


class Activity(Base):
    __tablename__ = "activities"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (a button must never meet a later activity)

    id: Mapped[ActivityId] = mapped_column(BigKey, primary_key=True)
    state: Mapped[ActivityState] = mapped_column(IntEnumColumn(ActivityState), default=ActivityState.DRAFT)
    kind: Mapped[Kind] = mapped_column(StrEnumColumn(Kind, 20))
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(1500), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    opens_at: Mapped[datetime | None] = mapped_column(default=None)
    closes_at: Mapped[datetime | None] = mapped_column(default=None)
    place: Mapped[str] = mapped_column(String(200), default="")
    latitude: Mapped[float | None] = mapped_column(default=None)
    longitude: Mapped[float | None] = mapped_column(default=None)
    places: Mapped[int | None] = mapped_column(default=None)
    guests: Mapped[int] = mapped_column(SmallInteger, default=0)
    members_only: Mapped[bool] = mapped_column(default=False)
    questions: Mapped[str] = mapped_column(String(600), default="[]")
    stream: Mapped[str] = mapped_column(String(300), default="")
    poster: Mapped[str] = mapped_column(String(200), default="")
    lead_times: Mapped[str | None] = mapped_column(String(120), default=None)
    organiser: Mapped[PersonId]
    series_id: Mapped[SeriesId | None] = mapped_column(BigInteger, default=None, index=True)
    occurrence: Mapped[datetime | None] = mapped_column(default=None)
    sequence: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    figures: Mapped[str | None] = mapped_column(String(120), default=None)  # kept when its sign-ups are forgotten

    @property
    def asks(self) -> list[str]:
        """The organiser's questions to who signs up."""
        return list(orjson.loads(self.questions))

    @property
    def leads(self) -> list[timedelta] | None:
        """How long before the start this activity's reminders come; None: as the config says."""
        return None if self.lead_times is None else leads_of(self.lead_times)

    @property
    def has_point(self) -> bool:
        return self.latitude is not None and self.longitude is not None


def leads_of(text: str) -> list[timedelta]:
    """From "86400,7200" (seconds)."""
    return [timedelta(seconds=int(part)) for part in text.split(",") if part]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a coordinator writes down of an activity. Times are aware; `places` None means as many as like."""

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


class ActivityChange(Base):
    """What an edit changed, for the notices about it: JSON of old and new by column."""

    __tablename__ = "activity_changes"

    id: Mapped[ActivityChangeId] = mapped_column(BigKey, primary_key=True)
    activity_id: Mapped[ActivityId] = mapped_column(BigInteger)
    changed: Mapped[str] = mapped_column(String(1500))


CHANGING = ("starts_at", "ends_at", "place", "latitude", "longitude", "places", "guests", "members_only", "closes_at")
"""Of a change in these (time, place, rules) those who are signed up are told."""


async def create(session: AsyncSession, plan: Plan, organiser: PersonId, now: datetime) -> Activity:
    """A draft."""
    row = Activity(organiser=organiser, created_at=now, changed_at=now, **_columns(plan))
    session.add(row)
    await session.flush()
    return row


def _columns(plan: Plan) -> dict[str, object]:
    values = {name: getattr(plan, name) for name in plan.__slots__}
    return {**values, "kind": plan.kind, "questions": orjson.dumps(list(plan.questions)).decode()}


def plan_of(row: Activity) -> Plan:
    """The activity as it was written down, to be copied or changed."""
    values = {name: getattr(row, name) for name in Plan.__slots__ if name not in ("kind", "questions")}
    return Plan(kind=row.kind, questions=tuple(row.asks), **values)


async def find(session: AsyncSession, activity_id: ActivityId) -> Activity | None:
    return await session.get(Activity, activity_id)


async def find_for_update(session: AsyncSession, activity_id: ActivityId) -> Activity | None:
    """The same, read afresh and locked until the transaction ends."""
    return await session.get(Activity, activity_id, with_for_update=True, populate_existing=True)


async def published(session: AsyncSession, activity_id: ActivityId) -> Activity:
    """An activity that riders may see, also a cancelled one. Raises NoSuchActivity."""
    return _require_published(await find(session, activity_id))


async def published_for_update(session: AsyncSession, activity_id: ActivityId) -> Activity:
    """The same, read afresh and locked until the transaction ends. Raises NoSuchActivity."""
    return _require_published(await find_for_update(session, activity_id))


def _require_published(row: Activity | None) -> Activity:
    if row is None or row.state == ActivityState.DRAFT:
        raise NoSuchActivity
    return row


async def coming(session: AsyncSession, now: datetime, until: datetime | None = None, kind: str = "") -> list[Activity]:
    """Published activities that have not ended and start before `until`, the next first."""
    conditions: list[ColumnElement[bool]] = [Activity.state == ActivityState.PUBLISHED, Activity.ends_at > now]
    if until is not None:
        conditions.append(Activity.starts_at < until)
    if kind:
        conditions.append(Activity.kind == kind)
    rows = await session.scalars(
        select(Activity).where(*conditions).order_by(Activity.starts_at, Activity.id).limit(200)
    )
    return list(rows)


async def managed(session: AsyncSession, since: datetime, limit: int = 30) -> list[Activity]:
    """Every activity that ends after this moment, drafts and cancelled ones too, the next first."""
    rows = await session.scalars(
        select(Activity).where(Activity.ends_at > since).order_by(Activity.starts_at, Activity.id).limit(limit)
    )
    return list(rows)


async def publish(session: AsyncSession, activity_id: ActivityId, now: datetime) -> Activity:
    """Raises NoSuchActivity, ActivityOver."""
    row = await _changeable(session, activity_id, now)
    row.state, row.changed_at = ActivityState.PUBLISHED, now
    return row


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
    """Puts the plan in place of what was. Raises NoSuchActivity, ActivityOver."""
    row = await _changeable(session, activity_id, now)
    before = {name: getattr(row, name) for name in CHANGING}
    for name, value in _columns(plan).items():
        setattr(row, name, value)
    row.changed_at = now
    changed = {name: (old, getattr(row, name)) for name, old in before.items() if old != getattr(row, name)}
    if changed:
        row.sequence += 1
    return Change(row, changed if row.state == ActivityState.PUBLISHED else {})


async def note_change(session: AsyncSession, change: Change) -> ActivityChangeId:
    """Keeps what an edit changed; returns its number, the subject of the notices about it."""
    changed = {name: [old, new] for name, (old, new) in change.changed.items()}
    row = ActivityChange(activity_id=change.row.id, changed=orjson.dumps(changed).decode())
    session.add(row)
    await session.flush()
    return row.id


async def find_change(
    session: AsyncSession, change_id: ActivityChangeId
) -> tuple[ActivityId, dict[str, list[object]]] | None:
    """(activity, old and new by column)."""
    row = await session.get(ActivityChange, change_id)
    return None if row is None else (row.activity_id, orjson.loads(row.changed))


async def cancel(session: AsyncSession, activity_id: ActivityId, reason: str, now: datetime) -> Activity:
    """Raises NoSuchActivity, ActivityOver."""
    row = await _changeable(session, activity_id, now)
    row.state, row.reason, row.changed_at = ActivityState.CANCELLED, reason, now
    row.sequence += 1
    return row


async def overlapping(session: AsyncSession, row: Activity, ids: Sequence[ActivityId]) -> list[Activity]:
    """Which of these activities happen at the same time as this one."""
    rows = await session.scalars(
        select(Activity).where(
            Activity.id.in_(ids),
            Activity.id != row.id,
            Activity.state == ActivityState.PUBLISHED,
            Activity.starts_at < row.ends_at,
            Activity.ends_at > row.starts_at,
        )
    )
    return list(rows)
