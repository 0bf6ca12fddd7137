"""Updates in, by polling: a chat's updates in order, chats side by side, confirmed only after their effect."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from telegram import error

from bot.backoff import Backoff
from bot.observability.logs import logger
from bot.telegram.answers import OddAnswer
from bot.telegram.reachability import FIRST_PAUSE, Outage, Reach, wait_of
from bot.waiting import wait_at_most
from handlers.chat.incoming import HANDLED, Json, is_number
from storage.database_errors import cause_of

log = logger("bot.updates.intake")

Handle = Callable[[Json], Awaitable[None]]

LONG_POLL = 30
MOST_AT_ONCE = 100
"""Telegram hands over no more than this beyond the last confirmed update, so this is also what is in hand at most."""
_LOOKED_AGAIN = 0.25
_LOOKED_AGAIN_SOON = 0.05
"""Seconds between questions while something is in hand, which Telegram would hand over again at once: the longer, the
longer nothing new has come. What is new waits so long, since one chat's answer is late."""
_PAUSES = 2.0
_LONG_PAUSES = 30.0
"""Seconds between tries at most; the longer ones where Telegram asks for a pause, or does not know the token."""


def queue_key(raw: Json) -> int:
    """The chat whose order an update must keep (the person's, where there is no chat); 0 for what has neither."""
    for body in raw.values():
        if isinstance(body, dict):
            message = body.get("message")
            inner = message.get("chat") if isinstance(message, dict) else None
            holder = body.get("chat") or inner or body.get("from")
            number = holder.get("id") if isinstance(holder, dict) else None
            return number if is_number(number) else 0
    return 0


def is_update(raw: Any) -> bool:
    """Whether it has a number by which it can be confirmed."""
    return isinstance(raw, dict) and is_number(raw.get("update_id")) and raw["update_id"] >= 0


