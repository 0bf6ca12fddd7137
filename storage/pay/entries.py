"""The entries of pay books. Day, figures and times stand in a sealed column: a row says no more than whose it is.

An entry keeps every version that it has had, with the time at which it was written. That makes the book evidence: what
it says was noted at the time, and what was corrected later shows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import sealed_columns
from storage.column_types import BigKey, Sealed
from storage.database import Base
from storage.pay.ids import EntryId
from storage.pay.shifts import Shift
from storage.refusals import Refused, Repeated
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

MOST = 3_000
"""Entries of one person: two a day for four years."""
BACK = timedelta(days=400)
"""How long ago a shift may have been that is noted now."""
_SAME_WITHIN = timedelta(seconds=10)
_STILL_YESTERDAY = 4
"""Until this hour, "today's shift" is that of the evening before."""
_LOOKED_AT = 20
"""Of one person's newest entries: who notes more than that after a shift is asked for it nevertheless."""


class BookFull(Refused):
    """There is no room for another entry."""


class NoSuchEntry(Repeated):
    """It has been removed, or is another person's."""


class NotThatDay(Refused):
    """The day lies ahead, or too long ago."""


class PayEntry(Base):
    __tablename__ = "pay_entries"

    id: Mapped[EntryId] = mapped_column(BigKey, primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    content: Mapped[bytes] = mapped_column(Sealed(("person_id",)))


@dataclass(frozen=True, slots=True)
class Version:
    """What an entry said from a time on."""

    at: datetime
    shift: Shift


@dataclass(frozen=True, slots=True)
class Content:
    """The day of the shift, and all versions of the entry, the first one first."""

    day: date
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """An opened entry."""

    id: EntryId
    day: date
    versions: tuple[Version, ...]

    @property
    def shift(self) -> Shift:
        """As it stands now."""
        return self.versions[-1].shift

    @property
    def made_at(self) -> datetime:
        return self.versions[0].at


_JSON = SealedJson(Content)


def day_of_shift(local: datetime) -> date:
    """The day of the shift that somebody has in mind at this time, which is of the organisation's zone."""
    return local.date() - timedelta(days=local.hour < _STILL_YESTERDAY)


async def add(session: AsyncSession, person_id: PersonId, day: date, shift: Shift, today: date, now: datetime) -> Entry:
    """Notes a shift. The same shift, noted again at once, is a second tap and the same entry.

    Raises:
        BookFull, NotThatDay: see the classes.
    """
    if not today - BACK <= day <= today:
        raise NotThatDay
    before = await all_of(session, person_id)
    if len(before) >= MOST:
        raise BookFull
    for entry in before:
        if entry.day == day and entry.shift == shift and entry.versions[-1].at > now - _SAME_WITHIN:
            return entry
    row = PayEntry(person_id=person_id, content=b"")
    session.add(row)
    await session.flush()
    return _keep(session, row, Content(day, (Version(now, shift),)))


async def change(session: AsyncSession, person_id: PersonId, entry_id: EntryId, shift: Shift, now: datetime) -> Entry:
    """Corrects an entry; what it said before stays in it.

    Raises:
        NoSuchEntry: see the class.
    """
    row = await _row(session, person_id, entry_id)
    content = _content(session, row)
    if content.versions[-1].shift == shift:
        return _entry(row, content)
    return _keep(session, row, Content(content.day, (*content.versions, Version(now, shift))))


async def remove(session: AsyncSession, person_id: PersonId, entry_id: EntryId) -> Entry:
    """Removes an entry for good; returns what it said.

    Raises:
        NoSuchEntry: see the class.
    """
    row = await _row(session, person_id, entry_id)
    entry = _entry(row, _content(session, row))
    await session.delete(row)
    return entry


async def find(session: AsyncSession, person_id: PersonId, entry_id: EntryId) -> Entry:
    """Raises NoSuchEntry."""
    row = await _row(session, person_id, entry_id)
    return _entry(row, _content(session, row))


async def all_of(session: AsyncSession, person_id: PersonId) -> list[Entry]:
    """All entries of a person, by day, those of one day in the order in which they were made."""
    rows = await session.scalars(select(PayEntry).where(PayEntry.person_id == person_id).order_by(PayEntry.id))
    found = [_entry(row, _content(session, row)) for row in rows]
    return sorted(found, key=lambda entry: entry.day)


async def who_noted(session: AsyncSession, days: Mapping[PersonId, date]) -> set[PersonId]:
    """Those of these people who have noted a shift for that day, which is today's or yesterday's, in their newest
    entries. Only the sealed content says so, so that is what is read."""
    newest = (
        select(PayEntry.id, func.row_number().over(partition_by=PayEntry.person_id, order_by=PayEntry.id.desc()))
        .where(PayEntry.person_id.in_(days))
        .subquery()
    )
    ids = select(newest.c[0]).where(newest.c[1] <= _LOOKED_AT)
    rows = await session.scalars(select(PayEntry).where(PayEntry.id.in_(ids)))
    return {row.person_id for row in rows if _content(session, row).day == days[row.person_id]}


async def has_any(session: AsyncSession, person_id: PersonId) -> bool:
    return await session.scalar(select(PayEntry.id).where(PayEntry.person_id == person_id).limit(1)) is not None


async def count(session: AsyncSession, person_id: PersonId) -> int:
    return await session.scalar(select(func.count()).where(PayEntry.person_id == person_id)) or 0


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    return [
        {"day": entry.day, "versions": [{"at": version.at, "shift": version.shift} for version in entry.versions]}
        for entry in await all_of(session, person_id)
    ]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(PayEntry).where(PayEntry.person_id == person_id))


async def _row(session: AsyncSession, person_id: PersonId, entry_id: EntryId) -> PayEntry:
    row = await session.get(PayEntry, entry_id)
    if row is None or row.person_id != person_id:
        raise NoSuchEntry
    return row


def _content(session: AsyncSession, row: PayEntry) -> Content:
    return _JSON.decode(sealed_columns.opened(session, row, PayEntry.content))


def _keep(session: AsyncSession, row: PayEntry, content: Content) -> Entry:
    sealed_columns.seal(session, row, PayEntry.content, _JSON.encode(content))
    return _entry(row, content)


def _entry(row: PayEntry, content: Content) -> Entry:
    return Entry(row.id, content.day, content.versions)


def latest(entries: Sequence[Entry]) -> Entry | None:
    """The one that was made last."""
    return max(entries, key=lambda entry: entry.id, default=None)
