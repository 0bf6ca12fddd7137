"""One change for many stations: what would become of each, before anything is changed.

A change marks what it would change: whoever confirms a list of changes confirms
them as they were listed, and a station that somebody else has changed meanwhile stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeAlias

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.refusals import Refused
from storage.stations.ids import StationKey
from storage.stations.stations import StationRow

MOST = 200
"""Stations at once."""


class TooManyStations(Refused):
    """More than MOST at once."""


class Fate(StrEnum):
    """What becomes of a station."""

    CHANGES = "changes"
    SAME = "same"
    """It is like that already."""
    GONE = "gone"
    """It has been deleted."""
    OVERTAKEN = "overtaken"
    """Somebody else has changed it since the list was made."""


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in a column; "" for none."""

    column: Literal["address", "opening_hours", "phone", "note"]
    words: str

    def is_so(self, row: StationRow, _now: datetime) -> bool:
        return bool(getattr(row, self.column) == self.words)

    def mark(self, row: StationRow) -> str:
        return _digest(str(getattr(row, self.column)))


@dataclass(frozen=True, slots=True)
class Amenities:
    """Some more, and some less; the others stay."""

    more: int = 0
    less: int = 0

    def of(self, row: StationRow) -> int:
        """What it has then."""
        return (row.amenities | self.more) & ~self.less

    def is_so(self, row: StationRow, _now: datetime) -> bool:
        return self.of(row) == row.amenities

    def mark(self, row: StationRow) -> str:
        return _digest(str(row.amenities))


@dataclass(frozen=True, slots=True)
class Closing:
    """Until then, for a reason that riders read."""

    until: datetime
    reason: str

    def is_so(self, row: StationRow, _now: datetime) -> bool:
        return (row.closed_until, row.closed_reason) == (self.until, self.reason)

    def mark(self, row: StationRow) -> str:
        return _door(row)


@dataclass(frozen=True, slots=True)
class Opening:
    """Again by the hours."""

    def is_so(self, row: StationRow, now: datetime) -> bool:
        return row.closed_until is None or row.closed_until <= now

    def mark(self, row: StationRow) -> str:
        return _door(row)


def _door(row: StationRow) -> str:
    return _digest(f"{row.closed_until} {row.closed_reason}")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


Change: TypeAlias = Text | Amenities | Closing | Opening


@dataclass(frozen=True, slots=True)
class Planned:
    """A station, and what becomes of it."""

    row: StationRow
    fate: Fate


async def of_keys(session: AsyncSession, keys: Sequence[StationKey]) -> Sequence[StationRow]:
    """Those of these that are not deleted, by name."""
    chosen = select(StationRow).where(StationRow.key.in_(keys), StationRow.deleted_at.is_(None))
    return (await session.scalars(chosen.order_by(StationRow.name, StationRow.key))).all()


async def planned(
    session: AsyncSession,
    keys: Sequence[StationKey],
    change: Change,
    now: datetime,
    listed: Mapping[StationKey, str] | None = None,
) -> list[Planned]:
    """In the order of `keys`, without those that never were. `listed` has the marks of when the list was made.

    Raises:
        TooManyStations: see the class.
    """
    if len(keys) > MOST:
        raise TooManyStations
    rows = {row.key: row for row in await session.scalars(select(StationRow).where(StationRow.key.in_(keys)))}
    found = (rows[key] for key in dict.fromkeys(keys) if key in rows)
    return [Planned(row, _fate(row, change, now, listed)) for row in found]


def _fate(row: StationRow, change: Change, now: datetime, listed: Mapping[StationKey, str] | None) -> Fate:
    if row.deleted_at is not None:
        return Fate.GONE
    if change.is_so(row, now):
        return Fate.SAME
    if listed is not None and listed.get(row.key) != change.mark(row):
        return Fate.OVERTAKEN
    return Fate.CHANGES
