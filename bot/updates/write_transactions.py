"""Updates that write: the effect of each, and the mark that it had it, in a transaction of its own or in one that the
presses of the moment share.

A transaction takes several times as much of a processor as the two or three statements of a vote. So presses whose
route says that they may (`Route.shares_transaction`) and that come while a transaction is being made are the next one,
together. Each is marked in it, so that it has its effect once, as if it were alone. Who is refused before anything was
written does no harm to the others. After anything else that is not plain success nothing of it stays, and each is done
again alone: so what goes wrong does so where the others are not concerned.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bot.updates.reply_outbox import KEPT_BEFORE_RESENT, pack
from bot.updates.updates_in_hand import Held
from handlers.chat import emergency
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Call
from handlers.chat.talk import StatelessTalk, Talk
from storage.coordination.batching import Batcher
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.dialects import lock_chats
from storage.engine import write_detection
from storage.refusals import Refused
from storage.updates import batched_writes, updates
from storage.updates.batched_writes import Seen
from storage.updates.updates import Kept

MOST_TOGETHER = 64
"""On SQLite that many votes take some 10 ms, in which everybody else who wants to write waits."""

HOLDS_LOOP = 0.005
"""Seconds of them after which whatever else the event loop has to do is done."""

SIDE_BY_SIDE = 2
"""Such transactions at a time on PostgreSQL: while one waits for the network, the next is under way."""


class Turn(NamedTuple):
    """An update that is about to have its effect."""

    talk: StatelessTalk
    call: Call
    held: Held


@dataclass(frozen=True, slots=True)
class Effect:
    """What a handler did within the transaction; `due` is set if its answers are in the database too."""

    talk: Talk
    due: datetime | None


class MarkedAlready(Exception):
    """Another replica has given one of these updates its effect: nothing of this transaction stays."""


class WriteTransactions:
    def __init__(self, database: Database) -> None:
        self._database = database
        side_by_side = SIDE_BY_SIDE if database.is_postgresql else 1
        self._batched: Batcher[Turn, Effect | None] = Batcher(self._take, MOST_TOGETHER, side_by_side)

    async def run(self, turn: Turn) -> Effect:
        """Gives the update its effect.

        Raises:
            MarkedAlready: see the class.
            Exception: what the handler raised; there has been no effect then.
        """
        if not turn.call.route.shares_transaction:
            return await self._alone(turn)
        return await self._batched(turn) or await self._alone(turn)

    async def _alone(self, turn: Turn) -> Effect:
        async with self._database.writing() as session:
            await lock_chats(session, [turn.talk.chat_id])
            effect = await _effect(session, turn)
            await _mark(session, [effect])
            return effect

    async def _take(self, turns: Sequence[Turn]) -> Sequence[Effect | Exception | None]:
        """What becomes of each; None for those that are to be done alone."""
        if len(turns) == 1:
            return [await self._alone(turns[0])]
        try:
            return await self._together(turns)
        except Exception:
            return [None] * len(turns)

    async def _together(self, turns: Sequence[Turn]) -> Sequence[Effect | Exception]:
        """The effects, or refusals, in the order of the turns. They are carried out in the order of what they are
        about: two replicas that lock the same rows at the same time do so in the same order."""
        outcomes: dict[int, Effect | Exception] = {}
        async with self._database.writing() as session:
            await lock_chats(session, [turn.talk.chat_id for turn in turns])
            begun = time.perf_counter()
            for at in sorted(range(len(turns)), key=lambda at: _subject(turns[at].call)):
                outcomes[at] = await _effect_or_refusal(session, turns[at])
                if time.perf_counter() - begun > HOLDS_LOOP:
                    await asyncio.sleep(0)
                    begun = time.perf_counter()
            await _mark(session, [one for one in outcomes.values() if isinstance(one, Effect)])
        return [outcomes[at] for at in range(len(turns))]


def _subject(call: Call) -> tuple[Sequence[tuple[bool, Any]], str]:
    """First what it is about, numbers in their order, whatever is done with it: two buttons of an activity change the
    same row."""
    return [(isinstance(one, str), one) for one in call.arguments], call.name


async def _effect(session: AsyncSession, turn: Turn) -> Effect:
    talk, before = turn.talk.in_session(session), write_detection.changes(session)
    with turn.held.carried_on():
        seen = [row for row in talk.appends if isinstance(row, Seen)]
        await batched_writes.write(session, seen, talk.now)
        await turn.call.run(talk)
        emergency.put_first(talk)
        await delivery_queue.add_all(session, talk.notices)
        rest = [row for row in talk.appends if not isinstance(row, Seen)]
        await batched_writes.write(session, rest, talk.now)
        await write_detection.flush(session)
    has_written = write_detection.changes(session) != before
    return Effect(talk, talk.now + KEPT_BEFORE_RESENT if has_written else None)


async def _effect_or_refusal(session: AsyncSession, turn: Turn) -> Effect | Exception:
    """Raises what the handler raised, if it had written something by then."""
    before = write_detection.changes(session)
    try:
        return await _effect(session, turn)
    except (Refused, InvalidCallback) as refusal:
        if write_detection.is_flushed(session) and write_detection.changes(session) == before:
            return refusal
        raise
    finally:
        if session.identity_map:
            session.expunge_all()  # nobody decides on what another has read


async def _mark(session: AsyncSession, effects: Sequence[Effect]) -> None:
    """Marks those that have written something, the last words of the transaction; it is rolled back if none has."""
    written = [effect for effect in effects if effect.due is not None]
    if not written:
        await session.rollback()
        return
    marks = [Kept(one.talk.key, pack(one.talk.outgoing), one.due) for one in written if one.due is not None]
    if not await updates.mark_last(session, sorted(marks), max(one.talk.now for one in written)):
        raise MarkedAlready
