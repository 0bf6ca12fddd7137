"""Rest stations: the table, and the operations that change it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import IntFlag
from typing import Any

from sqlalchemy import BigInteger, Row, String, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey
from storage.coordination import change_counters
from storage.database import Base
from storage.dialects import insert_into
from storage.refusals import Refused
from storage.stations.ids import StationKey

KEPT = timedelta(days=30)
"""So long a deleted station can be brought back."""
WITHOUT_END = datetime(9999, 1, 1, tzinfo=UTC)
"""Closed until further notice."""

VERSION = "stations"
"""The name under which `versions` counts changes of the table, so that every replica sees them."""


class NoSuchStation(Refused):
    """It was deleted, or never was."""


class Amenity(IntFlag):
    """What a station offers. The value is a bit in the table: new ones are added at the end, none is ever moved."""

    rest = 1 << 0
    water = 1 << 1
    ice = 1 << 2
    medicine = 1 << 3
    first_aid = 1 << 4
    microwave = 1 << 5
    charging = 1 << 6
    battery_swap = 1 << 7
    toilet = 1 << 8
    shower = 1 << 9
    laundry = 1 << 10
    air_conditioning = 1 << 11
    heating = 1 << 12
    wifi = 1 << 13
    reading = 1 << 14
    parking = 1 << 15
    repair_tools = 1 << 16
    haircut = 1 << 17
    meals = 1 << 18
    legal_help = 1 << 19
    counselling = 1 << 20
    union_signup = 1 << 21
    donations = 1 << 22
    wheelchair = 1 << 23
    women = 1 << 24
    baby_care = 1 << 25
    fee = 1 << 26
    customers_only = 1 << 27


WHO_MAY_USE = Amenity.fee | Amenity.customers_only
"""What restricts the others, in the same list of a station file: shown wherever a station is, and looked for by nobody.
"""


def amenities_from(names: Iterable[str]) -> Amenity:
    """Raises KeyError with the first name that is no amenity."""
    found = Amenity(0)
    for name in names:
        found |= Amenity[name]
    return found


def amenity_names(amenities: int) -> list[str]:
    """Returns the names of the bits of `amenities`."""
    return [amenity.name or "" for amenity in Amenity(amenities)]


class StationRow(Base):
    __tablename__ = "stations"
    __table_args__ = {"sqlite_autoincrement": True}  # noqa: RUF012 (a button must never meet a later station)

    key: Mapped[StationKey] = mapped_column(BigKey, primary_key=True)
    id: Mapped[str] = mapped_column(String(200), unique=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    latitude: Mapped[float]
    longitude: Mapped[float]
    opening_hours: Mapped[str] = mapped_column(String(500), default="")
    amenities: Mapped[int] = mapped_column(BigInteger, default=0)
    phone: Mapped[str] = mapped_column(String(60), default="")
    note: Mapped[str] = mapped_column(String(1000), default="")
    updated_at: Mapped[datetime]
    closed_until: Mapped[datetime | None] = mapped_column(default=None)
    closed_reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    deleted_at: Mapped[datetime | None] = mapped_column(default=None, index=True)


@dataclass(frozen=True, slots=True)
class Station:
    """A station as people write it down. Degrees in WGS-84; `opening_hours` empty where unknown."""

    id: str
    name: str
    latitude: float
    longitude: float
    address: str = ""
    opening_hours: str = ""
    amenities: int = 0
    phone: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class StationPatch:
    """What is to be changed of a station; None leaves it as it is. Degrees in WGS-84."""

    name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    address: str | None = None
    opening_hours: str | None = None
    amenities: int | None = None
    phone: str | None = None
    note: str | None = None

    @property
    def values(self) -> Mapping[str, object]:
        """What is changed, by column."""
        return {name: value for name, value in asdict(self).items() if value is not None}


def code_for(station_id: str) -> str:
    """The station's name in deep links (`st_<code>`): its id where Telegram's alphabet holds it, else a digest."""
    if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", station_id):
        return station_id
    return "x" + hashlib.sha256(station_id.encode()).hexdigest()[:24]


_WRITTEN = tuple(one.name for one in fields(Station) if one.name != "id")


async def put_all(session: AsyncSession, stations: Sequence[Station], now: datetime) -> None:
    """Adds these stations, or changes those that are there under the same id (deleted ones are there again)."""
    if not stations:
        return
    statement = insert_into(session, StationRow)
    kept: dict[str, Any] = {name: statement.excluded[name] for name in ("code", "updated_at", *_WRITTEN)}
    kept["deleted_at"] = None
    rows = [{**asdict(station), "code": code_for(station.id), "updated_at": now} for station in stations]
    # As Core statement on the connection: no ORM bookkeeping for a row each.
    connection = await session.connection()
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=kept), rows)


async def add(session: AsyncSession, station: Station, now: datetime) -> StationRow:
    """Adds one station and tells the other replicas."""
    await put_all(session, [station], now)
    await announce_change(session)
    return (await session.scalars(select(StationRow).where(StationRow.id == station.id))).one()


async def find(session: AsyncSession, key: StationKey) -> StationRow | None:
    """The station; None also if it was deleted."""
    row = await session.get(StationRow, key)
    return row if row is not None and row.deleted_at is None else None


async def find_for_admin(session: AsyncSession, key: StationKey) -> StationRow:
    """The station, also one that was deleted and can be brought back. Raises NoSuchStation."""
    row = await session.get(StationRow, key)
    if row is None:
        raise NoSuchStation
    return row


async def find_by_code(session: AsyncSession, code: str) -> StationRow | None:
    """Returns the station that an import names so, unless it is deleted."""
    return await session.scalar(select(StationRow).where(StationRow.code == code, StationRow.deleted_at.is_(None)))


async def ids_of(session: AsyncSession, keys: Sequence[StationKey]) -> list[str]:
    """Their ids as people write them down, in order."""
    return sorted(await session.scalars(select(StationRow.id).where(StationRow.key.in_(keys))))


async def count(session: AsyncSession) -> int:
    there = StationRow.deleted_at.is_(None)
    return await session.scalar(select(func.count()).select_from(StationRow).where(there)) or 0


async def named(session: AsyncSession, words: str, limit: int) -> Sequence[StationRow]:
    """Those with these words in their names, or with this id; deleted ones among them."""
    pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    chosen = select(StationRow).where(StationRow.name.ilike(pattern, escape="\\") | (StationRow.id == words))
    return (await session.scalars(chosen.order_by(StationRow.name, StationRow.key).limit(limit))).all()


async def change(session: AsyncSession, key: StationKey, patch: StationPatch, now: datetime) -> StationRow:
    """Changes what the patch names. Raises NoSuchStation."""
    return await _change(session, key, {**patch.values, "updated_at": now})


async def delete_one(session: AsyncSession, key: StationKey, now: datetime) -> StationRow:
    """Takes the station off the map; `restore` brings it back as it was, for KEPT. Raises NoSuchStation."""
    return await _change(session, key, {"deleted_at": now})


async def restore(session: AsyncSession, key: StationKey) -> StationRow:
    """Raises NoSuchStation."""
    return await _change(session, key, {"deleted_at": None})


async def close(session: AsyncSession, key: StationKey, until: datetime, reason: str) -> StationRow:
    """Closes it until then, whatever its hours say. Raises NoSuchStation."""
    return await _change(session, key, {"closed_until": until, "closed_reason": reason})


async def reopen(session: AsyncSession, key: StationKey) -> StationRow:
    """Opens it again by its hours. Raises NoSuchStation."""
    return await _change(session, key, {"closed_until": None, "closed_reason": ""})


async def _change(session: AsyncSession, key: StationKey, values: Mapping[str, object]) -> StationRow:
    row = await find_for_admin(session, key)
    for name, value in values.items():
        setattr(row, name, value)
    await session.flush()
    await announce_change(session)
    return row


async def forget(session: AsyncSession, now: datetime) -> None:
    """Drops what was deleted long ago."""
    await session.execute(delete(StationRow).where(StationRow.deleted_at < now - KEPT))


IndexRow = Row[int, str, str, float, float, str, int, datetime | None]


_PAGE = (
    select(
        StationRow.key,
        StationRow.name,
        StationRow.address,
        StationRow.latitude,
        StationRow.longitude,
        StationRow.opening_hours,
        StationRow.amenities,
        StationRow.closed_until,
    )
    .where(StationRow.key > bindparam("after"), StationRow.deleted_at.is_(None))
    .order_by(StationRow.key)
    .limit(bindparam("size"))
)


async def pages_for_index(session: AsyncSession, size: int = 5_000) -> AsyncIterator[Sequence[IndexRow]]:
    """What a search needs of every station, ascending by key, `size` rows at a time: few, since the memory that they
    take for a moment is not given back."""
    last = 0
    connection = await session.connection()  # SQLAlchemy makes many rows faster than fast_statements does
    while rows := (await connection.execute(_PAGE, {"after": last, "size": size})).all():
        yield rows
        last = rows[-1].key


async def all_rows(session: AsyncSession, size: int = 500) -> AsyncIterator[StationRow]:
    """Every station, ascending by key, without holding them all."""
    last = 0
    while rows := (
        await session.scalars(
            select(StationRow)
            .where(StationRow.key > last, StationRow.deleted_at.is_(None))
            .order_by(StationRow.key)
            .limit(size)
        )
    ).all():
        for row in rows:
            yield row
        last = rows[-1].key
        session.expunge_all()


async def announce_change(session: AsyncSession) -> None:
    """Tells every running replica, once this transaction is committed."""
    await change_counters.raise_version(session, VERSION)
