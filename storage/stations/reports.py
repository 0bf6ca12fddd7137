"""What riders say about a station's state right now, and what is believed of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import BigInteger, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.column_types import BigKey, StrEnumColumn
from storage.coordination import change_counters
from storage.database import Base
from storage.dialects import insert_into
from storage.hours.opening_hours import Hours, State
from storage.refusals import Refused, Repeated
from storage.stations.ids import StationKey
from storage.stations.stations import Amenity
from storage.telegram_ids import PersonId

VERSION = "station_states"

CONFIRMED_WITHIN = timedelta(hours=3)
"""Two different riders who say the same within this time confirm it."""
ONE_RIDER_AGAIN_AFTER = timedelta(hours=1)


class Kind(StrEnum):
    NO_WATER = "water"
    CLOSED = "closed"
    CROWDED = "crowded"
    FINE = "fine"
    CHARGER_BROKEN = "charger"
    TOILET_LOCKED = "toilet"
    NO_SEATS = "seats"
    TOO_HOT = "hot"
    TOO_COLD = "cold"


FADES_AFTER: Mapping[Kind, timedelta] = {
    Kind.NO_WATER: timedelta(hours=6),
    Kind.CLOSED: timedelta(hours=12),
    Kind.CROWDED: timedelta(hours=1),
    Kind.CHARGER_BROKEN: timedelta(hours=12),
    Kind.TOILET_LOCKED: timedelta(hours=6),
    Kind.NO_SEATS: timedelta(hours=1),
    Kind.TOO_HOT: timedelta(hours=3),
    Kind.TOO_COLD: timedelta(hours=3),
}

OUT: Mapping[Kind, Amenity] = {
    Kind.NO_WATER: Amenity.water,
    Kind.CHARGER_BROKEN: Amenity.charging,
    Kind.TOILET_LOCKED: Amenity.toilet,
    Kind.NO_SEATS: Amenity.rest,
    Kind.TOO_HOT: Amenity.air_conditioning,
    Kind.TOO_COLD: Amenity.heating,
}
"""What a station lacks while a report is believed: it stands behind others for whoever asked for that."""


class ReportedAlready(Repeated):
    """This rider said the same of this station less than an hour ago."""


class NotNearby(Refused):
    """Only riders who searched near the station in the last two hours can report on it."""


class Report(Base):
    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    station_key: Mapped[StationKey] = mapped_column(BigInteger, index=True)
    person_id: Mapped[PersonId] = mapped_column(index=True)
    kind: Mapped[Kind] = mapped_column(StrEnumColumn(Kind, 16))
    at: Mapped[datetime] = mapped_column(index=True)


class StationState(Base):
    """A confirmed report that has not faded."""

    __tablename__ = "station_states"

    station_key: Mapped[StationKey] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(StrEnumColumn(Kind, 16), primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a report changed: `confirmed` is the kind that is believed from now on and was not before; `cleared` says
    that two riders found all fine; `replaced` that it takes the place of the contrary that this rider said before."""

    confirmed: Kind | None = None
    cleared: bool = False
    replaced: bool = False


async def report(
    session: AsyncSession, station_key: StationKey, person_id: PersonId, kind: Kind, now: datetime
) -> Outcome:
    """Keeps a rider's report, in place of the contrary that they reported lately, and draws the conclusion.

    Raises:
        ReportedAlready: see the class.
    """
    last = await _last_of(session, station_key, person_id, kind)
    if last is not None and now - last < ONE_RIDER_AGAIN_AFTER:
        raise ReportedAlready
    replaced = await _take_back_contrary(session, station_key, person_id, kind, now)
    agreeing = await _others_agree(session, station_key, person_id, kind, now)
    session.add(Report(station_key=station_key, person_id=person_id, kind=kind, at=now))
    if not agreeing:
        return Outcome(replaced=replaced)
    if kind is Kind.FINE:
        return Outcome(cleared=await clear(session, station_key, now), replaced=replaced)
    was_believed = await session.get(StationState, (station_key, kind))
    is_new = was_believed is None or was_believed.until <= now
    since = now if was_believed is None or is_new else was_believed.since
    # Two riders may confirm at the same moment, on two replicas: the second one finds the row.
    until = now + FADES_AFTER[kind]
    statement = insert_into(session, StationState).values(station_key=station_key, kind=kind, since=since, until=until)
    same = StationState.__table__.primary_key
    await session.execute(statement.on_conflict_do_update(index_elements=same, set_={"since": since, "until": until}))
    await change_counters.raise_version(session, VERSION)
    return Outcome(confirmed=kind if is_new else None, replaced=replaced)


