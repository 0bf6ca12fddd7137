"""Answers that Telegram does not take now: kept with their update, and sent when they are due, also after a restart."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import orjson

from bot.telegram.courier import Courier, Later, chat_of
from handlers.chat.talk import Outgoing
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.updates import updates

KEPT_BEFORE_RESENT = timedelta(seconds=60)
INTERVAL = 5.0


class KeptAnswers:
    def __init__(self, database: Database, courier: Courier, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._courier = courier
        self._clock = clock
        self.answered = Batcher(self._note_answered)
        self._one_by_one = asyncio.Lock()
        self.awake = asyncio.Event()
        """Set when something that was kept for a moment only is due."""

    async def keep(self, key: int, later: Later) -> None:
        """Keeps what Telegram does not take now; `resend` tries again when it is due."""
        now = self._clock()
        chats, chat_id = self._courier.pacer.chats, _chat_of_all(later.rest)
        due = chats.in_order(chat_id, now + timedelta(seconds=later.seconds))
        async with self._database.writing() as session:
            await updates.mark_done(session, key, now)
            await updates.keep_answers(session, key, pack(later.rest), due)
        if later.seconds < INTERVAL:
            asyncio.get_running_loop().call_later(later.seconds, self.awake.set)

    async def resend(self) -> int:
        """Sends kept answers that are due (after a crash, or after "too many requests"): those to one chat in their
        order, chats side by side. Returns how many updates."""
        async with self._one_by_one:
            return await self._resend()

    async def _resend(self) -> int:
        now = self._clock()
        async with self._database.writing() as session:
            claimed = await updates.claim_unanswered(session, now, KEPT_BEFORE_RESENT)
        by_chat: dict[int, list[tuple[int, list[Outgoing]]]] = defaultdict(list)
        for kept in claimed:
            answers = unpack(kept.answers)
            by_chat[_chat_of_all(answers)].append((kept.key, answers))
        await asyncio.gather(*(self._resend_to(chat_id, rows) for chat_id, rows in by_chat.items()))
        return len(claimed)

    async def _resend_to(self, chat_id: int, rows: Sequence[tuple[int, list[Outgoing]]]) -> None:
        chats = self._courier.pacer.chats
        mark = chats.last_kept(chat_id)
        for at, (key, answers) in enumerate(rows):
            try:
                await self._courier.send_all(answers, are_kept=True)
            except Later as later:
                await self.keep(key, later)
                for behind, rest in rows[at + 1 :]:
                    await self.keep(behind, Later(rest, self._courier.put_off(chat_id, later.seconds)))
                return
            await self.answered(key)
        chats.kept_are_out(chat_id, mark)

    async def _note_answered(self, keys: Sequence[int]) -> list[None]:
        async with self._database.writing() as session:
            await updates.answered(session, keys)
        return [None] * len(keys)


def _chat_of_all(answers: Sequence[Outgoing]) -> int:
    """The chat that the answers to one update are for; 0 if they are for none."""
    return next(filter(None, map(chat_of, answers)), 0)


def pack(outgoings: Sequence[Outgoing]) -> bytes:
    """Answers as bytes; one that uploads a file is left out (its button can be pressed again)."""
    return orjson.dumps([[one.method, one.params, one.minor] for one in outgoings if not one.files])


def unpack(kept: bytes) -> list[Outgoing]:
    return [Outgoing(method, params, minor=minor) for method, params, minor in orjson.loads(kept)]
