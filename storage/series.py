"""Activities that repeat: a rule of RFC 5545, laid out as activities of their own for some weeks ahead, so that one of
them can be changed or cancelled without the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import activities
from storage.activities import Activity, ActivityState
from storage.database import Base, BigKey, Refused
from storage.holiday_calendar import public_holidays

AHEAD = timedelta(weeks=8)
MOST = 200


class BadRule(Refused):
    """The rule is none of RFC 5545, or never comes true."""


class Series(Base):
    __tablename__ = "activity_series"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    rule: Mapped[str] = mapped_column(String(200))
    first: Mapped[datetime]
    skips_holidays: Mapped[bool] = mapped_column(default=False)
    organiser: Mapped[int] = mapped_column(BigInteger)
    laid_to: Mapped[datetime]
    ended: Mapped[bool] = mapped_column(default=False)


def occurrences(rule: str, first: datetime, after: datetime, until: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """The moments of a rule in (after, until]; the clock on the wall stays the same over daylight saving.

    Raises:
        BadRule: see the class.
    """
    from dateutil.rrule import rrulestr  # imported when a series is made, not at the start

    local = first.astimezone(zone).replace(tzinfo=None)
    try:
        found = rrulestr(rule, dtstart=local)
    except (ValueError, TypeError, KeyError) as trouble:
        raise BadRule from trouble
    for count, moment in enumerate(found):
        at = moment.replace(tzinfo=zone)
        if at > until or count > 5_000:
            return
        if at > after:
            yield at


async def start(
    session: AsyncSession, source: Activity, rule: str, skips_holidays: bool, organiser: int, now: datetime,
    zone: ZoneInfo, country: str,
) -> list[Activity]:  # fmt: skip
    """Makes an activity the first of a series, and lays out the next ones; returns these.

    Raises:
        BadRule: see the class.
    """
    if not any(True for _ in occurrences(rule, source.starts_at, source.starts_at, source.starts_at + AHEAD * 8, zone)):
        raise BadRule
    row = Series(
        rule=rule, first=source.starts_at, skips_holidays=skips_holidays, organiser=organiser, laid_to=source.starts_at
    )
    session.add(row)
    await session.flush()
    source.series_id, source.occurrence = row.id, source.starts_at
    return await lay_out(session, row, now, zone, country)


async def lay_out(session: AsyncSession, row: Series, now: datetime, zone: ZoneInfo, country: str) -> list[Activity]:
    """Adds the occurrences up to AHEAD from now, as copies of the newest one that was not cancelled."""
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
    for at in occurrences(row.rule, row.first, row.laid_to, until, zone):
        skipped = row.skips_holidays and at.date() in public_holidays(country, at.year)
        if not skipped and len(added) < MOST:
            added.append(await _copy(session, source, row.id, at, now))
    row.laid_to = until
    return added


async def _copy(session: AsyncSession, source: Activity, series_id: int, at: datetime, now: datetime) -> Activity:
    length = source.ends_at - source.starts_at
    plan = activities.plan_of(source)
    opens, closes = (
        None if moment is None else at + (moment - source.starts_at) for moment in (plan.opens_at, plan.closes_at)
    )
    moved = replace(plan, starts_at=at, ends_at=at + length, opens_at=opens, closes_at=closes)
    made = await activities.create(session, moved, source.organiser, now)
    made.series_id, made.occurrence, made.state = series_id, at, source.state
    await session.flush()
    return made


async def due(session: AsyncSession, now: datetime) -> Series | None:
    """A series whose layout should reach a week further."""
    wanted = now + AHEAD - timedelta(days=7)
    return await session.scalar(
        select(Series).where(~Series.ended, Series.laid_to < wanted).limit(1).with_for_update(skip_locked=True)
    )


async def end(session: AsyncSession, series_id: int) -> None:
    """No more occurrences; those that are laid out stay."""
    row = await session.get(Series, series_id)
    if row is not None:
        row.ended = True


async def count(session: AsyncSession, series_id: int) -> int:
    counted = select(func.count()).select_from(Activity).where(Activity.series_id == series_id)
    return await session.scalar(counted) or 0
