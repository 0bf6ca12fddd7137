"""Telegram asks one chat for silence: that chat waits, in order, and nobody else."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.support.refusing import Refusing
from bot.observability.metrics import Metrics
from bot.sandbox.server import Fault
from bot.telegram.answers import TooManyRequests
from bot.telegram.chat_limits import BURST, FRESH_FOR, MOST_SILENT, Chats
from bot.telegram.courier import PATIENCE, Courier, Later
from bot.telegram.pacing import Pacer
from bot.updates.answer_leases import AnswerLease
from bot.updates.reply_outbox import INTERVAL
from handlers.chat.replies import File, Outgoing
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import Delivery, State
from storage.membership.ids import MemberNumber
from storage.membership.notices import ApplicationApproved
from storage.telegram_ids import ChatId
from storage.updates.ids import UpdateKey
from tests.support.clock import Time
from tests.support.databases import opened
from tests.support.metrics import page, value
from tests.support.simulator import NOON, Town, running
from tests.support.words.chat import HELP_PAGE

HOUR = 3_600


BUSY = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3600}}'


def silences(town: Town, *chats: int, seconds: int = HOUR) -> dict[int, int]:
    """From now on these chats are refused, until they are taken out of what is returned."""
    town.api.limits = limits = Refusing(chats, seconds)
    return limits.refused


async def test_an_hour_of_silence_in_one_chat_holds_up_nobody_else(town: Town) -> None:
    silent, other = town.rider(1), town.rider(2)
    refused = silences(town, 1)
    await silent.says("hello")
    await silent.says("/language")
    await town.until_idle()
    await other.says("hello")
    assert "location" in (await other.hears())["text"]
    assert silent.heard == []
    assert refused == {1: 1}, "the second answer is not even tried"
    assert value(await page(town), "nuanxin_chats_silent") == 1
    refused.clear()
    town.now += timedelta(seconds=HOUR - 2)
    assert await town.app.updates.outbox.resend() == 0
    town.now += timedelta(seconds=3)
    await silent.says("/help")  # new: it does not overtake what was kept
    await town.until_idle()
    town.now += timedelta(seconds=1)
    await town.app.updates.outbox.resend()
    said = [(await silent.hears())["text"] for _ in range(3)]
    assert ["location" in said[0], "语言" in said[1], HELP_PAGE in said[2]] == [True, True, True]
    await silent.says("hello")
    await silent.hears()
    assert value(await page(town), "nuanxin_chats_silent") == 0


async def test_what_was_kept_for_an_hour_comes_after_a_restart_too(town: Town, migrated_url: str) -> None:
    rider = town.rider(3)
    refused = silences(town, 3)
    await rider.says("hello")
    await town.until_idle()
    refused.clear()
    town.app.leave()
    again = Town(opened(migrated_url), town.api, town.config)
    again.now = NOON + timedelta(seconds=HOUR + 1)
    async with running(again.app):
        assert "location" in (await rider.hears())["text"]


async def test_different_chats_refused_at_once_are_the_limit_of_all(town: Town) -> None:
    one, two, three = (town.rider(number) for number in (4, 5, 6))
    silences(town, 4, 5, seconds=20)
    await one.says("hello")
    await town.until_idle()
    assert town.app.telegram.pacer.silent_for == 0
    await two.says("hello")
    await town.until_idle()
    assert 19 < town.app.telegram.pacer.silent_for <= 20
    await three.says("hello")
    await town.until_idle()
    assert three.heard == []
    town.now += timedelta(seconds=21)
    await town.app.updates.outbox.resend()
    await three.hears()


async def test_notices_to_a_silent_chat_are_put_off_and_stop_no_other(town: Town) -> None:
    silent, other = town.rider(7), town.rider(8)
    for rider in (silent, other):
        await rider.says("/start")
        await rider.hears()
    refused = silences(town, 7)
    async with town.database.writing() as session:
        for count in range(1, 4):
            for rider in (silent, other):
                await delivery_queue.add(session, Addressed(rider.id, ApplicationApproved(MemberNumber(count)), NOON))
    town.deliver()
    for count in range(1, 4):
        assert f"No. {count:06d}" in (await other.hears())["text"]
    await town.until_true(lambda: _put_off(town, 3))
    assert refused == {7: 1}
    refused.clear()
    town.now += timedelta(seconds=HOUR + 1)
    town.deliver()
    for count in range(1, 4):
        assert f"No. {count:06d}" in (await silent.hears())["text"]


async def _put_off(town: Town, most: int) -> bool:
    async with town.database.reading() as session:
        waiting = await session.scalars(select(Delivery.id).where(Delivery.state == State.WAITING, Delivery.due > NOON))
    return len(waiting.all()) == most


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> tuple[Courier, Time, list[tuple[float, int]]]:
    """A courier whose time is set by hand, where waiting takes none; and what it sent when to whom."""
    time, sent = Time(), []
    transport: Any = type("Nothing", (), {})()

    async def call(_url: str, params: dict[str, Any], _files: Any) -> dict[str, int]:
        sent.append((time.now - 100, params["chat_id"]))
        return {"message_id": 1}

    async def sleep(seconds: float) -> None:
        time.now += seconds

    transport.call = call
    monkeypatch.setattr("bot.telegram.courier.asyncio.sleep", sleep)

    async def unreachable(_: int) -> None:
        raise AssertionError

    async def word_about(*_: object) -> None:
        raise AssertionError

    return Courier(transport, "", unreachable, Metrics(), Pacer(1_000, time, per_chat=1), word_about), time, sent


async def test_a_chat_hears_a_burst_then_one_a_second_and_what_is_left_is_kept(
    paced: tuple[Courier, Time, list[tuple[float, int]]],
) -> None:
    courier, time, sent = paced
    answers = [Outgoing("sendMessage", {"chat_id": 1}) for _ in range(12)]
    with pytest.raises(Later) as later:
        await courier.send_all(answers)
    assert [round(at) for at, _ in sent] == [0] * BURST + [1, 2, 3]
    assert len(later.value.rest) == 12 - BURST - 3
    await courier.send_all([Outgoing("sendMessage", {"chat_id": 2})])
    assert sent[-1] == (time.now - 100, 2), "the other chat waits for nobody"
    with pytest.raises(Later):
        await courier.send_all([Outgoing("sendMessage", {"chat_id": 1})])
    before = len(sent)
    await courier.send_all([Outgoing("editMessageText", {"chat_id": 2}) for _ in range(20)])
    assert len({at for at, _ in sent[before:]}) == 1, "edits are not counted"


async def test_an_answer_with_a_file_waits_in_place_since_it_cannot_be_kept(
    paced: tuple[Courier, Time, list[tuple[float, int]]],
) -> None:
    courier, _, sent = paced
    for _ in range(2):
        picture = Outgoing("sendDocument", {"chat_id": 1}, files={"document": File("a.pdf", b"%PDF")})
        await courier.send_all([*(Outgoing("sendMessage", {"chat_id": 1}) for _ in range(11)), picture])
    assert [round(at) for at, _ in sent] == [0] * BURST + list(range(1, 25 - BURST))


async def test_what_is_kept_for_a_moment_comes_when_it_is_due(town: Town) -> None:
    """And not with the next look at what is kept: three of those would take twice INTERVAL at least."""
    rider = town.rider(10)
    await rider.says("hello")
    await rider.hears()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for key in range(3):
        answer = Outgoing("sendMessage", {"chat_id": 10, "text": str(key)})
        await town.app.updates.outbox.put_off(AnswerLease(UpdateKey(key), None), Later([answer], 0.1))
        town.now += timedelta(seconds=1)
        assert (await rider.hears())["text"] == str(key)
    assert loop.time() - begun < 2 * INTERVAL


async def test_a_short_refusal_waits_in_place_but_not_on_end(
    paced: tuple[Courier, Time, list[tuple[float, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is refused for two seconds each time keeps nobody's updates behind theirs."""
    courier, time, _ = paced

    async def refusing(*_: Any) -> None:
        raise TooManyRequests(2)

    monkeypatch.setattr(courier.transport, "call", refusing)
    with pytest.raises(Later):
        await courier.send_all([Outgoing("sendMessage", {"chat_id": 1})])
    assert time.now - 100 <= PATIENCE
    begun = time.now
    for _ in range(50):
        with pytest.raises(Later):
            await courier.send_all([Outgoing("sendMessage", {"chat_id": 1})])
    assert time.now - begun <= PATIENCE


