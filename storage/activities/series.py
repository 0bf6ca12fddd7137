"""Activities that repeat: a rule of RFC 5545, laid out as activities of their own for some weeks ahead, so that one of
them can be changed or cancelled without the others."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.activities import activities, planning
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import SeriesId
from storage.activities.notices import SeriesEnded
from storage.activities.recurrence import MOST_DAYS, BadRule, NoDates, occurrences, read
from storage.column_types import BigKey
from storage.database import Base
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.hours.holidays import public_holidays
from storage.refusals import Refused
from storage.telegram_ids import PersonId

AHEAD = timedelta(weeks=8)
LOOKED_AHEAD = AHEAD * 8
"""Within so long a rule must have a date."""
FARTHEST = timedelta(days=MOST_DAYS)
MOST = 200


class RepeatsAlready(Refused):
    """The activity belongs to a series that goes on."""


class Series(Base):
    __tablename__ = "activity_series"

    id: Mapped[SeriesId] = mapped_column(BigKey, primary_key=True)
    rule: Mapped[str] = mapped_column(String(200))
    first: Mapped[datetime]
    skips_holidays: Mapped[bool] = mapped_column(default=False)
    organiser: Mapped[PersonId]
    laid_to: Mapped[datetime]
    ended: Mapped[bool] = mapped_column(default=False)


def check(rule: str, first: datetime, zone: ZoneInfo) -> None:
    """Lets a rule pass that has a date after its first one.

    Raises:
        BadRule, NoDates: see the classes.
    """
    if next(occurrences(rule, first, first, first + LOOKED_AHEAD, zone), None) is None:
        raise NoDates


async def start(
    session: AsyncSession,
    source: Activity,
    rule: str,
    organiser: PersonId,
    now: datetime,
    zone: ZoneInfo,
    country: str,
    *,
    skips_holidays: bool,
) -> list[Activity]:
    """Makes an activity the first of a series, and lays out the next ones; returns these.

    Raises:
        BadRule, NoDates, RepeatsAlready: see the classes.
    """
    await activities.find_for_update(session, source.id)
    if await belongs_to_one(session, source):
        raise RepeatsAlready
    begins = source.starts_at
    check(rule, begins, zone)
    row = Series(rule=rule, first=begins, skips_holidays=skips_holidays, organiser=organiser, laid_to=begins)
    session.add(row)
    await session.flush()
    source.series_id, source.occurrence = row.id, begins
    return await lay_out(session, row, now, zone, country)


async def lay_out(session: AsyncSession, row: Series, now: datetime, zone: ZoneInfo, country: str) -> list[Activity]:
    """Adds the occurrences up to AHEAD from now, as copies of the newest one that was not cancelled.

    A rule that an older version took and this one does not ends the series, and the organiser hears of it.
    """
    source = await session.scalar(
        select(Activity)
        .where(Activity.series_id == row.id, Activity.state != ActivityState.CANCELLED)
        .order_by(Activity.occurrence.desc())
        .limit(1)
    )
    until = now + AHEAD
    if source is None or row.ended or row.laid_to >= until:
        return []
    added: list[Activity] = []
    try:
        moments = occurrences(row.rule, row.first, row.laid_to, until, zone)
    except BadRule:
        row.ended = True
        await delivery_queue.add_all(session, [Addressed(row.organiser, SeriesEnded(source.title), now)])
        return []
    for at in moments:
        skipped = row.skips_holidays and at.date() in public_holidays(country, at.year)
        if not skipped and len(added) < MOST:
            added.append(await _copy(session, source, row.id, at, now))
    row.laid_to = until
    return added


async def _copy(session: AsyncSession, source: Activity, series_id: SeriesId, at: datetime, now: datetime) -> Activity:
    length = source.ends_at - source.starts_at
    plan = planning.plan_of(source)
    opens, closes, draws_at = (
        None if moment is None else at + (moment - source.starts_at)
        for moment in (plan.opens_at, plan.closes_at, plan.draws_at)
    )
    moved = replace(
        plan, starts_at=at, ends_at=at + length, opens_at=opens, closes_at=closes, draws_at=_ahead(draws_at, now)
    )
    made = await planning.create(session, moved, source.organiser, now)
    made.series_id, made.occurrence = series_id, at
    if source.state == ActivityState.PUBLISHED:
        await planning.publish(session, made.id, now)
    await session.flush()
    return made


def _ahead(moment: datetime | None, now: datetime) -> datetime | None:
    """None if it is too late for that."""
    return moment if moment is not None and moment > now else None


async def belongs_to_one(session: AsyncSession, source: Activity) -> bool:
    """Whether the activity is part of a series that has not ended."""
    row = None if source.series_id is None else await session.get(Series, source.series_id)
    return row is not None and not row.ended


async def goes_on(session: AsyncSession, source: Activity, zone: ZoneInfo) -> bool:
    """Whether the series of this activity has dates beyond those that are laid out."""
    row = None if source.series_id is None else await session.get(Series, source.series_id)
    if row is None or row.ended:
        return False
    try:
        rule = read(row.rule)
        if rule.count is None and rule.until is None:
            return True
        return next(occurrences(row.rule, row.first, row.laid_to, row.laid_to + FARTHEST, zone), None) is not None
    except BadRule:
        return False


async def due(session: AsyncSession, now: datetime) -> Series | None:
    """A series whose layout should reach a week further."""
    wanted = now + AHEAD - timedelta(days=7)
    return await session.scalar(
        select(Series).where(~Series.ended, Series.laid_to < wanted).limit(1).with_for_update(skip_locked=True)
    )


async def end(session: AsyncSession, series_id: SeriesId) -> None:
    """No more occurrences; those that are laid out stay."""
    row = await session.get(Series, series_id)
    if row is not None:
        row.ended = True


async def count(session: AsyncSession, series_id: SeriesId) -> int:
    """Counts the activities of a series, cancelled ones too."""
    counted = select(func.count()).select_from(Activity).where(Activity.series_id == series_id)
    return await session.scalar(counted) or 0
