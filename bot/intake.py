"""Updates in, by polling: a chat's updates in order, chats side by side, confirmed only after their effect."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import error

from bot.courier import wait_of
from bot.logs import logger
from handlers.dispatch import HANDLED
from handlers.talk import Json

log = logger("bot.intake")

LONG_POLL = 30
MOST_AT_ONCE = 100


def lane_of(raw: Json) -> int:
    """The chat whose order an update must keep (the person's, where there is no chat)."""
    for body in raw.values():
        if isinstance(body, dict):
            chat = body.get("chat") or (body.get("message") or {}).get("chat") or body.get("from") or {}
            return int(chat.get("id", 0))
    return 0


class Lanes:
    """Runs updates: those of one chat one after the other, those of different chats side by side."""

    def __init__(self, handle: Callable[[Json], Awaitable[None]]) -> None:
        self._handle = handle
        self._last: dict[int, asyncio.Task[None]] = {}
        self.in_hand = 0

    def put(self, raw: Json) -> asyncio.Task[None]:
        """The task ends when the update has had its effect."""
        lane = lane_of(raw)
        task = asyncio.create_task(self._after(self._last.get(lane), raw))
        self._last[lane] = task
        self.in_hand += 1

        def done(finished: asyncio.Task[None]) -> None:
            self.in_hand -= 1
            if self._last.get(lane) is finished:
                del self._last[lane]

        task.add_done_callback(done)
        return task

    async def _after(self, before: asyncio.Task[None] | None, raw: Json) -> None:
        if before is not None:
            await asyncio.wait([before])
        pause = 0.2
        while True:
            try:
                await self._handle(raw)
                return
            except Exception as trouble:
                log.warning("the database is away; the update waits", trouble=type(trouble).__name__)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)


class Polling:
    """Asks Telegram for updates and confirms a batch with the next question, once all of it has had its effect."""

    def __init__(self, ask: Callable[[str, Json, float], Awaitable[Any]], lanes: Lanes) -> None:
        self._ask = ask
        self._lanes = lanes
        self._offset = 0
        self.closing = asyncio.Event()
        self.is_taking = False

    def close(self) -> None:
        self.closing.set()

    async def run(self) -> None:
        """Until `close`; what is in hand then is finished and confirmed."""
        while not self.closing.is_set():
            batch = await self._next_batch()
            if batch:
                await asyncio.gather(*(self._lanes.put(raw) for raw in batch))
                self._offset = max(int(raw["update_id"]) for raw in batch) + 1
        self.is_taking = False
        if self._offset:
            try:
                await self._ask("getUpdates", {"offset": self._offset, "limit": 1, "timeout": 0}, 5)
            except error.TelegramError as trouble:
                log.warning("the last updates are not confirmed", trouble=type(trouble).__name__)

    async def _next_batch(self) -> list[Json]:
        question = {"limit": MOST_AT_ONCE, "timeout": LONG_POLL, "allowed_updates": list(HANDLED)}
        if self._offset:
            question["offset"] = self._offset
        asking = asyncio.ensure_future(self._ask("getUpdates", question, LONG_POLL + 15))
        closing = asyncio.ensure_future(self.closing.wait())
        self.is_taking = True
        await asyncio.wait([asking, closing], return_when=asyncio.FIRST_COMPLETED)
        closing.cancel()
        if not asking.done():
            asking.cancel()
            return []
        try:
            return list(asking.result())
        except error.RetryAfter as wait:
            await asyncio.sleep(wait_of(wait))
        except error.Conflict:
            log.error("another program takes this bot's updates; trying again in 5 s")
            await asyncio.sleep(5)
        except error.TelegramError as trouble:
            log.warning("Telegram does not answer", trouble=type(trouble).__name__)
            await asyncio.sleep(1)
        return []
