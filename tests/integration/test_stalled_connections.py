"""PostgreSQL behind a network that stalls, and processes that are frozen in a transaction: nobody waits long."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from benchmarks.support.database_proxy import DatabaseProxy
from storage.coordination import change_counters
from storage.database import Database
from storage.database_errors import Cause, cause_of, is_outage
from storage.engine import postgresql_engine
from tests.support.databases import new_database, opened


@pytest.fixture
def impatient_url(postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database of the newest schema, and a program that waits for it no longer than these tests want to take.

    Only once it is migrated: a busy machine may hold up a migration for longer than that.
    """
    monkeypatch.setattr(postgresql_engine, "IDLE_FOR_AT_MOST", 0.5)
    monkeypatch.setattr(postgresql_engine, "WAITS_FOR_LOCKS", 0.2)
    monkeypatch.setattr(postgresql_engine, "ANSWERS_WITHIN", 1.0)
    return postgresql_url


LOCK = text("SELECT value FROM versions WHERE name = 'settings' FOR UPDATE")


async def locked_in_the_end(database: Database) -> None:
    """Tries again while it is locked, as the bot does with an update."""
    while True:
        try:
            async with database.writing() as session:
                await session.execute(LOCK)
        except DBAPIError as error:
            assert cause_of(error) is Cause.LOCKED
        else:
            return


async def until_waiting(database: Database, count: int) -> None:
    """Until so many connections wait for a lock."""
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    found = 0
    while found < count:
        async with database.reading() as session:
            found = await session.scalar(waiting) or 0


async def test_a_row_lock_of_a_frozen_process_stops_others_only_for_a_while(impatient_url: str) -> None:
    frozen, healthy = opened(impatient_url), opened(impatient_url)
    async with healthy.writing() as session:
        await change_counters.raise_version(session, "settings")
    async with frozen.writing() as stuck:
        await change_counters.raise_version(stuck, "settings")
        begun = time.monotonic()
        await locked_in_the_end(healthy)
        assert time.monotonic() - begun < 5
        with pytest.raises(Exception) as raised:
            await stuck.execute(text("SELECT 1"))
        assert is_outage(raised.value)
        await stuck.invalidate()
    await frozen.close()
    await healthy.close()


async def test_those_that_waited_in_a_frozen_process_do_not_get_the_lock_one_after_the_other(
    impatient_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql_engine, "ANSWERS_WITHIN", 5.0)
    frozen, healthy = opened(impatient_url, connections=4), opened(impatient_url)
    async with healthy.writing() as session:
        await change_counters.raise_version(session, "settings")
    connected = asyncio.Barrier(5)

    async def freezes() -> None:
        async with frozen.writing() as session:
            await connected.wait()
            await session.execute(LOCK)
            await asyncio.Event().wait()

    stuck = [asyncio.create_task(freezes()) for _ in range(4)]
    await connected.wait()
    begun = time.monotonic()
    await until_waiting(healthy, 3)
    await locked_in_the_end(healthy)
    assert time.monotonic() - begun < 1.2
    for task in stuck:
        task.cancel()
    await asyncio.gather(*stuck, return_exceptions=True)
    await frozen.close()
    await healthy.close()


async def test_a_stalled_network_is_an_outage_and_over_when_it_flows_again(impatient_url: str) -> None:
    proxy = DatabaseProxy(impatient_url)
    async with proxy.running() as url:
        database = opened(url)
        async with database.reading() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        proxy.flows.clear()
        begun = time.monotonic()
        with pytest.raises(Exception) as raised:
            async with database.reading() as session:
                await session.scalar(text("SELECT 1"))
        assert is_outage(raised.value)
        assert time.monotonic() - begun < 10
        proxy.flows.set()
        async with database.reading() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await database.close()


@pytest.mark.parametrize("asked_after", [0.0, 60.0])
async def test_connections_that_the_server_has_ended_are_replaced(
    postgresql: str, monkeypatch: pytest.MonkeyPatch, asked_after: float
) -> None:
    """Whether they are asked before use, or were used a moment ago."""
    monkeypatch.setattr(postgresql_engine, "ASKED_AFTER", asked_after)
    url = await new_database(postgresql)
    here, there = opened(url), opened(url)
    which = text("SELECT pg_backend_pid()")
    async with here.engine.connect() as first, here.engine.connect() as second:
        ended = {await first.scalar(which), await second.scalar(which)}
    async with there.engine.begin() as connection:
        for pid in ended:
            await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    await asyncio.sleep(0.1)
    async with here.engine.connect() as first, here.engine.connect() as second:
        assert ended.isdisjoint({await first.scalar(which), await second.scalar(which)})
    await here.close()
    await there.close()
