"""Where riders searched: kept for 24 h, so that the buttons under a list work and only people nearby can report."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import BigInteger, Index, Table, bindparam, delete, false, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import Sealed
from storage.database import Base, vault_of
from storage.dialects import insert_into
from storage.encryption import Vault
from storage.engine.fast_statements import run
from storage.engine.write_detection import flush
from storage.geodesy import bearing_and_distance, distance
from storage.privacy.retention import forget_some
from storage.pseudonym_columns import Pseudonym
from storage.sealed_columns import identity
from storage.stations.ids import SearchId
from storage.telegram_ids import MessageId, PersonId

NEARBY_METRES = 5_000.0
NEARBY_WITHIN = timedelta(hours=2)
LIST_AT_MOST_EVERY = timedelta(seconds=30)
MOVED_METRES = 15.0
"""Between two fixes; less may be the GPS alone, and says nothing of a direction."""
_STANDING, _MOVING = struct.Struct("<dd"), struct.Struct("<ddd")


class SearchRow(Base):
    """`id` is the key of the update that asked (see storage/updates/updates.py), so a search is never kept twice."""

    __tablename__ = "searches"

    id: Mapped[SearchId] = mapped_column(Pseudonym, primary_key=True, autoincrement=False)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[bytes] = mapped_column(Sealed(("person_id",)))
    location_message: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    list_message: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    pin_message: Mapped[MessageId | None] = mapped_column(BigInteger, default=None)
    listed_at: Mapped[datetime | None] = mapped_column(default=None)
    wanted: Mapped[int] = mapped_column(BigInteger, default=0)
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())


Index("ix_searches_uncounted", SearchRow.at, sqlite_where=~SearchRow.counted, postgresql_where=~SearchRow.counted)


TABLES = frozenset({SearchRow.__tablename__})


@dataclass(frozen=True, slots=True)
class Search:
    """One search. `location_message` is the message that carried the place, if it was a location; `wanted` the
    filter that its list shows (a number that handlers understand); `pin_message` the pin that follows a live location.
    """

    id: SearchId
    person_id: PersonId
    at: datetime
    latitude: float
    longitude: float
    location_message: MessageId | None = None
    wanted: int = 0
    pin_message: MessageId | None = None
    heading: float | None = None
    """Where the rider goes, in degrees clockwise from north; None while they have not moved."""


async def add_all(session: AsyncSession, searches: Sequence[Search]) -> None:
    """Keeps searches; those that are there already (an update handed over again) stay as they are."""
    vault = vault_of(session)
    rows = [
        {
            "id": search.id,
            "person_id": search.person_id,
            "at": search.at,
            "place": _sealed(vault, search),
            "location_message": search.location_message,
            "listed_at": search.at,
            "wanted": search.wanted,
        }
        for search in searches
    ]
    connection = await session.connection()
    await connection.execute(insert_into(session, SearchRow).on_conflict_do_nothing(), rows)


def _sealed(vault: Vault, search: Search) -> bytes:
    """The place; and the direction, once there is one."""
    bound = identity(search.id, search.person_id)
    if search.heading is None:
        return vault.seal_place(search.latitude, search.longitude, "searches.place", bound)
    return vault.seal(_MOVING.pack(search.latitude, search.longitude, search.heading), "searches.place", bound)


async def find(session: AsyncSession, search_id: SearchId, person_id: PersonId) -> Search | None:
    """This person's search; None if it is somebody else's or has been forgotten."""
    row = await session.get(SearchRow, search_id)
    return None if row is None or row.person_id != person_id else _opened(session, row)


def _opened(session: AsyncSession, row: SearchRow) -> Search:
    bound = identity(row.id, row.person_id)
    plain, heading = vault_of(session).open(row.place, "searches.place", bound), None
    if len(plain) == _MOVING.size:
        latitude, longitude, heading = _MOVING.unpack(plain)
    else:
        latitude, longitude = _STANDING.unpack(plain)
    return Search(
        row.id, row.person_id, row.at, latitude, longitude, row.location_message, row.wanted, row.pin_message, heading
    )


async def was_near(
    session: AsyncSession, person_id: PersonId, latitude: float, longitude: float, now: datetime
) -> bool:
    """Whether this person searched within 5 km of the place in the last 2 h."""
    rows = await session.scalars(
        select(SearchRow).where(SearchRow.person_id == person_id, SearchRow.at > now - NEARBY_WITHIN)
    )
    return any(
        distance(latitude, longitude, search.latitude, search.longitude) <= NEARBY_METRES
        for search in (_opened(session, row) for row in rows)
    )


_TABLE = cast(Table, SearchRow.__table__)
_LATEST = (
    select(_TABLE)
    .where(_TABLE.c.person_id == bindparam("person"), _TABLE.c.at > bindparam("since", type_=_TABLE.c.at.type))
    .order_by(_TABLE.c.at.desc())
    .limit(1)
)


async def latest(session: AsyncSession, person_id: PersonId, now: datetime) -> Search | None:
    """This person's last search of the last 2 h."""
    await flush(session)
    row = (await run(session, _LATEST, {"person": person_id, "since": now - NEARBY_WITHIN})).first()
    return None if row is None else _opened(session, row)


