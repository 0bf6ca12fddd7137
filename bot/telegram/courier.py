"""Messages out. This one sends the answers to whoever just wrote: in order, tried again where that helps.

What Telegram wants delayed for longer than a moment is handed back, so that it can be kept and sent later. Who waits is
the chat that Telegram refused; nobody waits behind it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from telegram import error

from bot.backoff import Backoff
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from bot.telegram.answers import OddAnswer, TooManyRequests
from bot.telegram.fitting import fitting, shortened
from bot.telegram.pacing import Pacer, Priority
from bot.telegram.reachability import Outage, wait_of
from bot.telegram.transport import AiohttpRequest, BrokenConnection
from handlers.chat.replies import Outgoing
from storage.telegram_ids import NO_CHAT, ChatId, PersonId

log = logger("bot.telegram.courier")

PATIENCE = 3.0
"""Seconds for which a chat's answers wait in place, on end; then they are kept in the database."""
_TRIES = 4
_NOT_EDITABLE = ("can't be edited", "to edit not found", "no text in the message to edit")
"""What Telegram says of a message that is too old, gone, or a picture: then it is sent as a new message."""
_PACED = ("send", "copy", "forward")
_NO_MESSAGE = "sendChatAction"
"""It begins like those that are paced, but Telegram counts it as no message."""


Ensure = Callable[[], Awaitable[None]]
"""Awaited when a message has its turn; what it raises keeps the message from leaving."""


async def _always() -> None:
    pass


class _Manner(NamedTuple):
    """How an answer waits: in which turn, and as one that was kept, or in place, since it can't be kept: a file that is
    uploaded, or what leaves no trace."""

    turn: Priority
    is_kept: bool
    in_place: bool
    ensure: Ensure


WordAbout = Callable[[Outgoing, ChatId, error.BadRequest], Awaitable[Outgoing | None]]
"""Reports a call that Telegram refused, and returns what is said to the person instead."""


class Later(Exception):
    """Telegram asks to wait for longer than PATIENCE: `rest` has not gone out, and may after `seconds`."""

    def __init__(self, rest: Sequence[Outgoing], seconds: float) -> None:
        super().__init__(seconds)
        self.rest, self.seconds = rest, seconds


