"""Messages out. This one sends the answers to who just wrote: in order, tried again where that helps.

What Telegram wants delayed for longer than a moment is handed back, so that it can be kept and sent later.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from telegram import error

from bot.logs import logger
from bot.metrics import Metrics
from bot.pacing import Pacer, Priority
from bot.transport import AiohttpRequest, BrokenConnection, TooManyRequests
from handlers.talk import Outgoing

log = logger("bot.courier")

PATIENCE = 3.0
"""Seconds for which an answer waits in place; then it is kept in the database."""
_TRIES = 4
_PACED = ("send", "copy", "forward")


class Later(Exception):
    """Telegram asks to wait for longer than PATIENCE: `rest` has not gone out, and may after `seconds`."""

    def __init__(self, rest: Sequence[Outgoing], seconds: float) -> None:
        super().__init__(seconds)
        self.rest, self.seconds = rest, seconds


@dataclass(slots=True)
class Courier:
    """`unreachable` hears of people who blocked the bot or are gone."""

    transport: AiohttpRequest
    base_url: str
    unreachable: Callable[[int], Awaitable[None]]
    metrics: Metrics
    pacer: Pacer

    async def send_all(self, outgoings: Sequence[Outgoing]) -> None:
        """Sends in order. What Telegram refuses for good is left out, and noted.

        Raises:
            Later: see the class.
        """
        for at, outgoing in enumerate(outgoings):
            if self._is_too_much_for_a_group(outgoing):
                self.count("dropped")
                continue
            try:
                result = await self._send(outgoing)
            except error.RetryAfter as wait:
                raise Later(outgoings[at:], wait_of(wait)) from None
            except error.Forbidden:
                self.count("forbidden")
                await self.unreachable(int(outgoing.params.get("chat_id", 0)))
            except error.BadRequest as refusal:
                await self._refused(outgoing, refusal)
            except error.TelegramError as trouble:
                self.count("failed")
                log.warning("not sent", method=outgoing.method, trouble=type(trouble).__name__)
                if not outgoing.minor and not isinstance(trouble, error.TimedOut | BrokenConnection):
                    raise Later(outgoings[at:], PATIENCE) from None
            else:
                self.count("sent")
                if outgoing.after is not None:
                    await outgoing.after(result)

    async def _send(self, outgoing: Outgoing) -> Any:
        """Tries a few times. A send whose answer was lost may have arrived: an answer is repeated once all the same,
        for a doubled answer harms less than none."""
        perhaps = 0
        for tries in range(1, _TRIES + 1):
            try:
                await self._wait_for_turn(outgoing)
                return await self.call(outgoing)
            except error.RetryAfter as wait:
                self.pacer.pause(wait_of(wait))
                if wait_of(wait) > PATIENCE or tries == _TRIES:
                    raise
            except error.ChatMigrated as moved:
                outgoing.params["chat_id"] = moved.new_chat_id
            except (error.TimedOut, BrokenConnection):
                perhaps += 1
                if perhaps > 1 or outgoing.minor:
                    raise
            except (error.BadRequest, error.Forbidden, error.InvalidToken, error.Conflict):
                raise
            except error.NetworkError:
                if tries == _TRIES or outgoing.minor:
                    raise
                await asyncio.sleep(0.2 * 2**tries)
        raise error.NetworkError("gave up")

    async def call(self, outgoing: Outgoing) -> Any:
        """One call, without waiting for its turn."""
        return await self.transport.call(f"{self.base_url}/{outgoing.method}", outgoing.params, outgoing.files)

    def _is_too_much_for_a_group(self, outgoing: Outgoing) -> bool:
        """A group hears only the way to the private chat; beyond Telegram's limit it need not hear it again."""
        chat_id = int(outgoing.params.get("chat_id", 0))
        return chat_id < 0 and outgoing.method.startswith(_PACED) and not self.pacer.group_has_room(chat_id)

    async def _wait_for_turn(self, outgoing: Outgoing) -> None:
        """Messages are paced; edits and ticks on buttons are not counted by Telegram.

        Raises:
            RetryAfter: Telegram has asked for more silence than an answer waits in place.
        """
        if not outgoing.method.startswith(_PACED):
            return
        if self.pacer.silent_for > PATIENCE:
            raise TooManyRequests(ceil(self.pacer.silent_for))
        await self.pacer.slot(Priority.REPLY)

    async def _refused(self, outgoing: Outgoing, refusal: error.BadRequest) -> None:
        said = refusal.message.lower()
        if "not modified" in said:
            return
        if is_gone(refusal):
            await self.unreachable(int(outgoing.params.get("chat_id", 0)))
        elif outgoing.method == "editMessageText" and ("can't be edited" in said or "to edit not found" in said):
            anew = {name: value for name, value in outgoing.params.items() if name != "message_id"}
            await self.send_all([Outgoing("sendMessage", anew)])
        elif not outgoing.minor:
            log.error("refused by Telegram", method=outgoing.method, why=refusal.message)
        self.count("refused")

    def count(self, result: str) -> None:
        self.metrics.sends.labels(result).inc()


def is_gone(refusal: error.TelegramError) -> bool:
    """Whether it means that this person can't be reached until they write again."""
    said = refusal.message.lower()
    return isinstance(refusal, error.Forbidden) or "chat not found" in said or "user is deactivated" in said


def is_settled(refusal: error.TelegramError) -> bool:
    """Whether a message that was to be changed is as it shall be, or gone, so that there is nothing left to do."""
    said = refusal.message.lower()
    return any(words in said for words in ("not modified", "not found", "can't be deleted", "can't be edited"))


def wait_of(wait: error.RetryAfter) -> float:
    """Seconds. (The public property warns, and is to become the timedelta that the private one is.)"""
    return wait._retry_after.total_seconds()
