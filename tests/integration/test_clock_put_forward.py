"""A clock jumps ahead, as after a machine slept: the lease of what is just being sent has lapsed by then."""

from __future__ import annotations

from datetime import timedelta

from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import LEASE, Addressed
from storage.membership.notices import ReviewsWait
from tests.support.simulator import COORDINATOR, NOON, Town


async def test_what_is_being_sent_meanwhile_is_sent_once(town: Town) -> None:
    coordinator, sender = town.rider(COORDINATOR), town.app.background.delivery_sender
    town.api.latency = 0.3
    await sends(town, 1)
    await town.until(lambda: sender.in_flight == 1)
    town.now = NOON + LEASE + timedelta(seconds=1)
    await town.until(lambda: sender.in_flight == 0)
    town.api.latency = 0.0
    await sends(town, 2)
    await coordinator.hears_of("2")
    assert len(coordinator.heard) == 2


async def sends(town: Town, number: int) -> None:
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(town.rider(COORDINATOR).id, ReviewsWait(number), NOON))