async def test_a_tick_that_is_refused_keeps_no_answer_back(
    paced: tuple[Courier, Time, list[tuple[float, int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    courier, _, sent = paced
    call = courier.transport.call

    async def refusing(url: str, params: Any, files: Any) -> Any:
        if url.endswith("answerCallbackQuery"):
            raise TooManyRequests(HOUR)
        return await call(url, params, files)

    monkeypatch.setattr(courier.transport, "call", refusing)
    tick = Outgoing("answerCallbackQuery", {"callback_query_id": "1"}, minor=True)
    await courier.send_all([tick, Outgoing("sendMessage", {"chat_id": 1})])
    assert len(sent) == 1
    assert courier.pacer.silent_for == 0


def test_a_refusal_is_everybodys_only_with_another_fresh_one() -> None:
    time = Time()
    chats = Chats(1, time)
    assert chats.refused(ChatId(1), 30) == 0
    assert chats.refused(ChatId(1), 30) == 0, "the same chat again"
    chats.went_out()
    assert chats.refused(ChatId(2), 30) == 0, "others heard something in between"
    time.now += FRESH_FOR + 1
    assert chats.refused(ChatId(3), 30) == 0, "long after"
    assert chats.refused(ChatId(4), 7) == 7


def test_what_is_put_off_keeps_its_order_whatever_the_wall_clock_does() -> None:
    time = Time()
    chats = Chats(1, time)
    chats.refused(ChatId(1), HOUR)
    due = []
    for step in range(50):
        time.now += 0.1
        wall = NOON - timedelta(seconds=step % 7)
        due.append(
            chats.in_order(ChatId(1), wall + timedelta(seconds=chats.put_off(ChatId(1), chats.silence(ChatId(1)))))
        )
    assert due == sorted(set(due))
    assert due[-1] - due[0] < timedelta(seconds=1)


def test_a_clock_that_is_set_back_keeps_no_chat_waiting() -> None:
    time = Time()
    chats = Chats(1, time)
    for _ in range(BURST):
        chats.take(ChatId(1))
    assert chats.delay(ChatId(1)) == 1
    time.now -= HOUR
    assert chats.delay(ChatId(1)) == 0


def test_the_memory_of_chats_is_bounded() -> None:
    time = Time()
    chats = Chats(1, time)
    for chat in range(3 * MOST_SILENT):
        chats.take(ChatId(chat))
        chats.refused(ChatId(chat), HOUR)
        chats.went_out()
        time.now += 0.01
    assert chats.silent == MOST_SILENT
    assert not any(map(chats.last_kept, map(ChatId, range(2 * MOST_SILENT))))
    time.now += HOUR + 1
    chats.refused(ChatId(1), 1)
    assert chats.silent == 1
    assert [chat for chat in range(3 * MOST_SILENT) if chats.last_kept(ChatId(chat))] == [1]


def test_a_chat_is_forgotten_that_may_hear_a_whole_burst_again() -> None:
    time = Time()
    chats = Chats(1, time)
    tracemalloc.start()
    for chat in range(30_000):
        chats.take(ChatId(chat))
        time.now += 0.01
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1_000 * 300, "bytes, for the chats of the last seconds"


async def test_a_refused_edit_of_a_panel_is_left_out(town: Town) -> None:
    town.api.faults.append(Fault(429, BUSY, ("editMessageText",)))
    edit = Outgoing("editMessageText", {"chat_id": 9, "message_id": 1, "text": "x"}, minor=True)
    await asyncio.wait_for(town.app.telegram.courier.send_all([edit]), 5)
    assert town.app.telegram.courier.pacer.chats.silence(ChatId(9)) > PATIENCE, "though it counted as no message"