@dataclass(slots=True)
class Courier:
    """`unreachable` hears of people who blocked the bot or are gone, `word_about` of what Telegram refused."""

    transport: AiohttpRequest
    base_url: str
    unreachable: Callable[[PersonId], Awaitable[None]]
    metrics: Metrics
    pacer: Pacer
    word_about: WordAbout
    outage: Outage = field(default_factory=lambda: Outage("failed to send messages", time.monotonic))

    async def send_all(
        self,
        outgoings: Sequence[Outgoing],
        turn: Priority = Priority.REPLY,
        *,
        are_kept: bool = False,
        ensure: Ensure = _always,
    ) -> None:
        """Sends in order. What Telegram refuses for good is left out, and noted. Those that `are_kept` waited already,
        and go before what is new to the same chat. `ensure` is asked before each.

        Raises:
            Later: see the class.
        """
        outgoings = [part for outgoing in outgoings for part in fitting(outgoing)]
        for at, outgoing in enumerate(outgoings):
            if self._is_too_much_for_a_group(outgoing):
                self.count("dropped")
                continue
            try:
                manner = _Manner(turn, are_kept, any(one.files or one.traceless for one in outgoings[at:]), ensure)
                result = await self._send(outgoing, manner)
            except error.TelegramError as failure:
                wait = await self._not_sent(outgoing, failure)
                if wait is not None:
                    raise Later(outgoings[at:], self.put_off(chat_of(outgoing), wait)) from None
            else:
                self.count("sent")
                self.outage.over()
                if outgoing.after is not None:
                    await outgoing.after(result)

    async def _not_sent(self, outgoing: Outgoing, failure: error.TelegramError) -> float | None:
        """Seconds after which it shall be tried again; None if it is left out."""
        if isinstance(failure, error.RetryAfter):
            self.count("put_off")
            return None if outgoing.minor else wait_of(failure)
        if isinstance(failure, error.Forbidden):
            self.count("forbidden")
            await self.unreachable(PersonId(chat_of(outgoing)))
        elif isinstance(failure, error.BadRequest):
            await self._refused(outgoing, failure)
        else:
            self.count("failed")
            self.outage.missed(failure)
            if not outgoing.minor and not perhaps_sent(failure):
                return PATIENCE
        return None

    def put_off(self, chat_id: ChatId, seconds: float) -> float:
        """Seconds after which what is kept for this chat may go; what is new waits behind it."""
        return self.pacer.chats.put_off(chat_id, seconds, holds=True) if chat_id else seconds

    async def _send(self, outgoing: Outgoing, manner: _Manner) -> Any:
        """Tries a few times. A send whose answer was lost may have arrived: an answer is repeated once all the same,
        for a doubled answer harms less than none."""
        perhaps, pauses = 0, Backoff(0.4, 3.0)
        for tries in range(1, _TRIES + 1):
            await self._wait_for_turn(outgoing, manner)
            try:
                return await self.call(outgoing)
            except error.RetryAfter as wait:
                await self._refused_for_now(outgoing, wait_of(wait), tries)
            except error.ChatMigrated as moved:
                outgoing.params["chat_id"] = moved.new_chat_id
            except (error.BadRequest, error.Forbidden, error.InvalidToken, error.Conflict):
                raise
            except error.TelegramError as failure:
                perhaps += perhaps_sent(failure)
                if tries == _TRIES or perhaps > 1 or outgoing.minor:
                    raise
                if not perhaps_sent(failure):
                    await asyncio.sleep(pauses.next())
        raise error.NetworkError("gave up")

    async def _refused_for_now(self, outgoing: Outgoing, seconds: float, tries: int) -> None:
        """Telegram asked for silence: of this chat, or of a call that is to no chat.

        Raises:
            RetryAfter: for longer than an answer waits in place.
        """
        chat_id = chat_of(outgoing)
        if chat_id:
            self.pacer.refused(chat_id, seconds)
        if seconds > PATIENCE or tries == _TRIES or outgoing.minor:
            raise TooManyRequests(seconds)
        if not chat_id:
            await asyncio.sleep(seconds)

    async def call(self, outgoing: Outgoing) -> Any:
        """One call, without waiting for its turn. What is too long is shortened."""
        outgoing = shortened(outgoing)
        result = await self.transport.call(f"{self.base_url}/{outgoing.method}", outgoing.params, outgoing.files)
        if _is_paced(outgoing):
            self.pacer.chats.went_out()
        return result

    def _is_too_much_for_a_group(self, outgoing: Outgoing) -> bool:
        """A group hears only the way to the private chat; beyond Telegram's limit it need not hear it again."""
        chat_id = chat_of(outgoing)
        return chat_id < 0 and _is_paced(outgoing) and not self.pacer.group_has_room(chat_id)

    async def _wait_for_turn(self, outgoing: Outgoing, manner: _Manner) -> None:
        """Messages are paced, by chat first; edits and ticks on buttons are not counted by Telegram.

        Raises:
            RetryAfter: Telegram bears no message for longer than an answer waits in place.
        """
        chat_id, chats = chat_of(outgoing), self.pacer.chats
        is_paced = _is_paced(outgoing)
        waited = False
        while wait := self._wait(chat_id, is_paced=is_paced, is_kept=manner.is_kept or manner.in_place):
            on_end = chats.waits(chat_id, wait) if chat_id and not manner.in_place else wait
            if max(wait, on_end) > PATIENCE:
                raise TooManyRequests(self._wait(chat_id, is_paced=is_paced, is_kept=True))
            waited = True
            await asyncio.sleep(wait)
        if is_paced:
            if not (manner.is_kept or manner.in_place) and self.pacer.is_better_kept(manner.turn):
                raise TooManyRequests(0)
            chats.take(chat_id, waited=waited)
            await self.pacer.slot(manner.turn)
        await manner.ensure()

    def _wait(self, chat_id: ChatId, *, is_paced: bool, is_kept: bool) -> float:
        """Seconds until this chat may hear something; a pause of all counts if it is long."""
        chats = self.pacer.chats
        wait = chats.silence(chat_id, is_kept=is_kept)
        if is_paced:
            pause = self.pacer.silent_for
            wait = max(wait, chats.delay(chat_id), pause if pause > PATIENCE else 0.0)
        return wait

    async def _refused(self, outgoing: Outgoing, refusal: error.BadRequest) -> None:
        said = refusal.message.lower()
        if "not modified" in said:
            return
        if is_gone(refusal):
            await self.unreachable(PersonId(chat_of(outgoing)))
        elif outgoing.method == "editMessageText" and any(words in said for words in _NOT_EDITABLE):
            params = {name: value for name, value in outgoing.params.items() if name != "message_id"}
            new_message = Outgoing("sendMessage", params, minor=outgoing.minor, traceless=outgoing.traceless)
            await self.send_all([new_message])
        elif not outgoing.minor:
            word = await self.word_about(outgoing, chat_of(outgoing), refusal)
            if word is not None:
                await self.send_all([word])
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


def perhaps_sent(failure: error.TelegramError) -> bool:
    """Whether the message may have arrived though nothing says so."""
    return isinstance(failure, error.TimedOut | BrokenConnection) or (
        isinstance(failure, OddAnswer) and failure.perhaps
    )


def _is_paced(outgoing: Outgoing) -> bool:
    return outgoing.method.startswith(_PACED) and outgoing.method != _NO_MESSAGE


def chat_of(outgoing: Outgoing) -> ChatId:
    """The chat that it is for; NO_CHAT if it is for none."""
    return ChatId(outgoing.params.get("chat_id", NO_CHAT))
