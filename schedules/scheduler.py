"""The clock: APScheduler ticks, one job a kind of work; what is due stands in tables. Only the leader works."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from schedules import retention
from storage.database import Database

log = structlog.get_logger("schedules.scheduler")

Tick = Callable[[AsyncSession, datetime], Awaitable[None]]

JOBS: dict[str, tuple[timedelta, Tick]] = {"retention": (retention.EVERY, retention.run)}


class Scheduler:
    """Runs each job in a transaction of its own, at its interval, while `leads` says so."""

    def __init__(self, database: Database, clock: Callable[[], datetime], leads: Callable[[], bool]) -> None:
        self._database = database
        self._clock = clock
        self._leads = leads
        self._ticking = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        for name, (every, _) in JOBS.items():
            self._ticking.add_job(self.tick, "interval", [name], seconds=every.total_seconds(), coalesce=True, id=name)
        self._ticking.start()

    async def tick(self, name: str) -> None:
        """One turn of a job. Its failure is logged, and the next turn tries again."""
        if not self._leads():
            return
        _, run = JOBS[name]
        try:
            async with self._database.writing() as session:
                await run(session, self._clock())
        except Exception as trouble:
            log.warning("a job failed; the next turn tries again", job=name, trouble=type(trouble).__name__)

    def stop(self) -> None:
        if self._ticking.running:
            self._ticking.shutdown(wait=False)
