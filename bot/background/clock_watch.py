"""Notices that the wall clock jumped, or is not the database's: wakes the clock's jobs, lets go what a clock that was
ahead had put off, and tells the admins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from storage.database import Database
from storage.deliveries import put_back
from storage.deliveries.notices import Notice
from storage.dialects import database_clock
from storage.engine.postgresql_engine import process_name
from storage.operations import admins
from storage.operations.notices import ClockDiffers, ClockJumped
from storage.people.staff import Staff

log = logger("bot.background.clock_watch")

INTERVAL = 2.0
COMPARED_EVERY = 60.0
"""Seconds between two looks at the clock of PostgreSQL."""
TOLERANCE = 2.0
"""Seconds by which clocks may differ, or be set, without a word."""


class ClockWatch:
    """`monotonic` is the clock that nobody can set; `wake_jobs` has everything that waits for a moment look again."""

    def __init__(
        self,
        database: Database,
        staff: Staff,
        metrics: Metrics,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        wake_jobs: Callable[[], None],
    ) -> None:
        self._database = database
        self._staff = staff
        self._metrics = metrics
        self._clock = clock
        self._monotonic = monotonic
        self._wake_jobs = wake_jobs
        self._offset = self._now_offset()
        self._compared_at: float | None = None
        self._differed = False

    def _now_offset(self) -> float:
        return self._clock().timestamp() - self._monotonic()

    async def look(self) -> None:
        """Compares the wall clock with the monotonic one, and now and then with the database's."""
        offset = self._now_offset()
        jumped, self._offset = offset - self._offset, offset
        if abs(jumped) > TOLERANCE:
            log.warning("the clock jumped", seconds=round(jumped, 1))
            if jumped < 0:
                async with self._database.writing() as session:
                    await put_back.clock_was_put_back(session, self._clock(), timedelta(seconds=-jumped))
            self._wake_jobs()
            await self._tell(ClockJumped(process_name(), round(jumped)))
        if self._compared_at is None or self._monotonic() - self._compared_at >= COMPARED_EVERY:
            self._compared_at = self._monotonic()
            await self._compare()

    async def _compare(self) -> None:
        before = self._clock()
        async with self._database.reading() as session:
            theirs = await database_clock(session)
        if theirs is None:
            return
        ours = before + (self._clock() - before) / 2
        seconds = (ours - theirs).total_seconds()
        self._metrics.clock_skew.set(seconds)
        differs = abs(seconds) > TOLERANCE
        if differs and not self._differed:
            log.warning("the clock is not the database's", seconds=round(seconds, 1))
            await self._tell(ClockDiffers(process_name(), round(seconds)))
        self._differed = differs

    async def _tell(self, notice: Notice) -> None:
        async with self._database.writing() as session:
            await admins.tell_once_a_day(session, self._staff, notice, self._clock())
