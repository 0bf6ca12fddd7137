"""Deliveries out: the leader claims what is due, has it sent, and writes down what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

from bot.background.leader_election import Leader
from bot.observability.logs import logger
from bot.telegram.courier import Courier
from bot.telegram.delivery_attempts import STALE_AFTER, DeliveryAttempts, Render
from bot.telegram.recipient_queue import Batch, RecipientQueue
from bot.waiting import wait_at_most
from storage.coordination.batching import Batcher
from storage.coordination.looks import Looks
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.ids import DeliveryId
from storage.deliveries.queue import LEASE, Claimed, Outcome
from storage.deliveries.table import State
from storage.operations import admins
from storage.operations.notices import DeliveryFailed
from storage.people.staff import Staff
from storage.telegram_ids import PersonId

log = logger("bot.telegram.delivery_sender")

LOOKED_EVERY = 0.5
"""Seconds, where it can't be known that there is nothing to do."""
_NAME = "deliveries"
IN_FLIGHT_SECONDS = 0.25
LEAST_IN_FLIGHT, MOST_IN_FLIGHT = 8, 256
CLAIMED_AT_ONCE = 128
"""Reading more would hold the event loop for longer than a broadcast can catch up (`pacing.CAUGHT_UP`)."""
SETTLED_EVERY = 0.01
"""Seconds between two transactions that write outcomes. A broadcast at a paid limit settles a delivery every
millisecond; a transaction for each of them costs three times as much."""


