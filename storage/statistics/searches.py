"""Who searches where and when, in figures that point to nobody.

A search is counted once, by the clock, before its place is forgotten: in all, by hour, by place (a cell of about 2 km),
by place where nothing was near, and by amenity asked for. What is counted are different people, not searches, so that a
cell tells nothing about how often one of them searched.

To tell people apart, a cell of the running week holds a keyed digest of each (of many, a sample). A month and a year
only count up to MIN_CELL_SIZE, and hold digests until then: who searched where is not kept for long. Their figure is
that of their busiest week. When a period is over, its digests are gone, and its key as well.
"""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Index, LargeBinary, String, Table, delete, func, select, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_for, insert_into, is_postgresql
from storage.disclosure import MIN_CELL_SIZE
from storage.engine.fast_statements import run
from storage.stations import searches
from storage.stations.searches import Search
from storage.statistics.periods import Period
from storage.telegram_ids import PersonId

ALL, HOUR, PLACE, BARE, AMENITY = "all", "hour", "place", "bare", "amenity"
"""What is counted: all; by hour of the day; by place; by place without a station near; amenities asked for."""
EVERYBODY, WITHOUT_STATION = "", "bare"
"""The cells of ALL: who searched, and who did so where no station is near."""
NEAR = 2_000.0
"""Metres: where no station is nearer, one is missing."""
_DIGEST = 8
SAMPLE = 2_048
"""The most digests in a cell. Beyond that, the number of people is estimated from how close together the smallest
digests are, within about 2 per cent (the k minimum values of Bar-Yossef et al., 2002)."""
LATE = timedelta(days=2)
"""So long after its end, nothing of a period is still to be counted."""
YEARS_KEPT = 3
"""Whole years before the running one."""
CELL = 0.02
"""Degrees: about 2.2 km from south to north."""


class SearchFigure(Base):
    __tablename__ = "search_figures"
    __table_args__ = (Index("ix_search_figures_counted", "kind", "period", "cell", "count"),)

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    cell: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int]
    """Different people; of a month or a year up to MIN_CELL_SIZE."""
    people: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    """Their digests."""


class FigureKey(Base):
    """The key of a running period's digests."""

    __tablename__ = "figure_keys"

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(Sealed)


MetresToNearest = Callable[[Sequence[float], Sequence[float]], Sequence[float]]
"""From places (latitudes, longitudes in degrees) to the nearest station of each."""


class Seen(NamedTuple):
    """One thing to be counted: of whom, on which day of the organisation's calendar, what, in which cell."""

    person_id: PersonId
    day: date
    kind: str
    cell: str


_Place = tuple[str, str, str]
"""(period, kind, cell)."""
_CHUNK = 300


