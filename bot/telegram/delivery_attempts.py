"""One attempt to send a delivery, and its outcome.

What is done when a send may have arrived, but its answer was lost, depends on what it is: a broadcast is not repeated
(UNCERTAIN), a notice or reminder is repeated once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from telegram import error

from bot.backoff import Backoff
from bot.observability.logs import logger
from bot.telegram.answers import ServerTrouble
from bot.telegram.courier import Courier, is_gone, is_settled, perhaps_sent
from bot.telegram.pacing import Priority
from bot.telegram.reachability import wait_of
from handlers.chat.replies import Outgoing
from storage.deliveries.queue import MAX_TRIES, Claimed, Outcome
from storage.deliveries.table import State
from storage.telegram_ids import private_chat_of

log = logger("bot.telegram.delivery_sender")

STALE_AFTER = 5.0
"""Seconds after which a claimed row that could not be sent is given back, well within its lease."""

Render = Callable[[Claimed], Awaitable[Outgoing | None]]


class DeliveryAttempts:
    """Knows since when Telegram can't be reached; all deliveries wait then."""

    def __init__(self, courier: Courier, render: Render, clock: Callable[[], datetime]) -> None:
        self._courier = courier
        self._render = render
        self._clock = clock
        self._outage_pauses = Backoff(1.0, 30.0)
        self._resumes_at = float("-inf")
        """By the loop's clock: until then Telegram is not tried again after it could not be reached."""

    async def attempt(self, delivery: Claimed, claimed_at: float) -> Outcome:
        """Sends it, if its chat and the pace let it go now.

        Args:
            delivery: what was claimed.
            claimed_at: when it was claimed, by the loop's clock.
        """
        pacer, loop = self._courier.pacer, asyncio.get_running_loop()
        priority = Priority(delivery.priority)
        wait = pacer.silent_for or self._resumes_at - loop.time()
        if wait > 0:
            return self._later(delivery, wait, delivery.tries)
        is_new, chat = delivery.target is None, private_chat_of(delivery.recipient)
        wait = max(pacer.chats.silence(chat), pacer.chats.delay(chat) if is_new else 0.0)
        if wait:
            return self._silent(delivery, wait)
        wait = pacer.bulk_delay(chat) if priority is Priority.BROADCAST else 0
        if wait:
            return self._later(delivery, wait, delivery.tries)
        if is_new:
            pacer.chats.take(chat)
        await pacer.slot(priority)
        if loop.time() - claimed_at > STALE_AFTER:
            return self._later(delivery, 0, delivery.tries)
        try:
            outgoing = await self._render(delivery)
        except Exception as failure:
            log.error("failed to render a delivery", kind=delivery.kind, exc_info=failure)
            return Outcome(delivery.id, State.FAILED, delivery.tries + 1, trouble=type(failure).__name__)
        if outgoing is None:
            return Outcome(delivery.id, State.CANCELLED, delivery.tries)
        return await self._send(delivery, outgoing)

    async def _send(self, delivery: Claimed, outgoing: Outgoing) -> Outcome:
        try:
            result = await self._courier.call(outgoing)
        except error.RetryAfter as asked:
            self._courier.pacer.refused(private_chat_of(delivery.recipient), wait_of(asked))
            return self._silent(delivery, wait_of(asked))
        except error.ChatMigrated as moved:
            outgoing.params["chat_id"] = moved.new_chat_id
            return await self._send(delivery, outgoing)
        except (error.Forbidden, error.BadRequest) as refusal:
            if is_gone(refusal):
                await self._courier.unreachable(delivery.recipient)
                return Outcome(delivery.id, State.UNREACHABLE, delivery.tries + 1)
            if outgoing.method.startswith(("edit", "delete")) and is_settled(refusal):
                return Outcome(delivery.id, State.SENT, delivery.tries + 1)
            return self._failed(delivery, refusal.message[:100])
        except error.TelegramError as failure:
            return self._unanswered(delivery, failure)
        self._outage_pauses.reset()
        self._courier.outage.over()
        self._courier.count("sent")
        await self._note(outgoing, result)
        message_id = result.get("message_id") if isinstance(result, dict) else None
        return Outcome(delivery.id, State.SENT, delivery.tries + 1, message_id=message_id)

    async def _note(self, outgoing: Outgoing, result: object) -> None:
        """It has arrived: a failure to note that must not send it again."""
        if outgoing.after is None or not isinstance(result, dict):
            return
        try:
            await outgoing.after(result)
        except Exception as failure:
            log.warning("failed to note what was sent", error=type(failure).__name__)

    def _unanswered(self, delivery: Claimed, failure: error.TelegramError) -> Outcome:
        """Nobody took the message, or nobody knows."""
        self._courier.outage.missed(failure)
        if perhaps_sent(failure):
            return self._perhaps(delivery, type(failure).__name__)
        if isinstance(failure, ServerTrouble):
            return self._failed(delivery, failure.message[:100])
        # Telegram can't be reached at all: that is no fault of this message, and the others wait too.
        pause = self._outage_pauses.next()
        self._resumes_at = asyncio.get_running_loop().time() + pause
        return self._later(delivery, pause, delivery.tries)

    def _perhaps(self, delivery: Claimed, trouble: str) -> Outcome:
        if delivery.priority == Priority.BROADCAST or delivery.tries > 0:
            return Outcome(delivery.id, State.UNCERTAIN, delivery.tries + 1, trouble=trouble)
        return self._later(delivery, 1, delivery.tries + 1, trouble)

    def _failed(self, delivery: Claimed, trouble: str) -> Outcome:
        """Tried again with growing pauses, then set aside."""
        self._courier.count("failed")
        tries = delivery.tries + 1
        if tries >= MAX_TRIES:
            return Outcome(delivery.id, State.FAILED, tries, trouble=trouble)
        return self._later(delivery, 2.0 ** (tries - 1), tries, trouble)

    def _silent(self, delivery: Claimed, seconds: float) -> Outcome:
        """Its chat may hear nothing for so long; what one person is told keeps its order."""
        chat, chats = private_chat_of(delivery.recipient), self._courier.pacer.chats
        due = self._clock() + timedelta(seconds=chats.put_off(chat, seconds))
        return Outcome(delivery.id, State.WAITING, delivery.tries, due=chats.in_order(chat, due))

    def _later(self, delivery: Claimed, seconds: float, tries: int, trouble: str | None = None) -> Outcome:
        due = self._clock() + timedelta(seconds=seconds)
        return Outcome(delivery.id, State.WAITING, tries, due=due, trouble=trouble)
