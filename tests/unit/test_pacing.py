"""The pacer: never more than the limit in any sliding second, for any arrivals and any clock."""

from __future__ import annotations

import asyncio
from bisect import bisect_left

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.telegram.pacing import GROUP_MOST, Pacer, Priority, Window
from storage.telegram_ids import ChatId

STEPS = st.lists(
    st.tuples(st.floats(0, 3, allow_nan=False), st.sampled_from(Priority), st.booleans()), min_size=1, max_size=200
)


@given(limit=st.sampled_from([0.5, 1, 2.5, 7, 30]), steps=STEPS, start=st.floats(-1e6, 1e9))
def test_no_window_of_a_second_holds_more_than_the_limit(
    limit: float, steps: list[tuple[float, Priority, bool]], start: float
) -> None:
    """The clock jumps by each step; now and then it also waits exactly as long as it is told."""
    window, now, sent = Window(limit), start, []
    for jump, priority, obeys in steps:
        now += jump
        delay = window.delay(now, priority)
        if delay and obeys:
            now += delay
        if window.delay(now, priority) == 0:
            window.take(now)
            sent.append(now)
    most, length = max(1, int(limit)), max(1, int(limit)) / limit
    for at, moment in enumerate(sent):
        assert bisect_left(sent, moment + length) - at <= most


@given(steps=st.lists(st.floats(0, 0.2), min_size=1, max_size=100))
def test_a_pause_is_kept(steps: list[float]) -> None:
    window = Window(30)
    window.pause(10.0)
    now = 0.0
    for step in steps:
        now += step
        assert (window.delay(now, Priority.REPLY) == 0) == (now >= 10.0)


@pytest.mark.parametrize("held", [0.001, 0.003, 0.0045])
def test_a_paid_rate_is_kept_though_the_loop_is_held_now_and_then(held: float) -> None:
    """For so many seconds at each twentieth message."""
    window, now, sent = Window(1_000), 0.0, list[float]()
    while now < 5:
        delay = window.delay(now, Priority.BROADCAST)
        if delay:
            now += delay
            continue
        window.take(now)
        sent.append(now)
        now += held if len(sent) % 20 == 0 else 0.0
    assert len(sent) / 5 >= 1_000 * 0.98
    assert all(bisect_left(sent, moment + 1.0) - at <= 1_000 for at, moment in enumerate(sent))


@given(moments=st.sets(st.integers(5, 95), max_size=20), shift=st.floats(0, 0.09))
def test_a_reply_waits_for_one_slot_of_a_running_broadcast(moments: set[int], shift: float) -> None:
    window, now, worst = Window(30), 0.0, 0.0
    waiting = sorted(moment / 10 + shift for moment in moments)
    while now < 10:
        if waiting and waiting[0] <= now:
            delay = window.delay(now, Priority.REPLY)
            if not delay:
                window.take(now)
                worst = max(worst, now - waiting.pop(0))
        elif not window.delay(now, Priority.BROADCAST):
            window.take(now)
        now += 0.001
    assert worst <= 0.036


@given(bursts=st.lists(st.tuples(st.integers(10, 80), st.integers(1, 6)), max_size=8), shift=st.floats(0, 0.09))
def test_of_replies_that_meet_the_nth_waits_for_n_slots(bursts: list[tuple[int, int]], shift: float) -> None:
    """Within the limit there is no faster way: each slot that frees up is given to a reply."""
    window, now = Window(30), 0.0
    arriving = sorted(moment / 10 + shift for moment, count in bursts for _ in range(count))
    waiting: list[tuple[float, int]] = []  # since when, and behind how many
    while now < 12:
        while arriving and arriving[0] <= now:
            waiting.append((arriving.pop(0), len(waiting)))
        if waiting and not window.delay(now, Priority.REPLY):
            window.take(now)
            since, ahead = waiting.pop(0)
            assert now - since <= (ahead + 1) * 0.036
        elif not window.delay(now, Priority.BROADCAST):
            window.take(now)
        now += 0.001


class Time:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_the_more_urgent_goes_first() -> None:
    pacer, order = Pacer(50), []

    async def send(priority: Priority) -> None:
        await pacer.slot(priority)
        order.append(priority)

    for _ in range(50):
        await pacer.slot(Priority.REPLY)
    await asyncio.gather(*(send(priority) for priority in (Priority.BROADCAST, Priority.REMINDER, Priority.REPLY)))
    assert order == [Priority.REPLY, Priority.REMINDER, Priority.BROADCAST]


async def test_who_no_longer_waits_takes_no_slot() -> None:
    pacer = Pacer(2)
    await pacer.slot(Priority.REPLY)
    await pacer.slot(Priority.REPLY)
    given_up = asyncio.create_task(pacer.slot(Priority.REPLY))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.wait_for(pacer.slot(Priority.REPLY), 2)
    assert pacer.waiting == 0


def test_a_chat_gets_one_broadcast_a_second_and_a_group_twenty_a_minute() -> None:
    time = Time()
    pacer = Pacer(30, time)
    assert pacer.bulk_delay(ChatId(1)) == 0
    assert pacer.bulk_delay(ChatId(1)) == pytest.approx(1)
    assert pacer.bulk_delay(ChatId(2)) == 0
    time.now += 1
    assert pacer.bulk_delay(ChatId(1)) == 0
    assert [pacer.group_has_room(ChatId(-5)) for _ in range(GROUP_MOST + 1)] == [True] * GROUP_MOST + [False]
    time.now += 60
    assert pacer.group_has_room(ChatId(-5))
