"""What the processes on one PostgreSQL tell each other about their commits (LISTEN and NOTIFY)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import AsyncSession

from benchmarks.support.database_proxy import DatabaseProxy
from bot.background.change_watcher import ChangeWatcher
from bot.background.periodic_task import PeriodicTask
from bot.background.task_runner import TaskRunner
from bot.observability.error_reporter import ErrorReporter
from bot.telegram.pacing import Pacer
from bot.telegram.rate_quota import RateQuota
from handlers.chat.ports import Process
from schedules.context import ClockContext
from schedules.job import Job
from schedules.jobs import jobs
from schedules.scheduler import Scheduler
from storage.coordination import change_counters, notifications, wake_ups
from storage.coordination.looks import AT_LEAST_EVERY, Looks
from storage.coordination.notifications import Notifications
from storage.coordination.wake_ups import WakeUp
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.engine.announcements import EVERYTHING, LONGEST, NOT_TOLD, Announcement, parsed
from storage.membership.notices import ReviewsWait
from tests.support.databases import SparePostgresql, opened
from tests.support.settings import clock_context
from tests.support.simulator import COORDINATOR, NOON, Town
from tests.support.webhook import with_webhook

HOURS = 3_600.0
"""An interval that no test waits for."""
END = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE query LIKE '%pg_notify($1, $2)%' AND datname = current_database() AND pid <> pg_backend_pid()"
)
"""Ends the connections that listen."""


class Errors(ErrorReporter):
    """Fails with them."""

    def __init__(self) -> None:
        pass

    async def report(self, _what: str, error: BaseException) -> str:
        raise error


class Replica:
    """What one process has of its own: connections, what it knows of others, tasks."""

    def __init__(self, url: str) -> None:
        self.database = opened(url)
        self.written = self.database.written
        self.notifications = Notifications(self.database)
        self.looks = Looks(self.written, lambda: 0.0, alone=False)
        self.runner = TaskRunner(Errors(), lambda: True, lambda: 0.0, self.looks)

    async def listens(self) -> None:
        """Begins to, and goes on as the program does."""
        news = self.notifications
        await news.exchange()
        self.runner.repeat(
            PeriodicTask("n", news.pause, news.exchange, wake=self.written.untold.added, finish=news.close)
        )

    async def until(self, *, hears: bool) -> None:
        async with asyncio.timeout(30):
            while self.written.sees_others is not hears:  # noqa: ASYNC110 (there is no event for it)
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.runner.close()
        await self.notifications.close()
        await self.database.close()


@pytest.fixture
async def url(spare_postgresql: SparePostgresql) -> AsyncIterator[str]:
    url = await spare_postgresql.take()
    yield url
    await spare_postgresql.give_back(url)


@pytest.fixture
async def here(url: str) -> AsyncIterator[Replica]:
    here = Replica(url)
    yield here
    await here.close()


@pytest.fixture
async def there(url: str) -> AsyncIterator[Replica]:
    there = Replica(url)
    yield there
    await there.close()


async def changes(replica: Replica) -> None:
    async with replica.database.writing() as session:
        await change_counters.raise_version(session, "settings")


async def happens(event: asyncio.Event) -> None:
    async with asyncio.timeout(30):
        await event.wait()


async def test_a_commit_wakes_who_waits_in_another_process(here: Replica, there: Replica) -> None:
    reacted = asyncio.Event()

    async def react() -> None:
        reacted.set()

    await here.listens()
    await there.listens()
    watcher = ChangeWatcher(here.database, {"settings": react})
    here.runner.repeat(PeriodicTask("changes", HOURS, watcher.look, tables=change_counters.TABLES))
    await changes(there)
    await happens(reacted)


async def test_a_wake_up_reaches_the_leader(here: Replica, there: Replica) -> None:
    ran = asyncio.Event()

    async def run(_session: AsyncSession, _now: datetime, _context: ClockContext) -> bool:
        ran.set()
        return False

    async def report(_what: str, error: BaseException) -> None:
        raise error

    job = Job(WakeUp.OFFERS, timedelta(seconds=HOURS), run)
    scheduler = Scheduler(
        here.database, lambda: NOON, lambda: True, here.database.writing, clock_context(), [job], report, here.looks
    )
    wake_ups.listen(there.database, lambda _name: None)
    await here.listens()
    await there.listens()
    scheduler.start()
    try:
        async with there.database.writing() as session:
            wake_ups.request(session, WakeUp.OFFERS)
        await happens(ran)
    finally:
        await scheduler.stop()


async def test_what_it_told_itself_is_no_news(here: Replica) -> None:
    await here.notifications.exchange()
    await changes(here)
    before, woken = here.written.last(change_counters.TABLES), asyncio.Event()
    here.written.wake(woken, change_counters.TABLES)
    await here.notifications.exchange()
    assert not here.written.untold and not woken.is_set()
    assert here.written.last(change_counters.TABLES) == before


async def test_what_needs_no_waking_is_told_without(here: Replica, there: Replica) -> None:
    await here.notifications.exchange()
    await there.notifications.exchange()
    woken = asyncio.Event()
    here.written.wake(woken, change_counters.TABLES)
    before = here.written.last(change_counters.TABLES)
    async with there.database.writing(wakes=False) as session:
        await change_counters.raise_version(session, "settings")
    assert there.written.untold and not there.written.untold.added.is_set()
    await there.notifications.exchange()
    await heard(here)
    assert here.written.last(change_counters.TABLES) > before and not woken.is_set()


async def heard(replica: Replica) -> None:
    """What was told before has reached it: in one database, notifications come in the order of their commits."""
    replica.written.untold.add({"sample"}, wakes=True)
    await replica.notifications.exchange()


async def test_what_is_too_long_for_postgresql_is_everything(here: Replica, there: Replica) -> None:
    names = {f"table_{number:04}" for number in range(1_000)}
    payload = Announcement("a", frozenset(names)).payload()
    assert len(payload) <= LONGEST and parsed(payload).tables == EVERYTHING
    assert parsed(Announcement("a", frozenset({"cases"})).payload()).tables == {"cases"}
    assert parsed("of a later version").tables == EVERYTHING
    for odd in (
        '{"sender":"a","tables":"cases","quiet":[]}',
        '{"sender":"a","tables":[1,null],"quiet":[]}',
        '{"tables":[],"quiet":[]}',
        "[" * 10_000,
    ):
        assert parsed(odd).tables == EVERYTHING
    await here.notifications.exchange()
    await there.notifications.exchange()
    before = here.written.last({"cases"})
    there.written.untold.add(names, wakes=True)
    await there.notifications.exchange()
    await heard(here)
    assert here.written.last({"cases"}) > before


async def test_names_that_nobody_looks_for_are_not_kept(here: Replica, there: Replica) -> None:
    await here.listens()
    before = here.written.last(["cases"])
    async with there.database.writing() as session:
        for payload in (
            '{"sender":"x","tables":["invented"],"quiet":["other"]}',
            '{"sender":"x","tables":["cases"],"quiet":[]}',
        ):
            await session.execute(text("SELECT pg_notify('nuanxin', :payload)"), {"payload": payload})
    async with asyncio.timeout(30):
        while here.written.last(["cases"]) == before:  # noqa: ASYNC110 (it is told when it is told)
            await asyncio.sleep(0.01)
    assert here.written.last(["invented"]) == here.written.last(["other"]) == here.written.last([])


async def test_a_lost_connection_means_looking_until_it_is_back(
    here: Replica, there: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is known at once, not when it next says something."""
    monkeypatch.setattr(notifications, "SAID_EVERY", HOURS)
    assert here.looks.at_least_every == 0.0, "it does not listen yet"
    await here.listens()
    assert here.looks.at_least_every == AT_LEAST_EVERY
    woken, noted = asyncio.Event(), list[bool]()
    here.written.wake(woken, change_counters.TABLES)
    see_others = here.written.see_others

    def note(*, sees: bool) -> None:
        if sees != here.written.sees_others:
            noted.append(sees)
        see_others(sees=sees)

    monkeypatch.setattr(here.written, "see_others", note)
    async with there.database.writing() as session:
        assert (await session.execute(END)).all()
    await happens(woken)
    await here.until(hears=True)
    assert noted == [False, True]


