"""Answers that are kept in the database are sent by one replica, however long it waits for its turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import pytest

from bot.observability.metrics import Metrics
from bot.telegram.courier import Courier
from bot.telegram.pacing import Pacer, Priority
from bot.updates.answer_leases import LEASE
from bot.updates.reply_outbox import KEPT_BEFORE_RESENT, Replied, ReplyOutbox, pack
from handlers.chat.incoming import Incoming
from handlers.chat.replies import Outgoing
from storage.database import Database
from storage.updates import updates
from storage.updates.ids import UpdateKey
from tests.support.databases import opened
from tests.support.simulator import NOON

KEY = UpdateKey(7)
ANSWERS = [Outgoing("sendMessage", {"chat_id": 1, "text": "yes"})]
SECOND = timedelta(seconds=1)


class Replica:
    """One that sends nothing before `may_send`, since it has no share of the limit."""

    def __init__(self, database: Database) -> None:
        self.database, self.now, self.sent = database, NOON, list[int]()
        self.pacer = Pacer(1_000)
        self.pacer.change(0.0)
        transport: Any = type("Telegram", (), {})()

        async def call(_url: str, params: dict[str, Any], _files: Any) -> dict[str, int]:
            self.sent.append(params["chat_id"])
            return {"message_id": 1}

        async def nothing(*_: object) -> None:
            raise AssertionError

        transport.call = call
        courier = Courier(transport, "", nothing, Metrics(), self.pacer, nothing)
        self.outbox = ReplyOutbox(database, courier, lambda: self.now)

    async def waits(self, work: Any) -> asyncio.Task[Any]:
        """Begins to send; returns when it waits for its turn."""
        task = asyncio.create_task(work)
        async with asyncio.timeout(10):
            while not self.pacer.waiting:  # noqa: ASYNC110 (the pacer tells nobody)
                await asyncio.sleep(0.005)
        return task

    def may_send(self) -> None:
        self.pacer.change(1_000.0)


@pytest.fixture
async def replicas(migrated_url: str) -> AsyncIterator[tuple[Replica, Replica]]:
    """Two, each with connections of its own."""
    databases = opened(migrated_url), opened(migrated_url)
    yield Replica(databases[0]), Replica(databases[1])
    for database in databases:
        await database.close()


async def _keep(replica: Replica, seconds: timedelta) -> None:
    async with replica.database.writing() as session:
        await updates.mark_done(session, KEY, NOON, pack(ANSWERS), NOON + seconds)


def _set(now: timedelta, *replicas: Replica) -> None:
    for replica in replicas:
        replica.now = NOON + now


async def _is_sent_by_one_alone(one: Replica, other: Replica, sending: Awaitable[object], waits: int) -> None:
    """After so many seconds for which it has waited for its turn."""
    for seconds in range(5, waits + 1, 5):
        _set(seconds * SECOND, one, other)
        await one.outbox.leases.renew()
        assert await other.outbox.resend() == 0
    one.may_send()
    await sending
    assert (one.sent, other.sent) == ([1], [])


async def test_kept_answers_that_wait_for_their_turn_are_not_taken_by_another(
    replicas: tuple[Replica, Replica],
) -> None:
    one, other = replicas
    other.may_send()
    await _keep(one, timedelta())
    await _is_sent_by_one_alone(one, other, await one.waits(one.outbox.resend()), 60)
    _set(timedelta(hours=1), other)
    assert await other.outbox.resend() == 0, "they are sent"


async def test_an_answer_just_given_that_waits_for_its_turn_is_not_taken_by_another(
    replicas: tuple[Replica, Replica],
) -> None:
    one, other = replicas
    other.may_send()
    await _keep(one, KEPT_BEFORE_RESENT)
    raw = {"message": {"chat": {"id": 1, "type": "private"}, "from": {"id": 1}, "text": "hello"}}
    incoming = Incoming.read({"update_id": 1, **raw})
    assert incoming is not None
    replied = Replied(ANSWERS, due=NOON + KEPT_BEFORE_RESENT)
    sending = await one.waits(one.outbox.send(incoming, KEY, replied, Priority.REPLY))
    await _is_sent_by_one_alone(one, other, sending, 90)


async def test_who_was_killed_is_followed_soon_and_who_was_frozen_sends_nothing_twice(
    replicas: tuple[Replica, Replica],
) -> None:
    frozen, other = replicas
    other.may_send()
    await _keep(frozen, timedelta())
    sending = await frozen.waits(frozen.outbox.resend())
    _set(LEASE - SECOND, other)
    assert await other.outbox.resend() == 0
    _set(LEASE + SECOND, frozen, other)
    assert await other.outbox.resend() == 1
    frozen.may_send()
    await sending
    assert (frozen.sent, other.sent) == ([], [1])
