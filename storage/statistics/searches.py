"""What is searched for where and when, in figures that point to nobody.

A search is counted once, by the clock, before its place is forgotten: into the week, the month and the year in which it
fell, by hour, by place (a cell of about 2 km), by place where nothing was near, and by amenity asked for. A cell is
shown only if MIN_CELL_SIZE different people are in it. To know that, a cell holds a keyed digest of each person until
there are MIN_CELL_SIZE of them; then, and when the period is over, the digests are gone (its key as well).
"""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple, cast
from zoneinfo import ZoneInfo

from sqlalchemy import LargeBinary, String, Table, Update, bindparam, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.database import Base, Sealed, insert_into, vault_of
from storage.disclosure import MIN_CELL_SIZE
from storage.stations import searches
from storage.stations.searches import Search
from storage.telegram_ids import PersonId

ALL, HOUR, PLACE, BARE, AMENITY = "all", "hour", "place", "bare", "amenity"
"""What is counted: every search; by hour of the day; by place; by place without a station near; amenities asked for."""
NEAR = 2_000.0
"""Metres: where no station is nearer, one is missing."""
_DIGEST = 8
LATE = timedelta(days=2)
"""So long after its end, nothing of a period is still to be counted."""
YEARS_KEPT = 3
"""Whole years before the running one."""
CELL = 0.02
"""Degrees: about 2.2 km from south to north."""


class SearchFigure(Base):
    __tablename__ = "search_figures"

    period: Mapped[str] = mapped_column(String(10), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    cell: Mapped[str] = mapped_column(String(24), primary_key=True)
    count: Mapped[int]
    enough: Mapped[bool] = mapped_column(default=False)
    people: Mapped[bytes] = mapped_column(LargeBinary, default=b"")


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


@dataclass(slots=True)
class _Gathered:
    count: int = 0
    people: set[PersonId] = field(default_factory=set)


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
    cells = [(ALL, ""), (HOUR, f"{local.hour:02d}"), (PLACE, place)]
    if metres > NEAR:
        cells.append((BARE, place))
    for kind, cell in cells:
        yield Seen(search.person_id, local.date(), kind, cell)


async def count_all(session: AsyncSession, seen: Iterable[Seen]) -> None:
    """Adds these to their periods, by few statements however many they are."""
    gathered: dict[_Place, _Gathered] = defaultdict(_Gathered)
    for one in seen:
        for period in periods_of(one.day):
            found = gathered[period, one.kind, one.cell]
            found.count += 1
            found.people.add(one.person_id)
    keys = {period: await _key(session, period) for period in sorted({period for period, _, _ in gathered})}
    # Always in this order, so that two who count at the same time never wait for each other in a circle.
    places = sorted(gathered)
    for first in range(0, len(places), _CHUNK):
        await _add(session, {place: gathered[place] for place in places[first : first + _CHUNK]}, keys)


async def _key(session: AsyncSession, period: str) -> bytes:
    vault = vault_of(session)
    made = vault.seal(secrets.token_bytes(16), "figure_keys.sealed", period)
    await session.execute(insert_into(session, FigureKey).values(period=period, sealed=made).on_conflict_do_nothing())
    kept = await session.scalar(select(FigureKey.sealed).where(FigureKey.period == period))
    assert kept is not None
    return vault.open(kept, "figure_keys.sealed", period)


async def _add(session: AsyncSession, gathered: Mapping[_Place, _Gathered], keys: Mapping[str, bytes]) -> None:
    """What is there is locked and changed; what is not yet, is inserted, or added to if somebody else was first (then
    the cell is shown later rather than too soon: the digests of this turn are not among those that count)."""
    table = cast(Table, SearchFigure.__table__)
    identity = tuple_(table.c.period, table.c.kind, table.c.cell)
    connection = await session.connection()
    there = await connection.execute(
        select(table).where(identity.in_(list(gathered))).order_by(*table.primary_key.columns).with_for_update()
    )
    known = {(row.period, row.kind, row.cell): row for row in there}
    changed: list[dict[str, object]] = []
    fresh: list[dict[str, object]] = []
    for place, found in gathered.items():
        before = known.get(place)
        enough, people = _people(before, found, keys[place[0]])
        count = found.count + (before._mapping["count"] if before is not None else 0)
        row = {
            "period": place[0],
            "kind": place[1],
            "cell": place[2],
            "count": count,
            "enough": enough,
            "people": people,
        }
        (fresh if before is None else changed).append(row)
    if fresh:
        adding = insert_into(session, SearchFigure)
        more = {"count": SearchFigure.count + adding.excluded["count"]}
        await connection.execute(
            adding.on_conflict_do_update(index_elements=["period", "kind", "cell"], set_=more), fresh
        )
    if changed:
        await connection.execute(_CHANGE, [{f"new_{name}": value for name, value in row.items()} for row in changed])


def _people(before: Any, found: _Gathered, key: bytes) -> tuple[bool, bytes]:
    """Whether enough different people are in a cell, and their digests until there are."""
    if before is not None and before.enough:
        return True, b""
    known = {*_digests(before.people if before is not None else b""), *(_digest(key, one) for one in found.people)}
    return (True, b"") if len(known) >= MIN_CELL_SIZE else (False, b"".join(sorted(known)))


def _change() -> Update:
    table = cast(Table, SearchFigure.__table__)
    names = ("count", "enough", "people")
    statement = table.update().values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    return statement.where(*(table.c[name] == bindparam(f"new_{name}") for name in ("period", "kind", "cell")))


_CHANGE = _change()


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    """Takes the person's digest out of the cells of running periods; that a search was counted stays."""
    for period, sealed in (await session.execute(select(FigureKey.period, FigureKey.sealed))).all():
        theirs = _digest(vault_of(session).open(sealed, "figure_keys.sealed", period), person_id)
        rows = await session.scalars(
            select(SearchFigure).where(SearchFigure.period == period, SearchFigure.people != b"")
        )
        for row in rows:
            row.people = b"".join(one for one in _digests(row.people) if one != theirs)


def _digest(key: bytes, person_id: PersonId) -> bytes:
    return hmac.digest(key, str(person_id).encode(), "sha256")[:_DIGEST]


def _digests(people: bytes) -> list[bytes]:
    return [people[at : at + _DIGEST] for at in range(0, len(people), _DIGEST)]


async def end_periods(session: AsyncSession, today: date) -> None:
    """Drops the digests of periods that are over, and their keys; and figures of long ago."""
    running = {*periods_of(today), *periods_of(today - LATE)}
    over = await session.scalars(select(FigureKey.period).where(FigureKey.period.not_in(running)))
    for period in over.all():
        await session.execute(update(SearchFigure).where(SearchFigure.period == period).values(people=b""))
        await session.execute(delete(FigureKey).where(FigureKey.period == period))
    await session.execute(delete(SearchFigure).where(SearchFigure.period < str(today.year - YEARS_KEPT)))
