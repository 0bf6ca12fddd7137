"""The answers to updates on their way out. What Telegram does not take now is kept with its update, and sent when it is
due, also after a restart."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

import orjson

from bot.observability.logs import logger
from bot.telegram.courier import Courier, Later, chat_of
from bot.telegram.pacing import NEWCOMERS, Priority
from bot.updates.answer_leases import LEASE, AnswerLease, AnswerLeases, Taken
from bot.updates.answered_marks import AnsweredMarks
from handlers.chat.incoming import Incoming
from handlers.chat.replies import ANSWER_CALLBACK, Outgoing, Replies
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.telegram_ids import NO_CHAT, ChatId
from storage.updates import updates
from storage.updates.ids import UpdateKey
from storage.updates.updates import Done, Kept

log = logger("bot.updates.reply_outbox")

KEPT_BEFORE_RESENT = timedelta(seconds=60)
INTERVAL = 5.0
_AT_ONCE, _SECONDS_AT_ONCE = 100, 5
"""Of kept answers, no more are taken than can be sent in so many seconds."""


@dataclass(frozen=True, slots=True)
class Replied:
    """What is to be said about an update; if the database holds it until it has been said, from `due` on another
    process may say it."""

    outgoing: list[Outgoing]
    due: datetime | None = field(default=None, kw_only=True)


class _Claimed(NamedTuple):
    lease: AnswerLease
    answers: list[Outgoing]


class ReplyOutbox:
    def __init__(self, database: Database, courier: Courier, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._courier = courier
        self._clock = clock
        self.leases = AnswerLeases(database, clock)
        self.marks = AnsweredMarks(database)
        self._keep = Batcher(self._keep_all)
        self._one_by_one = asyncio.Lock()
        self.awake = asyncio.Event()
        """Set when something that was kept for a moment only is due."""

    async def send(self, incoming: Incoming, key: UpdateKey, replied: Replied, turn: Priority = Priority.REPLY) -> None:
        """Sends the answers to an update. A press gets its tick first, whatever else is said."""
        ticks = [one for one in replied.outgoing if one.method == ANSWER_CALLBACK] or _tick(incoming)
        rest = [one for one in replied.outgoing if one.method != ANSWER_CALLBACK]
        with self.leases.holding(key, replied.due) as lease:
            try:
                await self._courier.send_all([*ticks, *rest], turn, ensure=partial(self.leases.ensure, lease))
            except Later as later:
                await self.put_off(lease, later)
            except Taken:
                log.info("another process sends these answers")
            else:
                if lease.due is not None:
                    self.marks.add(key)

    async def put_off(self, lease: AnswerLease, later: Later) -> None:
        """Keeps what Telegram does not take now; `resend` tries again when it is due."""
        try:
            await self.leases.ensure(lease)
        except Taken:
            return
        now = self._clock()
        chats, chat_id = self._courier.pacer.chats, _chat_of_all(later.rest)
        due = chats.in_order(chat_id, now + timedelta(seconds=later.seconds))
        await self._keep(Kept(lease.key, pack(later.rest), due))
        if later.seconds < INTERVAL:
            asyncio.get_running_loop().call_later(later.seconds, self.awake.set)

    async def resend(self) -> int:
        """Sends kept answers that are due (after a crash, or after "too many requests"): those to one chat in their
        order, chats side by side. Returns how many updates."""
        resent = 0
        async with self._one_by_one:
            most = claimed = max(1, min(_AT_ONCE, int(self._courier.pacer.share * _SECONDS_AT_ONCE)))
            while claimed == most:
                claimed = await self._resend(most)
                resent += claimed
        return resent

    async def _resend(self, most: int) -> int:
        now = self._clock()
        async with self._database.reading() as session:
            if not await updates.any_unanswered(session, now):
                return 0
        async with self._database.writing() as session:
            claimed = await updates.claim_unanswered(session, now, LEASE, most)
        with contextlib.ExitStack() as held:
            by_chat: dict[ChatId, list[_Claimed]] = defaultdict(list)
            for kept in claimed:
                answers = unpack(kept.answers)
                lease = held.enter_context(self.leases.holding(kept.key, now + LEASE))
                by_chat[_chat_of_all(answers)].append(_Claimed(lease, answers))
            sending = [self._resend_to(chat_id, rows) for chat_id, rows in by_chat.items()]
            for failure in await asyncio.gather(*sending, return_exceptions=True):
                if failure is not None:
                    raise failure
        return len(claimed)

    async def _resend_to(self, chat_id: ChatId, rows: Sequence[_Claimed]) -> None:
        chats = self._courier.pacer.chats
        mark = chats.last_kept(chat_id)
        for at, (lease, answers) in enumerate(rows):
            turn = Priority.URGENT if any(one.vital for one in answers) else NEWCOMERS
            try:
                await self._courier.send_all(answers, turn, are_kept=True, ensure=partial(self.leases.ensure, lease))
            except Taken:
                continue
            except Later as later:
                await self.put_off(lease, later)
                for behind, rest in rows[at + 1 :]:
                    await self.put_off(behind, Later(rest, self._courier.put_off(chat_id, later.seconds)))
                return
            await self.marks.add_at_once(lease.key)
            self.leases.drop(lease)
        chats.kept_are_out(chat_id, mark)

    async def _keep_all(self, kept: Sequence[Kept]) -> list[None]:
        async with self._database.writing() as session:
            await updates.keep_answers(session, kept, self._clock())
        return [None] * len(kept)


def _tick(incoming: Incoming) -> list[Outgoing]:
    """The answer to a press that has no text; nothing for other updates."""
    replies = Replies(incoming)
    replies.answer_callback()
    return replies.outgoing


def repeated(done: Done) -> Replied:
    """The update is a duplicate: only what could not be said before is said."""
    return Replied(unpack(done.answers), due=done.due) if done.answers else Replied([])


def _chat_of_all(answers: Sequence[Outgoing]) -> ChatId:
    """The chat that the answers to one update are for; NO_CHAT if they are for none."""
    return next(filter(None, map(chat_of, answers)), NO_CHAT)


def pack(outgoings: Sequence[Outgoing]) -> bytes:
    """Answers as bytes; one that uploads a file is left out (its button can be pressed again), and one that leaves no
    trace."""
    kept = [one for one in outgoings if not one.files and not one.traceless]
    return orjson.dumps([[one.method, one.params, one.minor, one.vital] for one in kept])


def unpack(kept: bytes) -> list[Outgoing]:
    """Reads the answers that `pack` kept; 0.7 did not note which are vital."""
    return [
        Outgoing(method, params, minor=minor, vital=any(vital)) for method, params, minor, *vital in orjson.loads(kept)
    ]
