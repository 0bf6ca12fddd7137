"""Processes on one SQLite file: a transaction in hand neither hides that the lease is lost nor costs it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.background import leader_election
from bot.background.leader_election import RENEWED_EVERY, TAKEN_AFTER, Leader
from storage.coordination import leases
from storage.coordination.leases import Lease
from storage.database import Database
from tests.support.clock import Time
from tests.support.databases import opened


@dataclass(frozen=True)
class Machine:
    """Two processes on one file, and the clock that both have."""

    time: Time
    database: Database
    first: Leader
    second: Leader

    async def beat(self) -> int:
        async with self.database.reading() as session:
            return await session.scalar(select(Lease.beat)) or 0


@pytest.fixture
async def machine(database: Database, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Machine]:
    if database.is_postgresql:
        pytest.skip("PostgreSQL has no file that one process holds")
    monkeypatch.setattr(leader_election, "ANSWERS_WITHIN", 0.2)
    time, beside = Time(), opened(migrated_url)
    made = Machine(time, database, Leader(database, lambda: "a:1", time), Leader(beside, lambda: "b:1", time))
    await made.first.look()
    await made.second.look()
    assert made.first.leads() and not made.second.leads()
    yield made
    await made.first.give_back()
    await made.second.give_back()
    await beside.close()


async def test_who_wakes_with_a_transaction_in_hand_does_not_lead_again(machine: Machine) -> None:
    machine.time.now += TAKEN_AFTER
    await machine.second.look()
    assert machine.second.leads()
    async with machine.database.writing():
        await machine.first.look()
        assert not machine.first.leads()


async def test_a_busy_leader_renews_its_lease(machine: Machine) -> None:
    """However often a look meets a transaction: others would take a lease that is not renewed."""

    async def writes(begun: asyncio.Event) -> None:
        async with machine.database.writing():
            begun.set()
            await asyncio.sleep(0.01)

    for _ in range(5):
        before, begun = await machine.beat(), asyncio.Event()
        writing = asyncio.create_task(writes(begun))
        await begun.wait()
        machine.time.now += RENEWED_EVERY
        await machine.first.look()
        await writing
        assert await machine.beat() > before


async def test_a_renewal_does_not_wait_behind_all_that_wait_to_write(machine: Machine) -> None:
    async def writes() -> None:
        async with machine.database.writing():
            await asyncio.sleep(0.02)

    writing = [asyncio.create_task(writes()) for _ in range(50)]
    await asyncio.sleep(0.01)
    before = await machine.beat()
    machine.time.now += RENEWED_EVERY
    await machine.first.look()
    assert await machine.beat() > before and not writing[-1].done()
    writing[-2].cancel()  # who gives up stops nobody
    await asyncio.gather(*writing, return_exceptions=True)
    assert writing[-1].done()


async def test_a_long_transaction_does_not_cost_the_lead(machine: Machine) -> None:
    async with machine.database.writing():
        for _ in range(5):
            machine.time.now += RENEWED_EVERY
            await machine.first.look()
            assert machine.first.leads()
    await machine.first.look()
    machine.time.now += RENEWED_EVERY
    await machine.second.look()
    assert machine.first.leads() and not machine.second.leads()


async def test_a_full_disk_costs_nobody_the_lead(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The leader went on looking for updates only between two looks: words of danger waited."""
    full = sqlite3.OperationalError("database or disk is full")
    full.sqlite_errorcode = sqlite3.SQLITE_FULL

    async def no_room(*_arguments: object) -> bool:
        raise OperationalError("UPDATE leases", {}, full)

    with monkeypatch.context() as patched:
        patched.setattr(leases, "renew", no_room)
        patched.setattr(leases, "take", no_room)
        patched.setattr(leases, "cut_off", no_room)
        for _ in range(20):
            machine.time.now += RENEWED_EVERY
            await machine.first.look()
            await machine.second.look()
            assert machine.first.leads() and not machine.second.leads()
    for _ in range(5):
        machine.time.now += RENEWED_EVERY
        await machine.second.look()
        await machine.first.look()
        assert machine.first.leads() and not machine.second.leads(), "there is room again"