async def listed(session: AsyncSession, search_id: SearchId, list_message: MessageId) -> None:
    """The list of this search stands in that message, where a moving location will change it."""
    await session.execute(update(SearchRow).where(SearchRow.id == search_id).values(list_message=list_message))


async def pinned(session: AsyncSession, search_id: SearchId, pin_message: MessageId) -> MessageId | None:
    """The pin of this search stands in that message from now on; returns the one that it replaces."""
    row = await session.get(SearchRow, search_id, with_for_update=True)
    if row is None:
        return None
    before, row.pin_message = row.pin_message, pin_message
    return before


async def want(session: AsyncSession, search_id: SearchId, wanted: int) -> None:
    """Remembers the filter that the list shows, so that a moving location keeps it."""
    await session.execute(update(SearchRow).where(SearchRow.id == search_id).values(wanted=wanted))


class Fix(NamedTuple):
    """Where a live location is now, in degrees; its direction, if the phone knows it."""

    latitude: float
    longitude: float
    heading: float | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """A search at its new place and at the one that was listed last, and the list that has to be brought up to date:
    now, or at `due`."""

    search: Search
    before: Search
    list_message: MessageId
    due: datetime | None


async def move(
    session: AsyncSession,
    person_id: PersonId,
    location_message: MessageId,
    fix: Fix,
    now: datetime,
) -> Moved | None:
    """The sender of this location message has moved: keeps the new place, and the direction, which comes with the fix
    or from the last place. The list follows at most every 30 s, so one that was brought up to date just now is due
    later.

    None if that is settled already, or if the list is not known.
    """
    row = await session.scalar(
        select(SearchRow)
        .where(SearchRow.person_id == person_id, SearchRow.location_message == location_message)
        .with_for_update()
    )
    if row is None or row.list_message is None:
        return None
    before = _opened(session, row)
    moved = replace(before, at=now, latitude=fix.latitude, longitude=fix.longitude, heading=_heading(before, fix))
    row.place = _sealed(vault_of(session), moved)
    listed_at = row.listed_at or row.at
    if listed_at > now:
        return None
    row.at = now
    next_at = max(now, listed_at + LIST_AT_MOST_EVERY)
    row.listed_at = next_at
    return Moved(moved, before, row.list_message, due=next_at if next_at > now else None)


def _heading(before: Search, fix: Fix) -> float | None:
    if fix.heading is not None:
        return fix.heading
    bearing, metres = bearing_and_distance(before.latitude, before.longitude, fix.latitude, fix.longitude)
    return bearing % 360 if metres >= MOVED_METRES else before.heading


_UNCOUNTED = (
    select(_TABLE)
    .where(~_TABLE.c.counted)
    .order_by(_TABLE.c.at)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_COUNTED = _TABLE.update().where(_TABLE.c.id.in_(bindparam("ids", expanding=True))).values(counted=True)


async def take_uncounted(session: AsyncSession, limit: int) -> list[Search]:
    """Searches that are in no figure yet, oldest first; from now on they are."""
    await flush(session)
    found = [_opened(session, row) for row in await run(session, _UNCOUNTED, {"limit": limit})]
    if found:
        await run(session, _COUNTED, {"ids": [search.id for search in found]})
    return found


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> bool:
    """Drops some of the places after so long; True if there may be more."""
    return await forget_some(session, SearchRow, SearchRow.at < now - kept)


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(SearchRow).where(SearchRow.person_id == person_id).order_by(SearchRow.at))
    found = (_opened(session, row) for row in rows)
    return [{"at": one.at, "latitude": one.latitude, "longitude": one.longitude} for one in found]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(SearchRow).where(SearchRow.person_id == person_id))
