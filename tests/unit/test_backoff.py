"""Pauses between tries, of one thing and of many."""

from __future__ import annotations

from bot.backoff import Rests


def test_each_rests_for_itself_and_longer_each_time() -> None:
    now = 0.0
    rests: Rests[str] = Rests(3.0, 10.0, lambda: now)
    for pause in (3.0, 6.0, 10.0, 10.0):
        rests.failed("a")
        assert rests.is_resting("a") and not rests.is_resting("b")
        now += pause - 0.1
        assert rests.is_resting("a")
        now += 0.1
        assert not rests.is_resting("a")
    rests.failed("a")
    rests.succeeded("a")
    assert not rests.is_resting("a")
    rests.failed("a")
    now += 3.0
    assert not rests.is_resting("a"), "after a success it starts over"


def test_only_so_many_are_remembered() -> None:
    rests: Rests[int] = Rests(3.0, 10.0, lambda: 0.0, most=2)
    for key in range(3):
        rests.failed(key)
    assert [rests.is_resting(key) for key in range(3)] == [False, True, True]
