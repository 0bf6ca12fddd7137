"""Who waits for a slot at the pacer, or for a claim, gets one, however many are more urgent. No time passes here."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.telegram.pacing import EVERY, EVERY_OF_URGENT, Pacer, Priority
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import BROADCAST, NOTICE, REMINDER
from storage.membership.ids import MemberNumber
from storage.membership.notices import ApplicationApproved
from storage.telegram_ids import PersonId
from tests.support.simulator import NOON

URGENT, REPLY = Priority.URGENT, Priority.REPLY


async def let_go(waiting: Sequence[Priority]) -> list[tuple[Priority, int]]:
    """In which order those leave that wait at the same time; each with its number."""
    moments = itertools.count(100.0, 0.001)  # a broadcast that is alone is spread
    pacer, order = Pacer(10_000, lambda: next(moments)), list[tuple[Priority, int]]()
    pacer.change(0.0)

    async def send(priority: Priority, number: int) -> None:
        await pacer.slot(priority)
        order.append((priority, number))

    tasks = [asyncio.create_task(send(priority, number)) for number, priority in enumerate(waiting)]
    await asyncio.sleep(0)
    assert pacer.waiting == len(waiting)
    pacer.change(10_000.0)
    await asyncio.gather(*tasks)
    return order


@pytest.mark.parametrize("kind", [Priority.NOTICE, Priority.REMINDER, Priority.BROADCAST])
async def test_answers_to_known_people_leave_every_nth_slot_to_who_waits(kind: Priority) -> None:
    order = await let_go([REPLY] * 200 + [kind] * 3)
    every = EVERY[kind] + 1
    found = [at + 1 for at, (priority, _) in enumerate(order) if priority is kind]
    assert found == [every, 2 * every, 3 * every]


async def test_all_kinds_together_leave_most_slots_to_answers() -> None:
    order = await let_go([priority for priority in Priority if priority is not URGENT for _ in range(300)])
    first = [priority for priority, _ in order[:300]]
    assert first.count(REPLY) >= 0.7 * 300
    assert first.count(Priority.NOTICE) >= 30 and first.count(Priority.REMINDER) >= 30
    assert first.count(Priority.BROADCAST) >= 9


async def test_what_is_urgent_goes_before_all_that_is_owed_a_slot() -> None:
    """Until it is a flood itself: then answers go on all the same."""
    order = await let_go([REPLY] * 100 + [Priority.NOTICE] * 100 + [URGENT] * 100)
    assert {priority for priority, _ in order[: EVERY_OF_URGENT * EVERY[REPLY]]} == {URGENT}
    assert 4 <= sum(priority is REPLY for priority, _ in order[:110]) <= 8


async def test_within_a_kind_the_order_stays() -> None:
    order = await let_go([*Priority] * 100)
    for priority in Priority:
        numbers = [number for kind, number in order if kind is priority]
        assert numbers == sorted(numbers) and len(numbers) == 100


async def test_notices_leave_room_in_each_claim_to_what_is_less_urgent(database: Database) -> None:
    async with database.writing() as session:
        for priority in (NOTICE, REMINDER, BROADCAST):
            for number in range(40):
                notice = ApplicationApproved(MemberNumber(number))
                await delivery_queue.add(session, Addressed(PersonId(number), notice, NOON, priority))
    async with database.writing() as session:
        claimed = await delivery_queue.claim(session, NOON + timedelta(seconds=1), 16)
    kinds = [one.priority for one in claimed]
    assert [kinds.count(priority) for priority in (NOTICE, REMINDER, BROADCAST)] == [16, 2, 2]
