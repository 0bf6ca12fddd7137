"""A notice to everybody in a segment: its recipients are written down chunk by chunk, by the clock.

It goes behind all notices and reminders, at the priority of broadcasts, and only to people who have not muted its
topic. What it says is read when it is sent; it holds nothing but its subject.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, String, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey, StrEnumColumn
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.database import Base
from storage.deliveries import queue
from storage.deliveries.notices import SubjectNotice, encode
from storage.deliveries.table import BROADCAST, Delivery
from storage.people import segments, willing
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import NOBODY, PersonId

CHUNK, CHUNK_READ = 5_000, 500
"""People who are looked at in one step, by the database alone and where their rows are read: some 20 ms."""


class Announcement(Base):
    """One whose recipients are not all written down; the row is gone once they are."""

    __tablename__ = "announcements"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[int] = mapped_column(BigInteger)
    segment: Mapped[str] = mapped_column(String(500))
    topic: Mapped[Topic] = mapped_column(StrEnumColumn(Topic, 20))
    due: Mapped[datetime] = mapped_column(index=True)
    frozen_to: Mapped[PersonId] = mapped_column(default=NOBODY)


TABLES = frozenset({Announcement.__tablename__})


def announce(session: AsyncSession, notice: SubjectNotice[Any], segment: Segment, topic: Topic, due: datetime) -> None:
    """Tells everybody in the segment from `due` on; the caller sees to quiet hours."""
    assert encode(notice) is None
    session.add(Announcement(kind=notice.kind, subject=notice.subject, segment=segment.text, topic=topic, due=due))
    wake_ups.request(session, WakeUp.ANNOUNCEMENTS)


async def next_due(session: AsyncSession) -> datetime | None:
    """When the next one is to begin or go on."""
    return await session.scalar(select(func.min(Announcement.due)))


async def carry_on(session: AsyncSession, now: datetime) -> bool:
    """Writes down the next recipients of one that is due; False if there is none.

    Each id is looked at once, so people who join or leave meanwhile cause neither gaps nor duplicates.
    """
    row = await session.scalar(
        select(Announcement)
        .where(Announcement.due <= now)
        .order_by(Announcement.due, Announcement.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if row is None:
        return False
    if row.frozen_to == NOBODY:
        await _drop_repetitions(session, row, now)
    segment = Segment.parse(row.segment)
    last = await segments.end_of_page(session, row.frozen_to, CHUNK_READ if segment.reads_rows else CHUNK)
    if last is None:
        await session.delete(row)
        return True
    common: dict[str, Any] = {"kind": row.kind, "subject": row.subject, "due": row.due, "priority": BROADCAST}
    if segment.reads_rows:
        people = await willing.among(session, segment, row.topic, row.frozen_to, last, now)
        session.add_all(Delivery(recipient=one, **common) for one in people)
    else:
        people_of_page = willing.chosen(session, segment, row.topic, row.frozen_to, last, now)
        await queue.insert_from(session, people_of_page, **common)
    row.frozen_to = last
    return True


async def _drop_repetitions(session: AsyncSession, row: Announcement, now: datetime) -> None:
    """What it says is read when it is sent, so that others of the same, such as those of two moves in one night, would
    say it again."""
    same = (Announcement.kind == row.kind) & (Announcement.subject == row.subject) & (Announcement.topic == row.topic)
    waits = (Announcement.frozen_to == NOBODY) & (Announcement.due <= now) & (Announcement.segment == row.segment)
    await session.execute(delete(Announcement).where(same, waits, Announcement.id != row.id))


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Forgets that the last page of one ended with this person."""
    await segments.forget_ends(session, person_id, Announcement.frozen_to)