async def test_a_silent_connection_is_found_out(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "HEARD_WITHIN", 0.5)
    monkeypatch.setattr(notifications, "SAID_EVERY", 0.2)
    monkeypatch.setattr(notifications, "RETRIED_AFTER", 0.1)
    proxy = DatabaseProxy(url)
    async with proxy.running() as through:
        here = Replica(through)
        await here.listens()
        await here.until(hears=True)
        proxy.flows.clear()
        await here.until(hears=False)
        proxy.flows.set()
        await here.until(hears=True)
        await here.close()


async def test_without_a_connection_of_its_own_it_tells_through_the_pool(
    here: Replica, there: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where PgBouncer has none left."""

    async def refuse() -> None:
        raise ConnectionRefusedError

    woken = asyncio.Event()
    await here.listens()
    here.written.wake(woken, change_counters.TABLES)
    monkeypatch.setattr(there.notifications, "listen", refuse)
    await there.listens()
    await changes(there)
    await happens(woken)
    assert not there.written.sees_others


async def test_what_a_command_line_writes_is_told_when_it_ends(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The notice leaves without waiting for a look, also where other replicas handle updates."""
    monkeypatch.setattr("bot.telegram.delivery_sender.LOOKED_EVERY", HOURS)
    monkeypatch.setattr(Looks, "at_least_every", HOURS)
    database = opened(url)
    async with with_webhook(database, tmp_path) as hooked:
        town = hooked.town
        coordinator = town.rider(COORDINATOR)
        await town.until(lambda: town.app.base.leader.leads() and database.written.sees_others)
        town.deliver()
        command = opened(url)
        async with command.writing() as session:
            await delivery_queue.add(session, Addressed(coordinator.id, ReviewsWait(1), NOON))
        await command.close()
        await coordinator.hears()
    await database.close()


def test_what_is_looked_at_is_told(jobs_and_tasks: list[frozenset[str]]) -> None:
    assert len(jobs_and_tasks) >= 8
    assert all(tables.isdisjoint(NOT_TOLD) for tables in jobs_and_tasks)


@pytest.fixture
async def jobs_and_tasks(town: Town) -> list[frozenset[str]]:
    tables = [task.tables for task in town.app.background.tasks] + [job.tables for job in jobs()]
    return [delivery_queue.TABLES, *(one for one in tables if one is not None)]


async def test_replicas_that_have_nothing_to_do_say_so_in_few_statements(database: Database) -> None:
    """A follower in one; the leader also reads what the others want, and writes only what changes."""
    if not database.is_postgresql:
        pytest.skip("nothing is asked over a network, and statements go past the engine's events")
    sent: list[str] = []

    def quota(name: str, *, leads: bool) -> RateQuota:
        process, pacer = Process(name, "1", NOON, None), Pacer(30.0)
        return RateQuota(database, pacer, lambda: leads, lambda: NOON, lambda: process, 30.0, together=True)

    async def beat(quota: RateQuota) -> list[str]:
        sent.clear()
        await quota.heartbeat()
        return [statement.split()[0] for statement in sent]

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def on_execute(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    leader, follower = quota("a", leads=True), quota("b", leads=False)
    for _ in range(4):
        await beat(leader)
        await beat(follower)
    assert await beat(leader) == ["INSERT", "SELECT"]
    assert await beat(follower) == ["INSERT"]
