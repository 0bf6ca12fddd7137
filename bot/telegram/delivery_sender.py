"""Deliveries out: the leader claims what is due, sends it at the pace, and writes down what became of it.

What is done when a send may have arrived, but its answer was lost, depends on what it is: a broadcast is not repeated
(PERHAPS), a notice or reminder is repeated once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from telegram import error

from bot.observability.logs import logger
from bot.telegram.answers import ServerTrouble
from bot.telegram.courier import Courier, is_gone, is_settled, perhaps_sent
from bot.telegram.pacing import Priority
from bot.telegram.reachability import wait_of
from bot.waiting import wait_at_most
from handlers.admin import failed_deliveries
from handlers.chat.talk import Outgoing
from storage.coordination.batching import Grouped
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import LEASE, MAX_TRIES, Claimed, Notice, Outcome
from storage.deliveries.table import State
from storage.people.access import Right
from storage.people.staff import Staff

log = logger("bot.telegram.delivery_sender")

LOOKED_EVERY = 0.5
IN_FLIGHT_SECONDS = 0.25
LEAST_IN_FLIGHT, MOST_IN_FLIGHT = 8, 256
STALE_AFTER = 5.0
"""Seconds after which a claimed row that could not be sent is given back, well within its lease."""

HELD_BACK_FOR = 60.0
"""Seconds for which it is remembered that something was put off: longer than any batch takes."""

Render = Callable[[Claimed], Awaitable[Outgoing | None]]


class Delivering:
    """Works on the leader only, until `leave`."""

    def __init__(
        self,
        database: Database,
        courier: Courier,
        render: Render,
        clock: Callable[[], datetime],
        leading: asyncio.Event,
        per_second: float,
        staff: Staff,
    ) -> None:
        self._database = database
        self._courier = courier
        self._render = render
        self._clock = clock
        self._leading = leading
        self._staff = staff
        self.most_in_flight = min(MOST_IN_FLIGHT, max(LEAST_IN_FLIGHT, int(per_second * IN_FLIGHT_SECONDS)))
        self._room = asyncio.Semaphore(self.most_in_flight)
        self._settle = Grouped(self._settle_all)
        self._sending: set[asyncio.Task[None]] = set()
        self._last_to: dict[int, asyncio.Task[None]] = {}
        self._put_off: dict[int, tuple[float, datetime]] = {}
        """Of what is to reach a person in order: when the last one was put off (by the loop's clock), and until when.
        What was claimed before that moment waits with it; what is claimed afterwards, the table holds back itself."""
        self._outage_pause = 0.0
        self._resumes_at = float("-inf")
        """By the loop's clock: until then Telegram is not tried again after it could not be reached."""
        self._leaving = False
        self.awake = asyncio.Event()

    @property
    def in_flight(self) -> int:
        return len(self._sending)

    async def run(self) -> None:
        """Until `leave`; what is being sent then is finished and written down."""
        released = False
        while not self._leaving:
            if not self._leading.is_set():
                released = False
                await self._rest()
            elif released or self._database.is_postgresql:
                await self._turn()
            else:
                released = await self._release()
        if self._sending:
            await asyncio.wait(self._sending, timeout=STALE_AFTER)

    async def _release(self) -> bool:
        """On SQLite who leads knows that no other process sends: what a dead one had claimed need not lapse first."""
        try:
            async with self._database.writing(apart=True) as session:
                await delivery_queue.release_all(session)
        except Exception as trouble:
            log.warning("failed to release claimed deliveries; retrying", trouble=type(trouble).__name__)
            await self._rest()
            return False
        return True

    def leave(self) -> None:
        self._leaving = True
        self.awake.set()

    async def _rest(self) -> None:
        self.awake.clear()
        await wait_at_most(self.awake, LOOKED_EVERY)

    async def _turn(self) -> None:
        """One batch, or a wait for something to do."""
        try:
            claimed = await self._claim()
        except Exception as trouble:
            log.warning("failed to claim deliveries; retrying", trouble=type(trouble).__name__)
            claimed = []
        if not claimed and not self._leaving:
            await self._rest()
        loop = asyncio.get_running_loop()
        claimed_at = loop.time()
        for one in claimed:
            await self._room.acquire()
            task = asyncio.create_task(self._deliver(one, claimed_at, self._last_to.get(one.recipient)))
            self._last_to[one.recipient] = task
            self._sending.add(task)
            task.add_done_callback(partial(self._done, one.recipient))
            await asyncio.sleep(0)

    def _done(self, recipient: int, task: asyncio.Task[None]) -> None:
        self._sending.discard(task)
        if self._last_to.get(recipient) is task:
            del self._last_to[recipient]
        self._room.release()

    async def _claim(self) -> list[Claimed]:
        async with self._database.reading() as session:
            if not await delivery_queue.are_due(session, self._clock()):
                return []
        async with self._database.writing(apart=True) as session:
            return await delivery_queue.claim(session, self._clock(), 2 * self.most_in_flight)

    async def _deliver(self, one: Claimed, claimed_at: float, before: asyncio.Task[None] | None) -> None:
        """Sends one, after the one before it to the same person; its slot is free again once the outcome is written
        down."""
        try:
            if before is not None:
                await asyncio.wait([before])
            outcome = await self._in_turn(one, claimed_at)
            await self._settle(outcome)
            if one.ordered:
                self.awake.set()  # the next one to this person may be claimed now
            is_notice = one.broadcast_id is None and one.target is None and one.kind != failed_deliveries.KIND
            if outcome.state is State.FAILED and is_notice:
                await self._tell_admins(one, outcome)
        except Exception as trouble:
            # The lease lapses, and it is tried again.
            log.error("failed to settle a delivery", error=type(trouble).__name__, exc_info=trouble)
            self._hold_back(one, self._clock() + LEASE)

    async def _in_turn(self, one: Claimed, claimed_at: float) -> Outcome:
        """What keeps its order is put off with what was put off before it; the table sees to the rest."""
        if not one.ordered:
            return await self._attempt(one, claimed_at)
        put_off_at, until = self._put_off.get(one.recipient, (claimed_at, self._clock()))
        if put_off_at > claimed_at:
            return Outcome(one.id, State.WAITING, one.tries, due=until)
        outcome = await self._attempt(one, claimed_at)
        if outcome.state is State.WAITING and outcome.due is not None:
            self._hold_back(one, outcome.due)
        return outcome

    def _hold_back(self, one: Claimed, until: datetime) -> None:
        now = asyncio.get_running_loop().time()
        self._put_off = {person: found for person, found in self._put_off.items() if now - found[0] < HELD_BACK_FOR}
        self._put_off[one.recipient] = (now, until)

    async def _attempt(self, one: Claimed, claimed_at: float) -> Outcome:
        pacer, loop = self._courier.pacer, asyncio.get_running_loop()
        priority = Priority(one.priority)
        wait = pacer.silent_for or self._resumes_at - loop.time()
        if wait > 0:
            return self._later(one, wait, one.tries)
        is_new = one.target is None
        wait = max(pacer.chats.silence(one.recipient), pacer.chats.delay(one.recipient) if is_new else 0.0)
        if wait:
            return self._silent(one, wait)
        wait = pacer.bulk_delay(one.recipient) if priority is Priority.BROADCAST else 0
        if wait:
            return self._later(one, wait, one.tries)
        if is_new:
            pacer.chats.take(one.recipient)
        await pacer.slot(priority)
        if loop.time() - claimed_at > STALE_AFTER:
            return self._later(one, 0, one.tries)
        try:
            outgoing = await self._render(one)
        except Exception as trouble:
            log.error("failed to render a delivery", kind=one.kind, exc_info=trouble)
            return Outcome(one.id, State.FAILED, one.tries + 1, trouble=type(trouble).__name__)
        if outgoing is None:
            return Outcome(one.id, State.CANCELLED, one.tries)
        return await self._send(one, outgoing)

    async def _send(self, one: Claimed, outgoing: Outgoing) -> Outcome:
        try:
            result = await self._courier.call(outgoing)
        except error.RetryAfter as asked:
            self._courier.pacer.refused(one.recipient, wait_of(asked))
            return self._silent(one, wait_of(asked))
        except error.ChatMigrated as moved:
            outgoing.params["chat_id"] = moved.new_chat_id
            return await self._send(one, outgoing)
        except (error.Forbidden, error.BadRequest) as refusal:
            if is_gone(refusal):
                await self._courier.unreachable(one.recipient)
                return Outcome(one.id, State.UNREACHABLE, one.tries + 1)
            if outgoing.method.startswith(("edit", "delete")) and is_settled(refusal):
                return Outcome(one.id, State.SENT, one.tries + 1)
            return self._failed(one, refusal.message[:100])
        except error.TelegramError as trouble:
            return self._troubled(one, trouble)
        self._outage_pause = 0.0
        self._courier.outage.over()
        self._courier.count("sent")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return Outcome(one.id, State.SENT, one.tries + 1, message_id=message_id)

    def _troubled(self, one: Claimed, trouble: error.TelegramError) -> Outcome:
        """Nobody took the message, or nobody knows."""
        self._courier.outage.missed(trouble)
        if perhaps_sent(trouble):
            return self._perhaps(one, type(trouble).__name__)
        if isinstance(trouble, ServerTrouble):
            return self._failed(one, trouble.message[:100])
        # Telegram can't be reached at all: that is no fault of this message, and the others wait too.
        self._outage_pause = min(30.0, 2 * self._outage_pause or 1.0)
        self._resumes_at = asyncio.get_running_loop().time() + self._outage_pause
        return self._later(one, self._outage_pause, one.tries)

    def _perhaps(self, one: Claimed, trouble: str) -> Outcome:
        if one.priority == Priority.BROADCAST or one.tries > 0:
            return Outcome(one.id, State.PERHAPS, one.tries + 1, trouble=trouble)
        return self._later(one, 1, one.tries + 1, trouble)

    def _failed(self, one: Claimed, trouble: str) -> Outcome:
        """Tried again with growing pauses, then set aside."""
        self._courier.count("failed")
        tries = one.tries + 1
        if tries >= MAX_TRIES:
            return Outcome(one.id, State.FAILED, tries, trouble=trouble)
        return self._later(one, 2.0 ** (tries - 1), tries, trouble)

    def _silent(self, one: Claimed, seconds: float) -> Outcome:
        """Its chat may hear nothing for so long; what one person is told keeps its order."""
        chats = self._courier.pacer.chats
        due = self._clock() + timedelta(seconds=chats.put_off(one.recipient, seconds))
        return Outcome(one.id, State.WAITING, one.tries, due=chats.in_order(one.recipient, due))

    def _later(self, one: Claimed, seconds: float, tries: int, trouble: str | None = None) -> Outcome:
        due = self._clock() + timedelta(seconds=seconds)
        return Outcome(one.id, State.WAITING, tries, due=due, trouble=trouble)

    async def _tell_admins(self, one: Claimed, outcome: Outcome) -> None:
        """A broadcast shows its failed ones in its panel; of others somebody has to hear."""
        params = {"kind": one.kind, "tries": outcome.tries, "trouble": outcome.trouble or ""}
        now = self._clock()
        async with self._database.writing(apart=True) as session:
            admins = await self._staff.who_may(session, Right.ADMINISTER, now)
            notices = [Notice(admin, failed_deliveries.KIND, params, now) for admin in admins]
            await delivery_queue.add_all(session, notices)

    async def _settle_all(self, outcomes: Sequence[Outcome]) -> list[None]:
        async with self._database.writing(apart=True) as session:
            await delivery_queue.settle(session, outcomes, self._clock())
        return [None] * len(outcomes)
