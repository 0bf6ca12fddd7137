"""The clock: APScheduler ticks, one job a kind of work; what is due stands in tables. Only the leader works."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.ext.asyncio import AsyncSession

from schedules.context import ClockContext
from schedules.job import Job
from storage.coordination import wake_ups
from storage.coordination.leases import LeaseLost
from storage.coordination.looks import Looks
from storage.database import Database
from storage.database_errors import cause_of, is_outage

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]

log = structlog.get_logger("schedules.scheduler")


class Scheduler:
    """Runs each job in a transaction of its own, at its interval, while `leads` says so."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        leads: Callable[[], bool],
        transaction: Transaction,
        context: ClockContext,
        jobs: Sequence[Job],
        report: Callable[[str, BaseException], Awaitable[object]],
        looks: Looks,
    ) -> None:
        """`transaction` begins one of the leader's; `report` hears of failures that are no outage of the database."""
        self._report = report
        self._jobs = {job.name: job for job in jobs}
        self._context = context
        self._database = database
        self._clock = clock
        self._leads = leads
        self._transaction = transaction
        self._busy = asyncio.Lock()
        self._stopping = False
        self._looks = looks
        self._due: dict[str, datetime] = {}
        self._woken: set[str] = set()
        """Jobs that were woken, perhaps while they ran: the ticking leaves out a turn that would run beside another."""
        self._resting: dict[str, datetime] = {}
        """Jobs whose turns are left out, with the time of the first of these."""
        self._ticking = AsyncIOScheduler(timezone="UTC")

    def start(self) -> None:
        wake_ups.listen(self._database, self._wake)
        for name, job in self._jobs.items():
            self._ticking.add_job(
                self._look,
                "interval",
                [name],
                seconds=job.every.total_seconds(),
                coalesce=True,
                max_instances=1,
                id=name,
            )
            self._looks.call(partial(self._end_rest, name), job.tables or ())
        self._ticking.start()

    def _wake(self, name: str) -> None:
        """Something may be due sooner than was known: looks at once."""
        self._looks.forget(_of(name))
        self._woken.add(name)
        self._resting.pop(name, None)
        if self._ticking.running:
            self._ticking.modify_job(name, next_run_time=datetime.now(UTC))

    def wake_all(self) -> None:
        """Has every job look at once: the clock was set, and what was planned by the old time may be long due."""
        for name in self._jobs:
            self._wake(name)

    async def _look(self, name: str) -> None:
        """A turn of the job, if it may find something to do."""
        self._resting.pop(name, None)
        if not self._leads():
            self._looks.forget(_of(name))
            return
        if self._looks.is_worth(_of(name), self._jobs[name].tables) or self._is_due(name):
            await self.tick(name)
        self._rest(name)

    def _rest(self, name: str) -> None:
        """Leaves out the turns in which nothing can be found: a turn costs something also if it does not look."""
        every = self._jobs[name].every
        seconds = self._looks.seconds_until_worth(_of(name), self._jobs[name].tables)
        if name in self._due:
            seconds = min(seconds, (self._due[name] - self._clock()).total_seconds())
        if seconds > every.total_seconds() and self._ticking.running and not self._stopping:
            now = datetime.now(UTC)
            self._ticking.modify_job(name, next_run_time=now + timedelta(seconds=seconds))
            self._resting[name] = now + every

    def _end_rest(self, name: str) -> None:
        """Something was written to its tables."""
        next_turn = self._resting.pop(name, None)
        if next_turn is not None and self._ticking.running:
            self._ticking.modify_job(name, next_run_time=max(next_turn, datetime.now(UTC)))

    def _is_due(self, name: str) -> bool:
        return name in self._due and self._due[name] <= self._clock()

    async def tick(self, name: str) -> None:
        """One turn of a job. Its failure is logged, and the next turn tries again."""
        async with self._busy:
            self._woken.add(name)
            while name in self._woken:
                self._woken.discard(name)
                await self._run(name)

    async def _run(self, name: str) -> None:
        job = self._jobs[name]
        try:
            more = True
            while more and self._leads() and not self._stopping:
                async with self._transaction() as session:
                    more = await job.run(session, self._clock(), self._context)
            if job.next_due is not None:
                async with self._database.reading() as session:
                    self._look_at(name, job, await job.next_due(session))
        except LeaseLost:
            self._looks.forget(_of(name))
            log.info("another process leads; the job is its own now", job=name)
        except Exception as error:
            self._looks.forget(_of(name))
            if cause_of(error) is None:  # what is wrong with the database is logged by who watches it, once a minute
                log.warning("job failed; it runs again at the next interval", job=name, error=type(error).__name__)
            if not is_outage(error):
                await self._report(f"the job {name} failed", error)

    def _look_at(self, name: str, job: Job, due: datetime | None) -> None:
        """Lets the job look when its next work is due, if that is before its interval is over."""
        self._due.pop(name, None)
        if due is not None:
            self._due[name] = due
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


def _of(name: str) -> str:
    """The name of what the job looks at, among those of the periodic tasks."""
    return f"job {name}"
