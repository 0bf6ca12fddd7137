"""The clock: APScheduler ticks, one job a kind of work; what is due stands in tables. Only the leader works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from schedules import broadcasts, retention, reviews, roles
from schedules.settings import Settings
from storage.database import Database

log = structlog.get_logger("schedules.scheduler")

Tick = Callable[[AsyncSession, datetime], Awaitable[bool]]
"""One step of a kind of work; True if there is more to do at once."""


def jobs(settings: Settings) -> dict[str, tuple[timedelta, Tick]]:
    """Every kind of work, with its interval."""
    return {
        "retention": (retention.EVERY, partial(retention.run, settings=settings)),
        "broadcasts": (broadcasts.EVERY, partial(broadcasts.run, quiet_hours=settings.quiet_hours)),
        "reviews": (reviews.EVERY, partial(reviews.Bell().run, settings=settings)),
        "roles": (roles.EVERY, roles.run),
    }


class Scheduler:
    """Runs each job in a transaction of its own, at its interval, while `leads` says so."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], leads: Callable[[], bool], settings: Settings
    ) -> None:
        self._jobs = jobs(settings)
        self._database = database
        self._clock = clock
        self._leads = leads
        self._busy = asyncio.Lock()
        self._stopping = False
        self._ticking = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        for name, (every, _) in self._jobs.items():
            self._ticking.add_job(
                self.tick, "interval", [name], seconds=every.total_seconds(), coalesce=True, max_instances=1, id=name
            )
        self._ticking.start()

    async def tick(self, name: str) -> None:
        """One turn of a job. Its failure is logged, and the next turn tries again."""
        async with self._busy:
            await self._run(name)

    async def _run(self, name: str) -> None:
        _, run = self._jobs[name]
        try:
            more = True
            while more and self._leads() and not self._stopping:
                async with self._database.writing(apart=True) as session:
                    more = await run(session, self._clock())
        except Exception as trouble:
            log.warning("a job failed; the next turn tries again", job=name, trouble=type(trouble).__name__)

    async def stop(self) -> None:
        """Lets a turn that has begun come to its end."""
        self._stopping = True
        if self._ticking.running:
            self._ticking.pause()
            async with self._busy:
                self._ticking.shutdown(wait=False)