class DeliverySender:
    """Works on the leader only, until `leave`."""

    def __init__(
        self,
        database: Database,
        courier: Courier,
        render: Render,
        clock: Callable[[], datetime],
        leader: Leader,
        per_second: float,
        staff: Staff,
        looks: Looks,
    ) -> None:
        self._database = database
        self._clock = clock
        self._leader = leader
        self._staff = staff
        self._attempts = DeliveryAttempts(courier, render, clock)
        self.most_in_flight = min(MOST_IN_FLIGHT, max(LEAST_IN_FLIGHT, int(per_second * IN_FLIGHT_SECONDS)))
        self._room = asyncio.Semaphore(self.most_in_flight)
        self._settle = Batcher(self._settle_all, rest=SETTLED_EVERY)
        self._sending: dict[DeliveryId, asyncio.Task[None]] = {}
        self._queues: WeakValueDictionary[PersonId, RecipientQueue] = WeakValueDictionary()
        """By recipient. A queue lives as long as something that was claimed for it is not done."""
        self._leaving = False
        self._looks = looks
        self._next_due: datetime | None = None
        self.awake = asyncio.Event()
        looks.wake(self.awake, delivery_queue.TABLES)

    @property
    def in_flight(self) -> int:
        return len(self._sending)

    async def run(self) -> None:
        """Until `leave`; what is being sent then is finished and written down."""
        released = False
        while not self._leaving:
            self.awake.clear()  # before the look: what is written during it is looked for in the next turn
            if not self._leader.leads():
                released = False
                self._looks.forget(_NAME)
                await self._rest()
            elif released or self._database.is_postgresql:
                await self._turn()
            else:
                released = await self._release()
        if self._sending:
            await asyncio.wait(self._sending.values(), timeout=STALE_AFTER)

    async def _release(self) -> bool:
        """On SQLite who leads knows that no other process sends: what a dead one had claimed need not lapse first."""
        try:
            async with self._leader.writing(apart=True) as session:
                await delivery_queue.release_all(session)
        except Exception as failure:
            log.warning("failed to release claimed deliveries; retrying", error=type(failure).__name__)
            await self._rest()
            return False
        return True

    def leave(self) -> None:
        """Claims nothing more; what is in flight is still settled."""
        self._leaving = True
        self.awake.set()

    async def _rest(self, seconds: float = LOOKED_EVERY) -> None:
        await wait_at_most(self.awake, seconds)

    def _idle_for(self) -> float:
        """Seconds until something may be due, unless `awake` is set before."""
        at_most = max(self._looks.at_least_every, LOOKED_EVERY)
        if self._next_due is None:
            return at_most
        seconds = (self._next_due - self._clock()).total_seconds()
        return min(seconds, at_most) if seconds > 0 else LOOKED_EVERY

    async def _turn(self) -> None:
        """One batch, or a wait for something to do."""
        pause = LOOKED_EVERY
        try:
            claimed = await self._claim()
            pause = self._idle_for()
        except Exception as failure:
            self._looks.forget(_NAME)
            log.warning("failed to claim deliveries; retrying", error=type(failure).__name__)
            claimed = []
        if not claimed and not self._leaving:
            await self._rest(pause)
        batch = Batch(asyncio.get_running_loop().time())
        for delivery, queue in [(delivery, self._queue_to(delivery.recipient)) for delivery in claimed]:
            await self._room.acquire()
            task = asyncio.create_task(self._deliver(delivery, batch, queue))
            self._sending[delivery.id] = task
            task.add_done_callback(partial(self._done, delivery.id))
            await asyncio.sleep(0)

    def _queue_to(self, recipient: PersonId) -> RecipientQueue:
        return self._queues.setdefault(recipient, RecipientQueue())

    def _done(self, delivery_id: DeliveryId, _task: asyncio.Task[None]) -> None:
        del self._sending[delivery_id]
        self._room.release()

    async def _claim(self) -> list[Claimed]:
        is_due = self._next_due is not None and self._next_due <= self._clock()
        if not self._looks.is_worth(_NAME, delivery_queue.TABLES) and not is_due:
            return []
        async with self._database.reading() as session:
            self._next_due = await delivery_queue.next_due(session)
        if self._next_due is None or self._next_due > self._clock():
            return []
        async with self._leader.writing(apart=True) as session:
            most = min(2 * self.most_in_flight, CLAIMED_AT_ONCE)
            claimed = await delivery_queue.claim(session, self._clock(), most)
        # A clock that jumped ahead lets the leases lapse of what is just being sent here.
        return [delivery for delivery in claimed if delivery.id not in self._sending]

    async def _deliver(self, delivery: Claimed, batch: Batch, queue: RecipientQueue) -> None:
        """Sends it in its turn; its slot is free again once the outcome is written down."""
        try:
            async with queue.turn(batch) as put_off_until:
                try:
                    outcome = await self._outcome(delivery, batch, put_off_until)
                    if outcome.due is not None and delivery.ordered:
                        queue.put_off(batch, outcome.due)
                    await self._settle(outcome)
                except Exception:
                    # Nobody knows whether it went out. Its lease lapses, and it is tried again.
                    queue.put_off(batch, self._clock() + LEASE)
                    raise
            await self._after(delivery, outcome)
        except Exception as failure:
            log.error("failed to settle a delivery", error=type(failure).__name__, exc_info=failure)

    async def _outcome(self, delivery: Claimed, batch: Batch, put_off_until: datetime | None) -> Outcome:
        if delivery.ordered and put_off_until is not None:
            return Outcome(delivery.id, State.WAITING, delivery.tries, due=put_off_until)
        return await self._attempts.attempt(delivery, batch.claimed_at)

    async def _after(self, delivery: Claimed, outcome: Outcome) -> None:
        if delivery.ordered:
            self.awake.set()  # the next one to this person may be claimed now
        is_notice = delivery.broadcast_id is None and delivery.target is None
        if outcome.state is State.FAILED and is_notice and delivery.kind != DeliveryFailed.kind:
            await self._tell_admins(delivery, outcome)

    async def _tell_admins(self, delivery: Claimed, outcome: Outcome) -> None:
        """A broadcast shows its failed ones in its panel; of others somebody has to hear."""
        notice = DeliveryFailed(delivery.kind, outcome.tries, outcome.trouble or "")
        now = self._clock()
        async with self._database.writing(apart=True) as session:
            await admins.tell(session, self._staff, notice, now)

    async def _settle_all(self, outcomes: Sequence[Outcome]) -> list[None]:
        # What was put off is to be claimed again, sooner than a look during its claim could know. Of the rest there is
        # nothing new to be claimed: `_after` says so where there is.
        is_put_off = any(outcome.state is State.WAITING for outcome in outcomes)
        async with self._database.writing(apart=True, wakes=is_put_off) as session:
            await delivery_queue.settle(session, outcomes, self._clock())
        return [None] * len(outcomes)
