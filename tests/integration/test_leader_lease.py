"""Who leads: a dead, frozen or cut-off leader is replaced, and a former one can do nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from sqlalchemy import select

from bot.background.leader_election import TAKEN_AFTER, TAKEN_FROM_THE_DEAD_AFTER, VALID_FOR, Leader
from storage.coordination import leader_lock, leases
from storage.coordination.leases import Lease, LeaseLost
from storage.coordination.run_once import Occasion
from storage.database import Database
from tests.support.simulator import NOON


class Machine:
    """Two processes on one database, and the clock that both have."""

    def __init__(self, database: Database) -> None:
        self.uptime = 1_000.0
        self.first = Leader(database, lambda: "a:1", lambda: self.uptime)
        self.second = Leader(database, lambda: "b:1", lambda: self.uptime)


@pytest.fixture
async def machine(database: Database) -> AsyncIterator[Machine]:
    made = Machine(database)
    await made.first.look()
    await made.second.look()
    assert made.first.leads() and not made.second.leads()
    yield made
    await made.first.give_back()
    await made.second.give_back()


async def test_a_leader_that_renews_stays(machine: Machine) -> None:
    for _ in range(20):
        machine.uptime += 1.0
        await machine.first.look()
        await machine.second.look()
        assert machine.first.leads() and not machine.second.leads()


async def test_a_frozen_leader_is_replaced_and_can_do_nothing_when_it_wakes(
    machine: Machine, database: Database
) -> None:
    await machine.second.look()
    frozen_at = machine.uptime
    while not machine.second.leads():
        machine.uptime += 1.0
        await machine.second.look()
        assert not (machine.first.leads() and machine.second.leads())
    assert machine.uptime - frozen_at <= 10 - VALID_FOR
    assert not machine.first.leads(), "it knows by its own clock"
    with pytest.raises(LeaseLost):
        async with machine.first.writing():
            raise AssertionError
    await machine.first.look()
    assert not machine.first.leads() and machine.second.leads()
    for _ in range(10):
        machine.uptime += 1.0
        await machine.second.look()
        await machine.first.look()
        assert machine.second.leads() and not machine.first.leads(), "the lead does not go to and fro"


async def test_a_transaction_of_a_former_leader_is_undone(machine: Machine, database: Database) -> None:
    """It may not know yet: its clock stood still with it."""
    async with database.writing() as session:
        connection = await session.connection()
        observed = await leases.observe(connection, "leader")
        assert await leases.take(connection, "leader", "b:1", observed) == 2
    assert machine.first.leads(), "it does not know"
    with pytest.raises(LeaseLost):
        async with machine.first.writing() as session:
            session.add(Occasion(name="done twice", at=NOON))
    async with database.reading() as session:
        assert await session.scalar(select(Occasion)) is None
    await machine.first.look()
    assert not machine.first.leads()


async def test_a_dead_leader_is_replaced_soon_since_its_lock_is_free(database: Database) -> None:
    made = Machine(database)
    async with AsyncExitStack() as life:
        holds = await life.enter_async_context(leader_lock.candidate(database))
        assert await holds.look()
        async with database.writing() as session:
            assert await leases.take(await session.connection(), "leader", "c:1", None) == 1
        await made.second.look()
        made.uptime += TAKEN_FROM_THE_DEAD_AFTER + 0.1
        await made.second.look()
        assert not made.second.leads(), "it lives: its lock is held"
    await made.second.look()
    assert made.second.leads()
    await made.second.give_back()


async def test_a_lead_that_is_given_back_is_taken_at_once(machine: Machine) -> None:
    await machine.first.give_back()
    assert not machine.first.leads()
    await machine.second.look()
    assert machine.second.leads()


async def test_a_process_of_version_0_7_leads_by_its_lock_alone(database: Database) -> None:
    made = Machine(database)
    async with leader_lock.candidate(database) as old:
        assert await old.look()
        for _ in range(3):
            await made.first.look()
            made.uptime += TAKEN_AFTER
        assert not made.first.leads()
    await made.first.look()
    assert made.first.leads()
    await made.first.give_back()


async def test_two_who_saw_the_same_lease_do_not_both_get_it(database: Database) -> None:
    async with database.writing() as session:
        connection = await session.connection()
        assert await leases.take(connection, "leader", "a:1", None) == 1
        assert await leases.take(connection, "leader", "b:1", None) is None
        seen = await leases.observe(connection, "leader")
        assert await leases.take(connection, "leader", "b:1", seen) == 2
        assert await leases.take(connection, "leader", "c:1", seen) is None
        assert await leases.renew(connection, "leader", 2) and not await leases.renew(connection, "leader", 1)
        assert await session.scalar(select(Lease.beat)) == 1
