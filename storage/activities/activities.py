"""Activities: what the organisation offers, when and where, for whom.

How they are created and changed is in `planning`, who comes in `sign_ups`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

import orjson
from sqlalchemy import BigInteger, ColumnElement, Index, SmallInteger, String, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities.ids import ActivityId, SeriesId
from storage.column_types import BigKey, IntEnumColumn, StrEnumColumn
from storage.database import Base
from storage.dialects import is_postgresql
from storage.refusals import Refused
from storage.telegram_ids import PersonId

PAGE = 5
_LOCKED = "activities.locked"
"""In `Session.info`: which activities its transaction has locked. A session has one transaction."""


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
    __table_args__ = (
        Index(
            "ix_activities_uncounted",
            "ends_at",
            sqlite_where=text("figures IS NULL"),
            postgresql_where=text("figures IS NULL"),
        ),
        {"sqlite_autoincrement": True},  # a button must never meet a later activity
    )

    id: Mapped[ActivityId] = mapped_column(BigKey, primary_key=True)
    state: Mapped[ActivityState] = mapped_column(IntEnumColumn(ActivityState), default=ActivityState.DRAFT)
    kind: Mapped[Kind] = mapped_column(StrEnumColumn(Kind, 20))
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(String(1500), default="")
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
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
    segment: Mapped[str | None] = mapped_column(String(500), default=None)
    """Who may sign up; None: everybody. An activity with a segment stands in no list; whoever it is for is told."""
    organiser: Mapped[PersonId]
    series_id: Mapped[SeriesId | None] = mapped_column(BigInteger, default=None, index=True)
    occurrence: Mapped[datetime | None] = mapped_column(default=None)
    sequence: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    draws_at: Mapped[datetime | None] = mapped_column(default=None)
    drawn_at: Mapped[datetime | None] = mapped_column(default=None)
    figures: Mapped[str | None] = mapped_column(String(120), default=None)  # kept when its sign-ups are forgotten

    @property
    def asks(self) -> list[str]:
        """The organiser's questions to whoever signs up."""
        return list(orjson.loads(self.questions))

    @property
    def leads(self) -> list[timedelta] | None:
        """How long before the start this activity's reminders come; None: as the config says."""
        return None if self.lead_times is None else leads_of(self.lead_times)

    @property
    def awaits_draw(self) -> bool:
        """Whether its places will be drawn: until then there are tickets in place of places."""
        return self.draws_at is not None and self.drawn_at is None

    @property
    def has_point(self) -> bool:
        return self.latitude is not None and self.longitude is not None


def leads_of(text: str) -> list[timedelta]:
    """From "86400,7200" (seconds)."""
    return [timedelta(seconds=int(part)) for part in text.split(",") if part]


async def find(session: AsyncSession, activity_id: ActivityId) -> Activity | None:
    return await session.get(Activity, activity_id)


async def find_for_update(session: AsyncSession, activity_id: ActivityId) -> Activity | None:
    """The same, locked until the transaction ends, and read afresh unless it is locked already. On SQLite nobody else
    has written since this transaction read it."""
    if not is_postgresql(session):
        return await find(session, activity_id)
    locked: set[ActivityId] = session.info.setdefault(_LOCKED, set())
    if activity_id in locked:
        return await find(session, activity_id)
    row = await session.get(Activity, activity_id, with_for_update=True, populate_existing=True)
    locked.add(activity_id)
    return row


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


async def listed(session: AsyncSession, now: datetime, until: datetime | None = None, kind: str = "") -> list[Activity]:
    """Those of them that are for everybody."""
    return [row for row in await coming(session, now, until, kind) if row.segment is None]


async def managed(session: AsyncSession, since: datetime, limit: int = 30) -> list[Activity]:
    """Every activity that ends after this moment, drafts and cancelled ones too, the next first."""
    rows = await session.scalars(
        select(Activity).where(Activity.ends_at > since).order_by(Activity.starts_at, Activity.id).limit(limit)
    )
    return list(rows)


async def between(session: AsyncSession, begin: datetime, end: datetime, limit: int = 300) -> list[Activity]:
    """Every activity that starts in this time, drafts and cancelled ones too, the first first."""
    chosen = select(Activity).where(Activity.starts_at >= begin, Activity.starts_at < end)
    return list(await session.scalars(chosen.order_by(Activity.starts_at, Activity.id).limit(limit)))


async def recount(session: AsyncSession, activity_id: ActivityId) -> None:
    """Its figures, if they are kept already, are those of before a change."""
    await session.execute(
        update(Activity).where(Activity.id == activity_id, Activity.figures.is_not(None)).values(figures=None)
    )
