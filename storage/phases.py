"""What runs in phases, such as a campaign or a contest: one after the other in their order, and never back.

Any phase may be left out. One has a date until which it is open: after that, people can't take part in it, and
coordinators are reminded to move on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from storage.column_types import StrEnumColumn
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.refusals import Refused, Repeated

REMINDED_AGAIN_AFTER = timedelta(days=3)

PhaseT = TypeVar("PhaseT", bound=StrEnum)
IdT = TypeVar("IdT", bound=int)


class State(StrEnum):
    PREPARED = "prepared"
    RUNNING = "running"
    ENDED = "ended"


class InPhases(Generic[PhaseT]):
    """The columns of what runs in phases."""

    id: Mapped[Any]
    title: Mapped[str]
    state: Mapped[State] = mapped_column(StrEnumColumn(State, 10), default=State.PREPARED)
    phase: Mapped[PhaseT | None]
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    started_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)


class PhaseDates(Generic[PhaseT]):
    """The columns of its phases: a row each."""

    phase: Mapped[PhaseT]
    until: Mapped[datetime | None] = mapped_column(default=None)


RowT = TypeVar("RowT", bound=InPhases[Any])


@dataclass(frozen=True, slots=True)
class Moved(Generic[RowT, PhaseT]):
    """What a move has done. `left` is None at the start, `entered` at the end."""

    row: RowT
    left: PhaseT | None
    entered: PhaseT | None


@dataclass(frozen=True, kw_only=True)
class Phased(Generic[RowT, PhaseT, IdT]):
    """The operations on one feature's two tables: the rows, and the dates of their phases, which refer to them by
    `row_id`."""

    row: type[RowT]
    dates: type[PhaseDates[PhaseT]]
    row_id: InstrumentedAttribute[IdT]
    phases: type[PhaseT]
    wake_up: WakeUp
    missing: type[Refused]
    """There is no such row."""
    moved_on: type[Repeated]
    """Somebody has moved it meanwhile."""
    closed: type[Refused]
    """It is in another phase, or the date until which this one was open has passed."""

    async def find(self, session: AsyncSession, row_id: IdT) -> RowT:
        """Raises `missing`."""
        return self._existing(await session.get(self.row, row_id))

    async def find_for_update(self, session: AsyncSession, row_id: IdT) -> RowT:
        """The same, kept from others until the transaction ends. Raises `missing`."""
        return self._existing(await session.get(self.row, row_id, with_for_update=True, populate_existing=True))

    async def find_held(self, session: AsyncSession, row_id: IdT) -> RowT:
        """One that goes on to no other phase until the transaction ends; others may hold it, too. Raises `missing`."""
        lock = {"read": True, "key_share": True}
        return self._existing(await session.get(self.row, row_id, with_for_update=lock, populate_existing=True))

    def _existing(self, row: RowT | None) -> RowT:
        if row is None:
            raise self.missing
        return row

    async def all_of(self, session: AsyncSession, *states: State) -> Sequence[RowT]:
        """Those in one of the states, the newest first."""
        chosen = select(self.row).where(self.row.state.in_(states)).order_by(self.row.id.desc())
        return (await session.scalars(chosen)).all()

    async def phases_of(self, session: AsyncSession, row_id: IdT) -> dict[PhaseT, datetime | None]:
        """Its phases in their order, each with the time until which it is open."""
        rows = await session.execute(select(self.dates.phase, self.dates.until).where(self.row_id == row_id))
        untils = {row.phase: row.until for row in rows}
        return {phase: untils[phase] for phase in self.phases if phase in untils}

    async def require_phase(self, session: AsyncSession, row: RowT, phase: PhaseT, now: datetime) -> None:
        """Raises `closed`."""
        if row.phase is not phase or row.state is not State.RUNNING:
            raise self.closed
        of_phase = select(self.dates.until).where(self.row_id == row.id, self.dates.phase == phase)
        until = await session.scalar(of_phase)
        if until is not None and until <= now:
            raise self.closed

    async def next_phase(self, session: AsyncSession, row: RowT) -> PhaseT | None:
        """The one that follows; None: it ends."""
        order = list(self.phases)
        after = -1 if row.phase is None else order.index(row.phase)
        return next((phase for phase in await self.phases_of(session, row.id) if order.index(phase) > after), None)

    async def move(self, session: AsyncSession, row_id: IdT, seen: PhaseT | None, now: datetime) -> Moved[RowT, PhaseT]:
        """Goes on to the next phase, or ends after the last one. `seen` is the phase in which whoever asks for it saw
        it.

        Raises:
            Refused: `missing`; or `moved_on`: it is in another phase than they saw, or over.
        """
        row = await self.find_for_update(session, row_id)
        if row.phase is not seen or row.state is State.ENDED:
            raise self.moved_on
        entered = await self.next_phase(session, row)
        left: PhaseT | None = row.phase
        row.phase, row.reminded_at = entered or left, None
        if row.state is State.PREPARED:
            row.state, row.started_at = State.RUNNING, now
        if entered is None:
            row.state, row.ended_at = State.ENDED, now
        wake_ups.request(session, self.wake_up)
        return Moved(row, left, entered)

    async def set_until(self, session: AsyncSession, row_id: IdT, phase: PhaseT, until: datetime | None) -> None:
        """Changes until when a phase is open. Raises `missing`: there is no such row, or it has no such phase."""
        of_phase = select(self.dates).where(self.row_id == row_id, self.dates.phase == phase)
        date = await session.scalar(of_phase)
        if date is None:
            raise self.missing
        date.until = until
        (await self.find(session, row_id)).reminded_at = None
        wake_ups.request(session, self.wake_up)

    async def overdue(self, session: AsyncSession, now: datetime) -> Sequence[RowT]:
        """Running ones whose phase is past its date, of which nobody has been reminded lately; they count as reminded
        from now on."""
        rows = await session.scalars(
            select(self.row)
            .join(self.dates, self._is_open())
            .where(self.row.state == State.RUNNING, self.dates.until <= now)
            .where(self.row.reminded_at.is_(None) | (self.row.reminded_at <= now - REMINDED_AGAIN_AFTER))
            .with_for_update(of=self.row, skip_locked=True)
        )
        found = rows.all()
        for row in found:
            row.reminded_at = now
        return found

    async def is_overdue(self, session: AsyncSession, row: RowT, now: datetime) -> bool:
        """Whether it still waits to be moved on: not if it has been, or has got another date."""
        if row.phase is None or row.state is not State.RUNNING:
            return False
        until = (await self.phases_of(session, row.id)).get(row.phase)
        return until is not None and until <= now

    async def next_overdue(self, session: AsyncSession) -> datetime | None:
        """When the next phase passes its date, or is to be reminded of once more."""
        rows = await session.execute(
            select(self.dates.until, self.row.reminded_at)
            .join(self.row, self._is_open())
            .where(self.row.state == State.RUNNING, self.dates.until.is_not(None))
        )
        moments = [until if reminded is None else reminded + REMINDED_AGAIN_AFTER for until, reminded in rows]
        return min((moment for moment in moments if moment is not None), default=None)

    def _is_open(self) -> ColumnElement[bool]:
        """The dates of the phases that they are in."""
        return (self.row_id == self.row.id) & (self.dates.phase == self.row.phase)
