"""Segments of people: conditions that all have to hold. Broadcasts, and whoever else addresses a part of the people.

Each feature declares its own conditions in `storage/<feature>/conditions.py`, and the questions about them in its
manifest (`Feature.audience`).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

import orjson
from cachetools import LRUCache
from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, bindparam, func, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import QueryableAttribute

from storage.database import vault_of
from storage.dialects import is_postgresql
from storage.engine.fast_statements import run
from storage.geodesy import distance
from storage.people.people import PersonRow, day_of, spoken
from storage.pseudonym_columns import as_held, people_of
from storage.telegram_ids import NOBODY, PersonId

PAGE = 1_000
_LEAST_KM = 110.0
"""A degree of latitude is longer than that: it tells most people apart without their exact distance."""


class Candidate(NamedTuple):
    """What is read of somebody where the database alone can't decide."""

    id: PersonId
    reachable: bool
    home: bytes | None


@dataclass(frozen=True)
class Condition:
    """A condition of people's rows. `kind` names it in the table for good; its fields are its values.

    `reads_row` is set where the database alone can't decide, because it takes the opened row (see `among`).
    """

    kind: ClassVar[str]
    reads_row: ClassVar[bool] = False

    def in_sql(self, session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        """The part that the database decides."""
        raise NotImplementedError

    def of_each(self, session: AsyncSession, now: datetime) -> ColumnElement[bool]:
        """The same, put so that it is asked of one row after the other: where these are few."""
        return self.in_sql(session, now)

    def count(self, session: AsyncSession, now: datetime) -> Select[int]:
        """How many people it holds for."""
        return _count_of(self.in_sql(session, now))

    def among(self, session: AsyncSession, rows: Sequence[Candidate]) -> Sequence[Candidate]:  # noqa: ARG002 (others do)
        """Those of these for whom the part holds that the database can't decide."""
        return rows


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

    def among(self, session: AsyncSession, rows: Sequence[Candidate]) -> Sequence[Candidate]:
        with_home = [row for row in rows if row.home is not None]
        homes = vault_of(session).open_places(((row.id, row.home or b"") for row in with_home), "people.home")
        furthest = self.km / _LEAST_KM
        return [
            row
            for row, (latitude, longitude) in zip(with_home, homes, strict=True)
            if abs(latitude - self.latitude) <= furthest
            and distance(latitude, longitude, self.latitude, self.longitude) <= self.km * 1_000
        ]


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
        return cls(_parsed(text))

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

    def among(self, session: AsyncSession, rows: Sequence[Candidate]) -> Sequence[Candidate]:
        """Those of these for whom the part holds that the database can't decide."""
        for condition in self.conditions:
            rows = condition.among(session, rows)
        return rows


@lru_cache(maxsize=1_024)
def _parsed(text: str) -> tuple[Condition, ...]:
    """Parsed once: whoever answers a survey is held against several."""
    parsed: dict[str, dict[str, Any]] = orjson.loads(text)
    kinds = {kind.kind: kind for kind in kinds_of_conditions()}
    if unknown := parsed.keys() - kinds:
        raise ValueError(f"unknown conditions: {', '.join(sorted(unknown))}")
    return tuple(TypeAdapter(kinds[name]).validate_python(parsed[name]) for name in sorted(parsed))


def between(after: PersonId, last: PersonId | None = None) -> ColumnElement[bool]:
    """Whose id is in (after, last], in the order of the database; see `end_of_page`."""
    begins = true() if after == NOBODY else PersonRow.id > after
    return begins if last is None else begins & (PersonRow.id <= last)


async def counts(
    session: AsyncSession, segment: Segment, now: datetime, *parts: ColumnElement[bool]
) -> tuple[int, ...]:
    """How many people the segment has, as far as the database decides, and of them each of these parts, which are small
    and found by an index of their own."""
    each = [condition.of_each(session, now) for condition in segment.conditions]
    if len(segment.conditions) == 1:
        whole = segment.conditions[0].count(session, now)
    else:
        whole = _count_of(*segment.in_sql(session, now))
    return tuple([await session.scalar(one) or 0 for one in (whole, *(_count_of(part, *each) for part in parts))])


def _count_of(*which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(PersonRow).where(*which)


async def end_of_page(session: AsyncSession, after: PersonId, size: int) -> PersonId | None:
    """The last id of the next `size` people after an id; None if there are none.

    Before and after are as the database orders what it holds, which are pseudonyms; NOBODY is before all.
    """
    ids = select(PersonRow.id).where(between(after)).order_by(PersonRow.id).limit(size).subquery()
    last = await session.scalar(select(func.max(ids.c.id)))
    return None if last is None else PersonId(last)


async def forget_ends(session: AsyncSession, person_id: PersonId, *ends: QueryableAttribute[PersonId]) -> None:
    """Takes somebody who is erased out of columns that keep the end of a page: it is right before them from now on,
    where nobody is, so nobody is left out and nobody is met again."""
    for end in ends:
        moved = update(end.class_).where(end == person_id).values({end.key: as_held(end) - 1})
        await session.execute(moved.execution_options(synchronize_session=False))


async def page(
    session: AsyncSession, segment: Segment, after: PersonId, last: PersonId, now: datetime
) -> Sequence[Candidate]:
    """The people of the segment with ids in (after, last], in that order of the database."""
    found = await _candidates(session, _chosen(session, segment, now).where(between(after, last)))
    return segment.among(session, found)


def _chosen(session: AsyncSession, segment: Segment, now: datetime) -> Select[int, bool, bytes | None]:
    """Those who may be in it, as far as the database decides."""
    columns = select(as_held(PersonRow.id).label("held"), PersonRow.reachable, PersonRow.home)
    return columns.where(*segment.in_sql(session, now)).order_by(PersonRow.id)


async def _candidates(session: AsyncSession, chosen: Select[int, bool, bytes | None]) -> list[Candidate]:
    rows = (await session.execute(chosen)).all()
    people = people_of(session, [held for held, _, _ in rows])
    return [Candidate(person_id, reachable, home) for person_id, (_, reachable, home) in zip(people, rows, strict=True)]


async def includes(session: AsyncSession, segment: Segment, person_id: PersonId, now: datetime) -> bool:
    """Whether this person belongs to it."""
    return bool(await those_of(session, segment, [person_id], now))


async def those_of(
    session: AsyncSession, segment: Segment, ids: Collection[PersonId], now: datetime
) -> frozenset[PersonId]:
    """Who of these people belongs to it."""
    found = await _candidates(session, _chosen(session, segment, now).where(PersonRow.id.in_(ids)))
    return frozenset(one.id for one in segment.among(session, found))


async def pages(session: AsyncSession, segment: Segment, now: datetime) -> AsyncIterator[Sequence[Candidate]]:
    """The people of the segment, in pages, each of so many people who may be in it."""
    chosen, after = _chosen(session, segment, now).limit(PAGE), NOBODY
    while found := await _candidates(session, chosen.where(between(after))):
        yield segment.among(session, found)
        after = found[-1].id


async def size(session: AsyncSession, segment: Segment, now: datetime) -> int:
    """How many people are in it now."""
    if not segment.reads_rows:
        return (await counts(session, segment, now))[0]
    count = 0
    async for people in pages(session, segment, now):
        count += len(people)
    return count


async def which_hold(
    session: AsyncSession, conditions: Sequence[Condition], person_id: PersonId, now: datetime
) -> list[bool]:
    """For each of these conditions whether it holds for this person, by one statement. They are of those that the
    database alone decides; what depends on the time is as of the minute."""
    minute = now.replace(second=0, microsecond=0)
    built_for = (tuple(conditions), minute, tuple(vault_of(session).key_ids), is_postgresql(session))
    statement = _BUILT.get(built_for)
    if statement is None:
        columns = [condition.in_sql(session, minute).label(f"c{at}") for at, condition in enumerate(conditions)]
        statement = _BUILT[built_for] = select(*columns).where(PersonRow.id == bindparam("person"))
    found = (await run(session, statement, {"person": person_id})).first()
    return [False] * len(conditions) if found is None else [bool(holds) for holds in found]


_BUILT: LRUCache[tuple[object, ...], Select[*tuple[Any, ...]]] = LRUCache(64)
"""Of thirty conditions it takes as long to build a statement as to answer ten questions."""