def periods_of(day: date) -> tuple[str, str, str]:
    """The week (ISO 8601), month and year of a day: "2026-W48", "2026-11", "2026"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}", f"{day:%Y-%m}", f"{day:%Y}"


def place_cell(latitude: float, longitude: float) -> str:
    """The cell around a place, by its middle."""
    return f"{_middle(latitude):.2f},{_middle(longitude):.2f}"


def _middle(degrees: float) -> float:
    return (degrees // CELL) * CELL + CELL / 2


async def collect(session: AsyncSession, zone: ZoneInfo, metres_to_nearest: MetresToNearest, limit: int) -> int:
    """Counts up to `limit` searches that are in no figure yet; returns how many there were."""
    found = await searches.take_uncounted(session, limit)
    if found:
        metres = metres_to_nearest([search.latitude for search in found], [search.longitude for search in found])
        await count_all(
            session, (one for search, far in zip(found, metres, strict=True) for one in _seen(search, zone, far))
        )
    return len(found)


def _seen(search: Search, zone: ZoneInfo, metres: float) -> Iterator[Seen]:
    """What a search adds to the figures; `metres` to the nearest station."""
    local = search.at.astimezone(zone)
    place = place_cell(search.latitude, search.longitude)
    cells = [(ALL, EVERYBODY), (HOUR, f"{local.hour:02d}"), (PLACE, place)]
    if metres > NEAR:
        cells += [(ALL, WITHOUT_STATION), (BARE, place)]
    for kind, cell in cells:
        yield Seen(search.person_id, local.date(), kind, cell)


async def count_all(session: AsyncSession, seen: Iterable[Seen]) -> None:
    """Adds these to their periods, by few statements however many they are."""
    gathered: dict[_Place, set[PersonId]] = defaultdict(set)
    for one in seen:
        for period in periods_of(one.day):
            gathered[period, one.kind, one.cell].add(one.person_id)
    keys = await _keys(session, {period for period, _, _ in gathered})
    # Always in this order, so that two who count at the same time never wait for each other in a circle.
    places = sorted(gathered)
    for first in range(0, len(places), _CHUNK):
        await _add(session, {place: gathered[place] for place in places[first : first + _CHUNK]}, keys)


_KEYS, _FIGURES = select(cast(Table, FigureKey.__table__)), cast(Table, SearchFigure.__table__)


async def _keys(session: AsyncSession, periods: Collection[str]) -> Mapping[str, bytes]:
    """By period; made where there is none yet."""
    vault = vault_of(session)
    kept = {row.period: row.sealed for row in await run(session, _KEYS)}
    for period in sorted(set(periods) - kept.keys()):
        made = vault.seal(secrets.token_bytes(16), "figure_keys.sealed", period)
        adding = insert_into(session, FigureKey).values(period=period, sealed=made).on_conflict_do_nothing()
        await session.execute(adding)
        found = await session.scalar(select(FigureKey.sealed).where(FigureKey.period == period))
        assert found is not None
        kept[period] = found
    return {period: vault.open(kept[period], "figure_keys.sealed", period) for period in periods}


async def _add(
    session: AsyncSession, gathered: Mapping[_Place, Collection[PersonId]], keys: Mapping[str, bytes]
) -> None:
    identity = tuple_(_FIGURES.c.period, _FIGURES.c.kind, _FIGURES.c.cell)
    chosen = select(_FIGURES).where(identity.in_(list(gathered))).with_for_update()
    if is_postgresql(session):  # SQLite has one writer, and would look at every row to have them in order
        chosen = chosen.order_by(*_FIGURES.primary_key.columns)
    connection = await session.connection()
    cells = {(period, kind, cell): known for period, kind, cell, *known in await connection.execute(chosen)}
    changed = []
    for place, people in gathered.items():
        period, kind, cell = place
        before, digests = cells.get(place, (0, b""))
        count, digests = _with_more(period, before, digests, (_digest(keys[period], one) for one in people))
        changed.append({"period": period, "kind": kind, "cell": cell, "count": count, "people": digests})
    await connection.execute(_put(postgres=is_postgresql(session)), changed)


@cache
def _put(*, postgres: bool) -> postgresql.Insert:
    """Only the leader counts, so nobody else adds a cell meanwhile; one that is there has been locked."""
    putting = insert_for(SearchFigure, postgres=postgres)
    changed = {name: putting.excluded[name] for name in ("count", "people")}
    return putting.on_conflict_do_update(index_elements=list(_FIGURES.primary_key.columns), set_=changed)


def _with_more(period: str, before: int, people: bytes, found: Iterable[bytes]) -> tuple[int, bytes]:
    """How many different people are in a cell, and their digests."""
    if before >= MIN_CELL_SIZE and not people:
        return before, b""
    known = sorted({*_digests(people), *found})
    if not _is_week(period) and len(known) >= MIN_CELL_SIZE:
        return MIN_CELL_SIZE, b""
    sample = known[:SAMPLE]
    return max(before, _different(sample)), b"".join(sample)


def _different(sample: Sequence[bytes]) -> int:
    """The number of people by their digests, or by the smallest ones, in order."""
    if len(sample) < SAMPLE:
        return len(sample)
    return ((SAMPLE - 1) << 8 * _DIGEST) // int.from_bytes(sample[-1], "big")


def _is_week(period: str) -> bool:
    return "-W" in period


async def different_people(session: AsyncSession, period: Period, kind: str) -> Mapping[str, int]:
    """By cell: of a month or a year in the week in which they were most. Neither hidden nor rounded yet."""
    names = [period.name, *(week.name for week in period.weeks)]
    rows = await session.execute(
        select(SearchFigure.cell, func.max(SearchFigure.count).label("most"))
        .where(SearchFigure.period.in_(names), SearchFigure.kind == kind)
        .group_by(SearchFigure.cell)
    )
    return {row.cell: row.most for row in rows}


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Takes the person out of the cells of running periods that still hold their digest."""
    for period, sealed in (await session.execute(select(FigureKey.period, FigureKey.sealed))).all():
        theirs = _digest(vault_of(session).open(sealed, "figure_keys.sealed", period), person_id)
        rows = await session.scalars(
            select(SearchFigure).where(SearchFigure.period == period, SearchFigure.people != b"")
        )
        for row in rows:
            left = [one for one in _digests(row.people) if one != theirs]
            row.count, row.people = _different(left), b"".join(left)


def _digest(key: bytes, person_id: PersonId) -> bytes:
    return hmac.digest(key, str(person_id).encode(), "sha256")[:_DIGEST]


def _digests(people: bytes) -> list[bytes]:
    return [people[at : at + _DIGEST] for at in range(0, len(people), _DIGEST)]


async def end_periods(session: AsyncSession, today: date) -> None:
    """Drops the digests of periods that are over, and their keys; and figures of long ago."""
    running = {*periods_of(today), *periods_of(today - LATE)}
    over = [row.period for row in await run(session, _KEYS) if row.period not in running]
    for period in over:
        await session.execute(update(SearchFigure).where(SearchFigure.period == period).values(people=b""))
        await session.execute(delete(FigureKey).where(FigureKey.period == period))
    if over:
        await session.execute(delete(SearchFigure).where(SearchFigure.period < str(today.year - YEARS_KEPT)))
