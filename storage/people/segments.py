"""Segments of people: conditions that all have to hold. Broadcasts, and whoever else addresses a part of the people.

Each feature declares its own conditions in `storage/<feature>/conditions.py`, and the questions about them in its
manifest (`Feature.audience`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from storage.database import vault_of
from storage.geodesy import distance
from storage.people.people import PersonRow, day_of, spoken
from storage.telegram_ids import NOBODY, PersonId

PAGE = 20_000


@dataclass(frozen=True)
class Condition:
    """A condition of people's rows. `kind` names it in the table for good; its fields are its values.

    `reads_row` is set where the database alone can't decide, because it takes the opened row (see `holds`).
    """

    kind: ClassVar[str]
    reads_row: ClassVar[bool] = False

    def in_sql(self, session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        """The part that the database decides."""
        raise NotImplementedError

    def holds(self, session: AsyncSession, row: PersonRow) -> bool:  # noqa: ARG002 (others read it)
        """The part that the database can't decide."""
        return True


@dataclass(frozen=True)
class Speaks(Condition):
    """Those who use the bot in this language."""

    kind = "language"
    language: str

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return spoken() == self.language


@dataclass(frozen=True)
class SeenWithin(Condition):
    """Those who used the bot in the last `days`."""

    kind = "active"
    days: int

    def in_sql(self, _session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        return PersonRow.last_seen >= day_of(now) - timedelta(days=self.days)


@dataclass(frozen=True)
class LivesNear(Condition):
    """Those whose saved area is at most `km` from a point."""

    kind = "near"
    reads_row = True
    latitude: float
    longitude: float
    km: float

    def in_sql(self, _session: AsyncSession, _now: datetime) -> ColumnElement[bool]:
        return PersonRow.home.is_not(None)

    def holds(self, session: AsyncSession, row: PersonRow) -> bool:
        if row.home is None:
            return False
        home = vault_of(session).open_place(row.home, "people.home", row.id)
        return distance(*home, self.latitude, self.longitude) <= self.km * 1_000


def kinds_of_conditions(parent: type[Condition] = Condition) -> Iterator[type[Condition]]:
    """All that are declared and have a name."""
    for kind in parent.__subclasses__():
        if hasattr(kind, "kind"):
            yield kind
        yield from kinds_of_conditions(kind)


@dataclass(frozen=True, slots=True)
class Segment:
    """Those for whom all conditions hold; without any, everyone."""

    conditions: tuple[Condition, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Segment:
        """From `text`.

        Raises:
            ValueError: it names a condition that there is not, or values that it does not have.
        """
        parsed: dict[str, dict[str, Any]] = orjson.loads(text)
        kinds = {kind.kind: kind for kind in kinds_of_conditions()}
        if unknown := parsed.keys() - kinds:
            raise ValueError(f"unknown conditions: {', '.join(sorted(unknown))}")
        return cls(tuple(TypeAdapter(kinds[name]).validate_python(parsed[name]) for name in sorted(parsed)))

    @property
    def text(self) -> str:
        """JSON: the values of each condition, by its kind."""
        return orjson.dumps({one.kind: one for one in self.conditions}, option=orjson.OPT_SORT_KEYS).decode()

    def in_sql(self, session: AsyncSession, now: datetime) -> list[ColumnElement[bool]]:
        """What the database decides."""
        return [condition.in_sql(session, now) for condition in self.conditions]

    @property
    def reads_rows(self) -> bool:
        """Whether the database alone can't decide."""
        return any(condition.reads_row for condition in self.conditions)

    def holds(self, session: AsyncSession, row: PersonRow) -> bool:
        """The part that the database can't decide."""
        return all(condition.holds(session, row) for condition in self.conditions)


def between(after: PersonId, last: PersonId | None = None) -> ColumnElement[bool]:
    """Whose id is in (after, last], in the order of the database; see `end_of_page`."""
    begins = true() if after == NOBODY else PersonRow.id > after
    return begins if last is None else begins & (PersonRow.id <= last)


async def end_of_page(session: AsyncSession, after: PersonId, size: int) -> PersonId | None:
    """The last id of the next `size` people after an id; None if there are none.

    Before and after are as the database orders what it holds, which are pseudonyms; NOBODY is before all.
    """
    ids = select(PersonRow.id).where(between(after)).order_by(PersonRow.id).limit(size).subquery()
    last = await session.scalar(select(func.max(ids.c.id)))
    return None if last is None else PersonId(last)


async def page(
    session: AsyncSession, segment: Segment, after: PersonId, last: PersonId, now: datetime
) -> Sequence[PersonRow]:
    """The people of the segment with ids in (after, last], in that order of the database."""
    rows = await session.scalars(
        select(PersonRow).where(between(after, last), *segment.in_sql(session, now)).order_by(PersonRow.id)
    )
    found = [row for row in rows if segment.holds(session, row)]
    for row in found:
        session.expunge(row)
    return found


async def pages(session: AsyncSession, segment: Segment, now: datetime) -> AsyncIterator[Sequence[PersonRow]]:
    """The people of the segment, in pages."""
    after = NOBODY
    while (last := await end_of_page(session, after, PAGE)) is not None:
        yield await page(session, segment, after, last, now)
        after = last
