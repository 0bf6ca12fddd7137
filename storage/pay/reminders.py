"""Whoever wants to be asked each day, at a time of their own, to note their shift."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.deliveries import queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import REMINDER
from storage.pay import entries
from storage.pay.notices import ShiftEnded
from storage.telegram_ids import PersonId

BATCH = 500
_LATE = timedelta(hours=3)
"""After the bot was down for longer, a day is left out."""


class PayReminder(Base):
    __tablename__ = "pay_reminders"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True, autoincrement=False)
    minute: Mapped[int]
    """Of the day, in the organisation's zone."""
    due: Mapped[datetime] = mapped_column(index=True)


TABLES = frozenset({PayReminder.__tablename__})


def next_at(minute: int, zone: ZoneInfo, now: datetime) -> datetime:
    """The next time that the clock shows this."""
    local = now.astimezone(zone)
    clock = time(minute // 60, minute % 60)
    at = datetime.combine(local.date(), clock, zone)
    return at if at > now else datetime.combine(local.date() + timedelta(days=1), clock, zone)


async def of(session: AsyncSession, person_id: PersonId) -> time | None:
    """The time at which this person is asked; None if they are not."""
    row = await session.get(PayReminder, person_id)
    return None if row is None else time(row.minute // 60, row.minute % 60)


async def set_to(session: AsyncSession, person_id: PersonId, clock: time, zone: ZoneInfo, now: datetime) -> None:
    minute = clock.hour * 60 + clock.minute
    row = await session.get(PayReminder, person_id)
    if row is None:
        session.add(PayReminder(person_id=person_id, minute=minute, due=next_at(minute, zone, now)))
    else:
        row.minute, row.due = minute, next_at(minute, zone, now)
    wake_ups.request(session, WakeUp.PAY)


async def stop(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(PayReminder).where(PayReminder.person_id == person_id))


erase = stop


async def queue_due(session: AsyncSession, zone: ZoneInfo, now: datetime) -> bool:
    """Asks some of those who are to be asked by now, but for whoever has noted the shift already; True if there may be
    more."""
    rows = (
        await session.scalars(
            select(PayReminder)
            .where(PayReminder.due <= now)
            .order_by(PayReminder.due)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
    ).all()
    asked = [row for row in rows if row.due > now - _LATE]
    days = {row.person_id: entries.day_of_shift(row.due.astimezone(zone)) for row in asked}
    noted = await entries.who_noted(session, days)
    asked = [row for row in asked if row.person_id not in noted]
    await queue.add_all(session, [Addressed(row.person_id, ShiftEnded(), now, REMINDER) for row in asked])
    for row in rows:
        row.due = next_at(row.minute, zone, now)
    return len(rows) == BATCH


async def next_due(session: AsyncSession) -> datetime | None:
    return await session.scalar(select(func.min(PayReminder.due)))
