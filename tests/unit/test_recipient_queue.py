"""What is in flight to one person: one after the other, and what follows something that was put off waits with it."""

from __future__ import annotations

import asyncio
import gc
from datetime import timedelta
from weakref import WeakValueDictionary

import pytest

from bot.telegram.recipient_queue import Batch, RecipientQueue
from tests.support.simulator import NOON


async def test_turns_are_taken_in_the_order_in_which_they_were_asked_for() -> None:
    queue, batch, told = RecipientQueue(), Batch(0.0), list[str]()

    async def send(text: str) -> None:
        async with queue.turn(batch):
            told.append(f"{text} begins")
            await asyncio.sleep(0)
            told.append(f"{text} ends")

    await asyncio.gather(*(send(text) for text in "abc"))
    assert told == [f"{text} {what}" for text in "abc" for what in ("begins", "ends")]


async def test_what_was_claimed_with_something_that_was_put_off_waits_with_it() -> None:
    """Also what gets its turn much later; what is claimed afterwards is the table's affair."""
    queue, first, second = RecipientQueue(), Batch(0.0), Batch(1.0)
    later = NOON + timedelta(seconds=60)
    async with queue.turn(first) as until:
        assert until is None
        queue.put_off(first, later)
    for _ in range(2):
        async with queue.turn(first) as until:
            assert until == later
    async with queue.turn(second) as until:
        assert until is None


async def test_a_turn_that_fails_lets_the_next_one_begin() -> None:
    queue, batch = RecipientQueue(), Batch(0.0)
    with pytest.raises(ValueError, match="broken"):
        async with queue.turn(batch):
            queue.put_off(batch, NOON)
            raise ValueError("broken")
    async with asyncio.timeout(1), queue.turn(batch) as until:
        assert until == NOON


@pytest.mark.usefixtures("fresh_heap")
async def test_a_queue_is_remembered_as_long_as_something_refers_to_it() -> None:
    """The sender keeps them so: nothing is kept for people to whom nothing is in flight."""
    queues: WeakValueDictionary[int, RecipientQueue] = WeakValueDictionary()
    queue = queues.setdefault(7, RecipientQueue())
    assert queues.setdefault(7, RecipientQueue()) is queue
    del queue
    gc.collect()
    assert 7 not in queues
