"""The order in which one person hears what is queued for them (docs/delivery-order.md)."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from storage.cases import copies as case_copies
from storage.cases.copies import CASE_MESSAGE
from storage.cases.ids import CaseMessageId
from storage.database import Database
from storage.deliveries import ordering
from storage.deliveries import queue as delivery_queue
from storage.deliveries import retention as delivery_retention
from storage.deliveries.ids import DeliveryId
from storage.deliveries.queue import Claimed, Outcome
from storage.deliveries.table import Delivery, State
from storage.telegram_ids import MessageId, PersonId
from tests.support.simulator import NOON


async def _queue(database: Database, recipients: list[int]) -> list[int]:
    async with database.writing() as session:
        for at, recipient in enumerate(recipients):
            await ordering.queue(session, PersonId(recipient), CASE_MESSAGE, at, NOON)
    async with database.reading() as session:
        return list(await session.scalars(select(Delivery.id).order_by(Delivery.id)))


async def test_what_was_put_off_holds_back_what_comes_after_it_for_the_same_person(database: Database) -> None:
    first, second, other, third = await _queue(database, [1, 1, 2, 1])
    async with database.writing() as session:
        claimed = await delivery_queue.claim(session, NOON, 2)
        assert [one.id for one in claimed] == [first, second]
        later = NOON + timedelta(seconds=60)
        await delivery_queue.settle(session, [Outcome(DeliveryId(first), State.WAITING, 1, later)], NOON)
        # The second one is still on its way, the third must not overtake either; the other person's may go.
        assert [one.id for one in await delivery_queue.claim(session, NOON, 8)] == [other]
        await delivery_queue.settle(session, [Outcome(DeliveryId(other), State.SENT, 1)], NOON)
        await delivery_queue.settle(session, [Outcome(DeliveryId(second), State.WAITING, 0, later)], NOON)
        assert await delivery_queue.claim(session, NOON + timedelta(seconds=59), 8) == []
        assert [one.id for one in await delivery_queue.claim(session, later, 2)] == [first, second]
        assert await delivery_queue.claim(session, later, 8) == []
        await delivery_queue.settle(
            session, [Outcome(DeliveryId(one), State.SENT, 1) for one in (first, second)], later
        )
        assert [one.id for one in await delivery_queue.claim(session, later, 8)] == [third]


async def test_whatever_is_claimed_killed_and_put_off_keeps_its_order(database: Database) -> None:
    """Random turns: messages of several cases by transactions whose clocks differ by some milliseconds, claims of a few
    at a time, sends, some put off, processes killed in the middle of a batch."""
    said: Counter[tuple[int, int]] = Counter()
    heard: dict[tuple[int, int], list[int]] = defaultdict(list)
    for seed in range(2):
        chance, now = random.Random(seed), NOON + timedelta(days=seed)
        for _ in range(60):
            now += timedelta(seconds=chance.choice((0.01, 0.5, 3, 12)))
            async with database.writing() as session:
                for _ in range(chance.randint(0, 6)):
                    case = (seed * 100 + chance.randint(1, 3), chance.randint(1, 3))
                    late = timedelta(milliseconds=10 * case[1])  # each case's clock is its own
                    subject = case[1] * 1_000 + said[case]
                    await ordering.queue(session, PersonId(case[0]), CASE_MESSAGE, subject, now - late)
                    said[case] += 1
            async with database.writing() as session:
                claimed = await delivery_queue.claim(session, now, 4)
            await _carry(database, claimed, heard, chance, now)
    assert sum(map(len, heard.values())) > 120
    for case, got in heard.items():
        first = list(dict.fromkeys(got))
        assert first == list(range(len(first))), case


async def _carry(
    database: Database,
    claimed: list[Claimed],
    heard: dict[tuple[int, int], list[int]],
    chance: random.Random,
    now: datetime,
) -> None:
    """As the sender does: one after the other to each person; what is behind one that was put off waits too."""
    outcomes, put_off = [], dict[int, datetime]()
    for one in claimed:
        fate = chance.random()
        if fate < 0.1:
            break  # killed: the rest stays claimed until the lease lapses
        if one.recipient in put_off or fate < 0.25:
            until = put_off.setdefault(one.recipient, now + timedelta(seconds=chance.choice((0, 1, 20))))
            outcomes.append(Outcome(one.id, State.WAITING, one.tries, until))
            continue
        heard[one.recipient, (one.subject or 0) // 1_000].append((one.subject or 0) % 1_000)
        outcomes.append(Outcome(one.id, State.SENT, one.tries + 1))
    if outcomes:
        async with database.writing() as session:
            await delivery_queue.settle(session, outcomes, now)


async def test_copies_are_remembered_as_long_as_the_case(database: Database) -> None:
    (first,) = await _queue(database, [1])
    async with database.writing() as session:
        await delivery_queue.claim(session, NOON, 8)
        await delivery_queue.settle(
            session, [Outcome(DeliveryId(first), State.SENT, 1, message_id=MessageId(77))], NOON
        )
        await delivery_retention.forget(session, NOON + timedelta(days=400))
        assert await case_copies.message_at(session, PersonId(1), MessageId(77)) == 0
        assert await case_copies.place(session, PersonId(1), CaseMessageId(0)) == 77


async def test_the_indexes_of_what_is_in_order_are_used(database: Database) -> None:
    """Each message and each claim asks these; without an index each would go through all deliveries. What is behind is
    found by the recipient or by the state: PostgreSQL chooses by what there is most of."""
    await _queue(database, [1, 2])
    behind = select(Delivery.id).where(Delivery.ordered, Delivery.recipient == 1, Delivery.state == State.WAITING)
    copies = select(Delivery.id).where(Delivery.ordered, Delivery.subject == 1)
    explain = "EXPLAIN " if database.is_postgresql else "EXPLAIN QUERY PLAN "
    async with database.reading() as session:
        if database.is_postgresql:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, index in ((behind, "ix_deliveries_in_order"), (copies, "ix_deliveries_in_order_about")):
            connection = await session.connection()
            compiled = statement.compile(connection.sync_engine, compile_kwargs={"literal_binds": True})
            plan = await session.execute(text(explain + str(compiled)))
            assert index in " ".join(str(value) for row in plan for value in row)


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
async def test_what_another_replica_is_claiming_is_not_overtaken(database: Database) -> None:
    """Its claim is not committed yet, so its rows look as if they waited."""
    first, second, third = await _queue(database, [1, 1, 1])
    async with database.writing() as other, database.writing() as session:
        assert [one.id for one in await delivery_queue.claim(other, NOON, 2)] == [first, second]
        assert await delivery_queue.claim(session, NOON, 8) == []
    async with database.writing() as session:
        outcomes = [Outcome(DeliveryId(one), State.SENT, 1) for one in (first, second)]
        await delivery_queue.settle(session, outcomes, NOON)
        assert [one.id for one in await delivery_queue.claim(session, NOON, 8)] == [third]


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
async def test_what_was_queued_while_another_one_was_put_off_is_not_sent_before_it(database: Database) -> None:
    """Neither of the two transactions sees the other's."""
    (first,) = await _queue(database, [1])
    later = NOON + timedelta(seconds=60)
    async with database.writing() as session:
        await delivery_queue.claim(session, NOON, 8)
    async with database.writing() as session, database.writing() as writer:
        await ordering.queue(writer, PersonId(1), CASE_MESSAGE, 5, NOON)
        await delivery_queue.settle(session, [Outcome(DeliveryId(first), State.WAITING, 1, later)], NOON)
    async with database.writing() as session:
        second = await session.scalar(select(func.max(Delivery.id)))
        assert await delivery_queue.claim(session, later - timedelta(seconds=1), 8) == []
        assert [one.id for one in await delivery_queue.claim(session, later, 1)] == [first]
        await delivery_queue.settle(session, [Outcome(DeliveryId(first), State.SENT, 2)], later)
        assert [one.id for one in await delivery_queue.claim(session, later, 8)] == [second]
