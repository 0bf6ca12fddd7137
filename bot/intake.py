"""Updates in, by polling: a chat's updates in order, chats side by side, confirmed only after their effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import error

from bot.courier import wait_of
from bot.logs import logger
from bot.waiting import wait_at_most
from handlers.incoming import HANDLED, Json

log = logger("bot.intake")

Handle = Callable[[Json], Awaitable[None]]

LONG_POLL = 30
MOST_AT_ONCE = 100
"""Telegram hands over no more than this beyond the last confirmed update, so this is also what is in hand at most."""
_LOOKED_AGAIN = 0.25


def lane_of(raw: Json) -> int:
    """The chat whose order an update must keep (the person's, where there is no chat)."""
    for body in raw.values():
        if isinstance(body, dict):
            chat = body.get("chat") or (body.get("message") or {}).get("chat") or body.get("from") or {}
            return int(chat.get("id", 0))
    return 0


class Lanes:
    """Runs updates: those of one chat one after the other, those of different chats side by side."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._last: dict[int, asyncio.Task[None]] = {}
        self._finished = asyncio.Event()
        self._enough = 0
        self.in_hand = 0

    def put(self, raw: Json) -> asyncio.Task[None]:
        """The task ends when the update has had its effect, or with the error of `handle`."""
        lane = lane_of(raw)
        task = asyncio.create_task(self._after(self._last.get(lane), raw))
        self._last[lane] = task
        self.in_hand += 1

        def done(finished: asyncio.Task[None]) -> None:
            self.in_hand -= 1
            if self.in_hand <= self._enough:
                self._finished.set()
            if self._last.get(lane) is finished:
                del self._last[lane]

        task.add_done_callback(done)
        return task

    async def until(self, most: int, seconds: float) -> None:
        """Waits until at most so many are in hand, or so long."""
        self._enough = most
        if self.in_hand > most:
            self._finished.clear()
            await wait_at_most(self._finished, seconds)

    async def _after(self, before: asyncio.Task[None] | None, raw: Json) -> None:
        if before is not None:
            await asyncio.wait([before])
        await self._handle(raw)


def patiently(handle: Handle) -> Handle:
    """Tries an update again until the database takes it: polling must not go past it."""

    async def try_again(raw: Json) -> None:
        pause = 0.2
        while True:
            try:
                return await handle(raw)
            except Exception as trouble:
                log.warning("the database is away; the update waits", trouble=type(trouble).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)

    return try_again


class Polling:
    """Asks Telegram for updates while this process leads, and confirms those before the first unfinished one.

    A slow update holds nobody up: the question is asked again while it is in hand, up to MOST_AT_ONCE past it.
    """

    def __init__(
        self, ask: Callable[[str, Json, float], Awaitable[Any]], handle: Handle, leading: asyncio.Event
    ) -> None:
        self._ask = ask
        self._lanes = Lanes(patiently(handle))
        self._leading = leading
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._offset = 0
        self.closing = asyncio.Event()
        self.is_taking = False

    @property
    def in_hand(self) -> int:
        return self._lanes.in_hand

    def close(self) -> None:
        self.closing.set()

    async def run(self) -> None:
        """Until `close`; what is in hand then is finished and confirmed."""
        while not self.closing.is_set():
            if not self._leading.is_set():
                await self._wait(self._leading.wait())
                continue
            brought_new = self._take(await self._next_batch())
            if self._tasks:
                # With nothing new, what waits at Telegram is all in hand: asking again before one is done is idle.
                most = MOST_AT_ONCE // 2 if brought_new else max(self._lanes.in_hand - 1, 0)
                await self._lanes.until(most, _LOOKED_AGAIN)
                self._forget_done()
        self.is_taking = False
        if self._tasks:
            await asyncio.wait(self._tasks.values())
            self._forget_done()
        if self._offset:
            try:
                await self._ask("getUpdates", {"offset": self._offset, "limit": 1, "timeout": 0}, 5)
            except error.TelegramError as trouble:
                log.warning("the last updates are not confirmed", trouble=type(trouble).__name__)

    def _take(self, batch: list[Json]) -> bool:
        """Puts what is not in hand into its lane; whether there was any."""
        before = len(self._tasks)
        for raw in batch:
            number = int(raw["update_id"])
            if number not in self._tasks:
                self._tasks[number] = self._lanes.put(raw)
        return len(self._tasks) > before

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
        wait = 0 if self._tasks else LONG_POLL
        question: Json = {"limit": MOST_AT_ONCE, "timeout": wait, "allowed_updates": list(HANDLED)}
        if self._offset:
            question["offset"] = self._offset
        self.is_taking = True
        asked = await self._wait(self._ask("getUpdates", question, wait + 15))
        try:
            return list(asked.result()) if asked is not None else []
        except error.RetryAfter as pause:
            await self._wait(asyncio.sleep(wait_of(pause)))
        except error.Conflict:
            log.error("another program takes this bot's updates; trying again in 5 s")
            await self._wait(asyncio.sleep(5))
        except error.TelegramError as trouble:
            log.warning("Telegram does not answer", trouble=type(trouble).__name__)
            await self._wait(asyncio.sleep(1))
        return []
