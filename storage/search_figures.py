"""What is searched for where and when, in figures that point to nobody.

A search is counted once, by the clock, before its place is forgotten: into the week, the month and the year in which it
fell, by hour, by place (a cell of about 2 km), by place where nothing was near, and by amenity asked for. A cell is
shown only if LEAST different people are in it. To know that, a cell holds a keyed digest of each person until there are
LEAST of them; then, and when the period is over, the digests are gone (its key as well).
"""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import LargeBinary, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage import searches
from storage.database import Base, Sealed, insert_into, vault_of
from storage.disclosure import LEAST
from storage.searches import Search

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


class Seen(NamedTuple):
    """One thing to be counted: of whom, on which day of the organisation's calendar, what, in which cell."""

    person_id: int
    day: date
    kind: str
    cell: str


@dataclass(slots=True)
class _Gathered:
    count: int = 0
    people: set[int] = field(default_factory=set)


def periods_of(day: date) -> tuple[str, str, str]:
    """The week (ISO 8601), month and year of a day: "2026-W48", "2026-11", "2026"."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02d}", f"{day:%Y-%m}", f"{day:%Y}"


def place_cell(latitude: float, longitude: float) -> str:
    """The cell around a place, by its middle."""
    return f"{_middle(latitude):.2f},{_middle(longitude):.2f}"


def _middle(degrees: float) -> float:
    return (degrees // CELL) * CELL + CELL / 2


async def collect(
    session: AsyncSession, zone: ZoneInfo, metres_to_nearest: Callable[[float, float], float], most: int
) -> int:
    """Counts up to `most` searches that are in no figure yet; returns how many there were."""
    found = await searches.take_uncounted(session, most)
    if found:
        await count_all(session, (seen for search in found for seen in _seen(search, zone, metres_to_nearest)))
    return len(found)


def _seen(search: Search, zone: ZoneInfo, metres_to_nearest: Callable[[float, float], float]) -> Iterator[Seen]:
    """What a search adds to the figures."""
    local = search.at.astimezone(zone)
    place = place_cell(search.latitude, search.longitude)
    cells = [(ALL, ""), (HOUR, f"{local.hour:02d}"), (PLACE, place)]
    if metres_to_nearest(search.latitude, search.longitude) > NEAR:
        cells.append((BARE, place))
    for kind, cell in cells:
        yield Seen(search.person_id, local.date(), kind, cell)


async def count_all(session: AsyncSession, seen: Iterable[Seen]) -> None:
    """Adds these to their periods. One process at a time (the leader, or who looks at the figures, row by row)."""
    gathered: dict[tuple[str, str, str], _Gathered] = defaultdict(_Gathered)
    for one in seen:
        for period in periods_of(one.day):
            found = gathered[period, one.kind, one.cell]
            found.count += 1
            found.people.add(one.person_id)
    keys = {period: await _key(session, period) for period in {period for period, _, _ in gathered}}
    for (period, kind, cell), found in sorted(gathered.items()):
        await _add(session, SearchFigure(period=period, kind=kind, cell=cell), found, keys[period])


async def _key(session: AsyncSession, period: str) -> bytes:
    vault = vault_of(session)
    made = vault.seal(secrets.token_bytes(16), "figure_keys.sealed", period)
    await session.execute(insert_into(session, FigureKey).values(period=period, sealed=made).on_conflict_do_nothing())
    kept = await session.scalar(select(FigureKey.sealed).where(FigureKey.period == period))
    assert kept is not None
    return vault.open(kept, "figure_keys.sealed", period)


async def _add(session: AsyncSession, figure: SearchFigure, found: _Gathered, key: bytes) -> None:
    fresh = insert_into(session, SearchFigure).values(
        period=figure.period, kind=figure.kind, cell=figure.cell, count=0, enough=False, people=b""
    )
    await session.execute(fresh.on_conflict_do_nothing())
    row = await session.get_one(
        SearchFigure, (figure.period, figure.kind, figure.cell), with_for_update=True, populate_existing=True
    )
    row.count += found.count
    if row.enough:
        return
    known = {*_digests(row.people), *(_digest(key, person) for person in found.people)}
    row.enough = len(known) >= LEAST
    row.people = b"" if row.enough else b"".join(sorted(known))


async def of(session: AsyncSession, period: str, kind: str) -> Mapping[str, int]:
    """The cells of a period that may be shown, by how often."""
    rows = await session.execute(
        select(SearchFigure.cell, SearchFigure.count).where(
            SearchFigure.period == period, SearchFigure.kind == kind, SearchFigure.enough, SearchFigure.count >= LEAST
        )
    )
    return {str(row.cell): int(row[1]) for row in rows}


async def hidden(session: AsyncSession, period: str, kind: str) -> Sequence[int]:
    """The counts of the cells that may not be shown."""
    rows = await session.scalars(
        select(SearchFigure.count).where(
            SearchFigure.period == period, SearchFigure.kind == kind,
            ~(SearchFigure.enough & (SearchFigure.count >= LEAST)),
        )
    )  # fmt: skip
    return rows.all()


async def erase(session: AsyncSession, person_id: int) -> None:
    """Takes the person's digest out of the cells of running periods; that a search was counted stays."""
    for period, sealed in (await session.execute(select(FigureKey.period, FigureKey.sealed))).all():
        theirs = _digest(vault_of(session).open(sealed, "figure_keys.sealed", period), person_id)
        rows = await session.scalars(
            select(SearchFigure).where(SearchFigure.period == period, SearchFigure.people != b"")
        )
        for row in rows:
            row.people = b"".join(one for one in _digests(row.people) if one != theirs)


def _digest(key: bytes, person_id: int) -> bytes:
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
