"""Clocks that are set, differ, or are put back in the night: jobs go on, backups are made once, admins are told."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.background.clock_watch import ClockWatch
from bot.backup.daily import last_due, rotate
from bot.observability.metrics import Metrics
from schedules.context import ClockContext
from schedules.job import Job
from schedules.scheduler import Scheduler
from storage.coordination import replicas
from storage.coordination.looks import Looks
from storage.database import Database
from storage.database_errors import DatabaseAway
from storage.deliveries.table import Delivery
from storage.operations.notices import ClockDiffers, ClockJumped
from storage.people.staff import Staff
from tests.support.settings import clock_context
from tests.support.simulator import ADMIN, NOON

BERLIN = ZoneInfo("Europe/Berlin")


class Clocks:
    """A wall clock that can be set, and one that can't."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now, self.uptime = now, 100.0

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.uptime += seconds


def watch(database: Database, clocks: Clocks, woken: list[bool]) -> ClockWatch:
    staff = Staff(frozenset({ADMIN}))
    return ClockWatch(database, staff, Metrics(), lambda: clocks.now, lambda: clocks.uptime, lambda: woken.append(True))


async def told(database: Database, kind: str) -> int:
    async with database.reading() as session:
        return len((await session.scalars(select(Delivery).where(Delivery.kind == kind))).all())


async def test_a_clock_that_is_set_wakes_the_jobs_and_is_told_once_a_day(database: Database) -> None:
    clocks, woken = Clocks(), list[bool]()
    looking = watch(database, clocks, woken)
    clocks.passes(3_600)
    await looking.look()
    assert not woken
    for back in (8 * 3_600, 120):
        clocks.now -= timedelta(seconds=back)
        await looking.look()
    assert len(woken) == 2 and await told(database, ClockJumped.kind) == 1
    clocks.passes(60)
    await looking.look()
    assert len(woken) == 2


async def test_a_clock_that_is_not_the_databases_is_told(database: Database) -> None:
    if not database.is_postgresql:
        pytest.skip("SQLite has the clock of this machine")
    right, wrong = Clocks(datetime.now(UTC)), Clocks(datetime.now(UTC) + timedelta(seconds=40))
    for clocks, count in ((right, 0), (wrong, 1), (wrong, 1)):
        await watch(database, clocks, []).look()
        assert await told(database, ClockDiffers.kind) == count


async def test_jobs_go_on_when_the_clock_was_put_back(database: Database) -> None:
    ran = asyncio.Event()

    async def run(_session: AsyncSession, _now: datetime, _context: ClockContext) -> bool:
        ran.set()
        return False

    async def report(_what: str, error: BaseException) -> None:
        raise error

    # As if its next turn was planned by a clock that was eight hours ahead.
    job = Job("sample", timedelta(hours=8), run)
    looks = Looks(database.written, lambda: 0.0, alone=True)
    scheduler = Scheduler(database, lambda: NOON, lambda: True, database.writing, clock_context(), [job], report, looks)
    scheduler.start()
    try:
        scheduler.wake_all()
        async with asyncio.timeout(5):
            await ran.wait()
    finally:
        await scheduler.stop()


async def test_a_job_that_is_woken_while_it_runs_runs_once_more(database: Database) -> None:
    """It may have looked at the clock before that was set; its next turn is half a minute away."""
    ran: list[int] = []

    async def run(_session: AsyncSession, _now: datetime, _context: ClockContext) -> bool:
        ran.append(1)
        if len(ran) == 1:
            scheduler.wake_all()
        return False

    async def report(_what: str, error: BaseException) -> None:
        raise error

    job = Job("sample", timedelta(hours=8), run)
    looks = Looks(database.written, lambda: 0.0, alone=True)
    scheduler = Scheduler(database, lambda: NOON, lambda: True, database.writing, clock_context(), [job], report, looks)
    await scheduler.tick("sample")
    assert len(ran) == 2


async def test_an_outage_of_the_database_is_not_logged_by_each_job(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([DatabaseAway("refused"), DatabaseAway("refused"), ValueError("ours")])
    reported = []

    async def run(_session: AsyncSession, _now: datetime, _context: ClockContext) -> bool:
        raise next(failures)

    async def report(_what: str, error: BaseException) -> None:
        reported.append(type(error))

    job = Job("sample", timedelta(hours=8), run)
    looks = Looks(database.written, lambda: 0.0, alone=True)
    scheduler = Scheduler(database, lambda: NOON, lambda: True, database.writing, clock_context(), [job], report, looks)
    for _ in range(3):
        await scheduler.tick("sample")
    assert caplog.text.count("job failed") == 1
    assert reported == [ValueError]


async def test_replicas_live_by_the_databases_clock(database: Database) -> None:
    """On PostgreSQL, a process whose own clock is ten seconds late is not taken for dead."""
    now = datetime.now(UTC)
    async with database.writing() as session:
        await replicas.beat(session, "right", "1", now, now, leads=True)
        late = now - timedelta(seconds=10) if database.is_postgresql else now
        await replicas.beat(session, "late", "1", late, late, leads=False)
        await replicas.beat(session, "right", "1", now, now, leads=True)
        assert {row.name for row in await replicas.alive(session, now)} == {"right", "late"}


def test_the_night_in_which_clocks_go_back_has_one_backup() -> None:
    """02:30 comes twice in Berlin on 25 October 2026: at 00:30 and at 01:30 UTC."""
    due, now = set(), datetime(2026, 10, 24, 22, tzinfo=UTC)
    while now < datetime(2026, 10, 26, 2, tzinfo=UTC):
        due.add(last_due(now, time(2, 30), BERLIN))
        now += timedelta(minutes=1)
    nights = [datetime(2026, 10, 24, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)]
    assert sorted(due) == [*nights, datetime(2026, 10, 26, 1, 30, tzinfo=UTC)]


def test_the_night_without_half_past_two_has_a_backup() -> None:
    """On 29 March 2026, Berlin's clocks go from 02:00 to 03:00."""
    assert last_due(datetime(2026, 3, 29, 9, tzinfo=UTC), time(2, 30), BERLIN) == datetime(
        2026, 3, 29, 1, 30, tzinfo=UTC
    )


def test_backups_of_one_day_do_not_push_out_the_days_before(tmp_path: Path) -> None:
    names = [f"nuanxin-202611{day}T023000Z.backup" for day in (20, 21, 22, 23, 24)]
    names += [f"nuanxin-20261125T0230{second:02d}Z.backup" for second in range(6)]
    for name in names:
        (tmp_path / name).touch()
    rotate(tmp_path, 3)
    kept = {file.name for file in tmp_path.iterdir()}
    assert kept == {
        "nuanxin-20261123T023000Z.backup",
        "nuanxin-20261124T023000Z.backup",
        "nuanxin-20261125T023005Z.backup",
        "nuanxin-20261125T023004Z.backup",
        "nuanxin-20261125T023003Z.backup",
    }