class ChatQueues:
    """Runs updates: those of one chat one after the other, those of different chats side by side."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._last: dict[int, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()
        self._enough = 0
        self.in_hand = 0

    def put(self, raw: Json) -> asyncio.Task[None]:
        """The task ends when the update has had its effect, or with the error of `handle`."""
        key = queue_key(raw)
        task = asyncio.create_task(self._after(self._last.get(key), raw))
        self._last[key] = task
        self.in_hand += 1

        def done(finished: asyncio.Task[None]) -> None:
            self.in_hand -= 1
            if self.in_hand <= self._enough:
                self._finished.set()
            if self._last.get(key) is finished:
                del self._last[key]

        task.add_done_callback(done)
        return task

    async def until(self, limit: int, seconds: float) -> None:
        """Waits until at most so many are in hand, or so long."""
        self._enough = limit
        if self.in_hand > limit:
            self._finished.clear()
            await wait_at_most(self._finished, seconds)

    async def _after(self, before: asyncio.Task[None] | None, raw: Json) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._handle(raw)


def retry_during_outage(handle: Handle) -> Handle:
    """Tries an update again until the database takes it: polling must not go past it."""

    async def try_again(raw: Json) -> None:
        pauses = Backoff(0.2, 3.0)
        while True:
            try:
                return await handle(raw)
            except Exception as failure:
                if cause_of(failure) is None:
                    log.warning("the update waits", error=type(failure).__name__)
                await asyncio.sleep(pauses.next())

    return try_again


class Polling:
    """Asks Telegram for updates while this process leads, and confirms those before the first unfinished one.

    A slow update holds nobody up: the question is asked again while it is in hand, up to MOST_AT_ONCE past it.
    """

    def __init__(
        self,
        ask: Callable[[str, Json, float], Awaitable[Any]],
        handle: Handle,
        leading: asyncio.Event,
        clock: Callable[[], float] = time.monotonic,
        reach: Reach | None = None,
        on_odd: Callable[[], None] = lambda: None,
        on_conflict: Callable[[], Awaitable[None]] | None = None,
        leads: Callable[[], bool] | None = None,
    ) -> None:
        """`leading` is set while this process should poll; `leads`, asked after each answer, knows better after a
        freeze, when nothing has cleared the event yet."""
        self._ask = ask
        self._queues = ChatQueues(retry_during_outage(handle))
        self._leading = leading
        self._leads = leads or leading.is_set
        self._reach = reach or Reach(clock)
        self._on_odd = on_odd
        self._on_conflict = on_conflict
        self._outage = Outage("no updates from Telegram", clock)
        self._odd = Outage("skipped unreadable updates", clock)
        self._pauses, self._long_pauses = Backoff(FIRST_PAUSE, _PAUSES), Backoff(FIRST_PAUSE, _LONG_PAUSES)
        self._looks = Backoff(_LOOKED_AGAIN_SOON, _LOOKED_AGAIN)
        self._is_sure = False
        """Whether Telegram answered the last question. Until it does, it is not asked to take its time."""
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._offset = 0
        self.closing = asyncio.Event()
        self.is_taking = False

    @property
    def in_hand(self) -> int:
        return self._queues.in_hand

    def close(self) -> None:
        self.closing.set()

    async def run(self) -> None:
        """Until `close`; what is in hand then is finished and confirmed."""
        while not self.closing.is_set():
            if not self._leading.is_set():
                await self._wait(self._leading.wait())
                self._reach.answered()
                self._is_sure = False
                continue
            if not self._leads():
                await self._wait(asyncio.sleep(_LOOKED_AGAIN))
                continue
            try:
                await self._turn()
            except Exception as failure:
                log.error("failed to take a batch of updates; retrying", error=type(failure).__name__, exc_info=failure)
                await self._rest(failure)
        self.is_taking = False
        if self._tasks:
            await asyncio.wait(self._tasks.values())
            self._forget_done()
        if self._offset:
            try:
                await self._ask("getUpdates", {"offset": self._offset, "limit": 1, "timeout": 0}, 5)
            except Exception as failure:
                log.warning("failed to confirm the last updates", error=type(failure).__name__)

    async def _turn(self) -> None:
        """One request for updates, and its outcome."""
        brought_new = self._take(await self._next_batch())
        if brought_new:
            self._looks.reset()
        if self._tasks:
            # Telegram would hand over what is in hand once more: asking again is idle before some of it is done.
            in_hand = self._queues.in_hand
            limit = in_hand // 2 if brought_new else max(in_hand - 1, 0)
            await self._queues.until(limit, self._looks.next())
            self._forget_done()

    def _take(self, batch: Sequence[Json]) -> bool:
        """Puts what is not in hand into its queue; whether there was any."""
        before = len(self._tasks)
        for raw in batch:
            number = raw["update_id"]
            if number not in self._tasks:
                self._tasks[number] = self._queues.put(raw)
        return len(self._tasks) > before

    def _readable(self, batch: Sequence[Any]) -> list[Json]:
        """Without what can't be confirmed, since it has no number. Nothing but such would come again at once."""
        readable = [raw for raw in batch if is_update(raw)]
        for _ in range(len(batch) - len(readable)):
            self._on_odd()
            self._odd.missed(OddAnswer("no update_id"))
        if batch and not readable:
            raise OddAnswer("nothing but updates that can't be read")
        return readable

    def _forget_done(self) -> None:
        """Moves the offset to the first unfinished update; done ones behind it stay known until then."""
        unfinished = [number for number, task in self._tasks.items() if not task.done()]
        self._offset = min(unfinished) if unfinished else max(self._tasks) + 1
        self._tasks = {number: task for number, task in self._tasks.items() if number >= self._offset}

    async def _wait(self, work: Awaitable[Any]) -> asyncio.Future[Any] | None:
        """The finished work, or None if it is time to leave."""
        doing = asyncio.ensure_future(work)
        closing = asyncio.ensure_future(self.closing.wait())
        await asyncio.wait([doing, closing], return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if doing.done():
            return doing
        doing.cancel()
        return None

    async def _next_batch(self) -> list[Json]:
        wait = 0 if self._tasks or not self._is_sure else LONG_POLL
        question: Json = {"limit": MOST_AT_ONCE, "timeout": wait, "allowed_updates": list(HANDLED)}
        if self._offset:
            question["offset"] = self._offset
        self.is_taking = True
        asked = await self._wait(self._ask("getUpdates", question, wait + 15))
        if asked is None:
            return []
        try:
            batch = self._readable(asked.result())
        except Exception as failure:
            await self._missed(failure)
            return []
        self._is_sure = True
        self._pauses.reset()
        self._long_pauses.reset()
        self._reach.answered()
        self._outage.over()
        # What a frozen process finds in its connection when it wakes has been taken by the next leader.
        return batch if self._leads() else []

    async def _missed(self, failure: Exception) -> None:
        """Says so, sees to a conflict, and waits before the next question."""
        self._is_sure = False
        self._outage.missed(failure)
        self._reach.missed(failure)
        if isinstance(failure, error.Conflict) and self._on_conflict is not None:
            await self._wait(self._on_conflict())
        await self._rest(failure)

    async def _rest(self, failure: Exception) -> None:
        """Longer each time. Nothing that Telegram answers to a question makes the bot deaf for longer than a moment."""
        is_slow = isinstance(failure, error.InvalidToken | error.RetryAfter)
        pause = (self._long_pauses if is_slow else self._pauses).next()
        asked = wait_of(failure) if isinstance(failure, error.RetryAfter) else 0.0
        await self._wait(asyncio.sleep(min(max(pause, asked), _LONG_PAUSES)))
