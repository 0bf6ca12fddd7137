"""The clock: APScheduler ticks, one job a kind of work; what is due stands in tables. Only the leader works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from schedules import (
    activities,
    application_alerts,
    broadcasts,
    cases,
    expired_blocks,
    expired_roles,
    place_offers,
    reminders,
    retention,
    search_statistics,
)
from schedules.context import ClockContext
from storage.database import Database, is_outage

log = structlog.get_logger("schedules.scheduler")

Tick = Callable[[AsyncSession, datetime], Awaitable[bool]]
"""One step of a kind of work; True if there is more to do at once."""


NextDue = Callable[[AsyncSession], Awaitable[datetime | None]]


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of work: at its interval, and before that when `next_due` says."""

    every: timedelta
    run: Tick
    next_due: NextDue | None = None


def jobs(context: ClockContext) -> dict[str, Job]:
    """Every kind of work."""
    return {
        "retention": Job(retention.EVERY, partial(retention.run, context=context)),
        "broadcasts": Job(broadcasts.EVERY, partial(broadcasts.run, context=context)),
        "reviews": Job(application_alerts.EVERY, partial(application_alerts.Bell().run, context=context)),
        "roles": Job(expired_roles.EVERY, expired_roles.run),
        "blocks": Job(expired_blocks.EVERY, expired_blocks.run),
        "figures": Job(search_statistics.EVERY, partial(search_statistics.run, context=context)),
        "cases": Job(cases.EVERY, partial(cases.run, context=context)),
        "activities": Job(activities.EVERY, partial(activities.run, context=context)),
        "offers": Job(place_offers.EVERY, partial(place_offers.run, context=context), place_offers.next_due),
        "reminders": Job(reminders.EVERY, reminders.run, reminders.next_due),
    }


class Scheduler:
    """Runs each job in a transaction of its own, at its interval, while `leads` says so."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        leads: Callable[[], bool],
        context: ClockContext,
        report: Callable[[str, BaseException], Awaitable[object]],
    ) -> None:
        """`report` hears of failures that are no outage of the database."""
        self._report = report
        self._jobs = jobs(context)
        self._database = database
        self._clock = clock
        self._leads = leads
        self._busy = asyncio.Lock()
        self._stopping = False
        self._ticking = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        for name, job in self._jobs.items():
            self._ticking.add_job(
                self.tick,
                "interval",
                [name],
                seconds=job.every.total_seconds(),
                coalesce=True,
                max_instances=1,
                id=name,
            )
        self._ticking.start()

    def wake(self, name: str) -> None:
        """Something may be due sooner than was known: looks at once."""
        if self._ticking.running:
            self._ticking.modify_job(name, next_run_time=datetime.now(UTC))

    async def tick(self, name: str) -> None:
        """One turn of a job. Its failure is logged, and the next turn tries again."""
        async with self._busy:
            await self._run(name)

    async def _run(self, name: str) -> None:
        job = self._jobs[name]
        try:
            more = True
            while more and self._leads() and not self._stopping:
                async with self._database.writing(apart=True) as session:
                    more = await job.run(session, self._clock())
            if job.next_due is not None:
                async with self._database.reading() as session:
                    self._look_at(name, job, await job.next_due(session))
        except Exception as trouble:
            log.warning("a job failed; the next turn tries again", job=name, trouble=type(trouble).__name__)
            if not is_outage(trouble):
                await self._report(f"the job {name} failed", trouble)

    def _look_at(self, name: str, job: Job, due: datetime | None) -> None:
        """Lets the job look when its next work is due, if that is before its interval is over."""
        if due is None or not self._ticking.running or self._stopping:
            return
        seconds = max((due - self._clock()).total_seconds(), 0.05)
        if seconds < job.every.total_seconds():
            self._ticking.modify_job(name, next_run_time=datetime.now(UTC) + timedelta(seconds=seconds))

    async def stop(self) -> None:
        """Lets a turn that has begun come to its end."""
        self._stopping = True
        if self._ticking.running:
            self._ticking.pause()
            async with self._busy:
                self._ticking.shutdown(wait=False)