async def _take_back_contrary(
    session: AsyncSession, station_key: StationKey, person_id: PersonId, kind: Kind, now: datetime
) -> bool:
    """Drops what this rider said of the station lately and now contradicts; False if there is nothing of the kind.

    What was believed only because of that is believed no more.
    """
    contrary = Report.kind != Kind.FINE if kind is Kind.FINE else Report.kind == Kind.FINE
    kinds = await session.scalars(
        delete(Report)
        .where(
            Report.station_key == station_key,
            Report.person_id == person_id,
            Report.at > now - CONFIRMED_WITHIN,
            contrary,
        )
        .returning(Report.kind)
    )
    taken_back = set(kinds.all())
    for one in taken_back - {Kind.FINE}:
        await _doubt(session, station_key, one, now)
    return bool(taken_back)


async def _doubt(session: AsyncSession, station_key: StationKey, kind: Kind, now: datetime) -> None:
    """Believes no more what fewer than two riders say."""
    since = now - FADES_AFTER[kind] - CONFIRMED_WITHIN
    witnesses = await session.scalar(
        select(func.count(Report.person_id.distinct())).where(
            Report.station_key == station_key, Report.kind == kind, Report.at > since
        )
    )
    if (witnesses or 0) < 2:
        await session.execute(
            delete(StationState).where(StationState.station_key == station_key, StationState.kind == kind)
        )
        await change_counters.raise_version(session, VERSION)


async def _last_of(session: AsyncSession, station_key: StationKey, person_id: PersonId, kind: Kind) -> datetime | None:
    return await session.scalar(
        select(Report.at)
        .where(Report.station_key == station_key, Report.person_id == person_id, Report.kind == kind)
        .order_by(Report.at.desc())
        .limit(1)
    )


async def _others_agree(
    session: AsyncSession, station_key: StationKey, person_id: PersonId, kind: Kind, now: datetime
) -> bool:
    """Whether another rider said the same lately and nobody, since then, the contrary."""
    rows = await session.execute(
        select(Report.person_id, Report.kind)
        .where(Report.station_key == station_key, Report.at > now - CONFIRMED_WITHIN)
        .order_by(Report.at.desc(), Report.id.desc())
    )
    for other, other_kind in rows:
        if (other_kind == Kind.FINE) != (kind is Kind.FINE):
            return False
        if other_kind == kind and other != person_id:
            return True
    return False


async def clear(session: AsyncSession, station_key: StationKey, now: datetime) -> bool:
    """Forgets what was believed of the station, and the reports behind it; False if nothing was believed."""
    believed = await session.scalars(
        delete(StationState).where(StationState.station_key == station_key).returning(StationState.until)
    )
    await session.execute(delete(Report).where(Report.station_key == station_key, Report.kind != Kind.FINE))
    await change_counters.raise_version(session, VERSION)
    return any(until > now for until in believed.all())


async def believed(session: AsyncSession, now: datetime) -> list[StationState]:
    """All confirmed reports that have not faded."""
    return list(await session.scalars(select(StationState).where(StationState.until > now)))


async def forget(session: AsyncSession, now: datetime, kept: timedelta) -> None:
    """Drops reports after so long and states that have faded."""
    await session.execute(delete(Report).where(Report.at < now - kept))
    await session.execute(delete(StationState).where(StationState.until <= now))


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    rows = await session.scalars(select(Report).where(Report.person_id == person_id).order_by(Report.id))
    return [{"station": row.station_key, "kind": row.kind, "at": row.at} for row in rows]


async def erase(session: AsyncSession, person_id: PersonId) -> None:
    await session.execute(delete(Report).where(Report.person_id == person_id))


class LiveBoard:
    """The believed reports beside a station index: by its rows, for the search, and by station, for the page."""

    def __init__(self, rows: int = 0) -> None:
        self.by_row: dict[int, list[StationState]] = {}
        self.until: datetime | None = None
        self._shut = np.zeros(rows, bool)
        self._out = np.zeros(rows, np.int32)

    @classmethod
    def of(cls, rows: int, states: Iterable[tuple[int, StationState]]) -> LiveBoard:
        """From (row, state) pairs; `until` becomes the moment at which the first of them fades."""
        board = cls(rows)
        for row, state in states:
            board.by_row.setdefault(row, []).append(state)
            board._shut[row] |= state.kind == Kind.CLOSED
            board._out[row] |= OUT.get(state.kind, 0)
            board.until = min(board.until or state.until, state.until)
        return board

    def is_shut(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Returns for each of these rows whether riders say that the station is closed."""
        return np.asarray(self._shut[rows])

    def is_out(self, rows: NDArray[np.int64], amenities: int) -> NDArray[np.bool_]:
        """Which rows lack, as riders confirmed, one of the amenities asked for."""
        return np.asarray(self._out[rows] & amenities != 0)

    def hours(self, row: int, hours: Hours) -> Hours:
        """The hours by the book, or closed where riders confirmed it."""
        return Hours(State.CLOSED, None) if row in self.by_row and self._shut[row] else hours
