"""Updates in, by polling."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.updates.intake import ChatQueues, Polling


async def test_what_is_done_by_the_next_question_holds_up_nobody() -> None:
    """An update is done while Telegram is asked again, and brings nothing new: the next question follows at once."""
    loop, asked, leading = asyncio.get_running_loop(), [], asyncio.Event()
    leading.set()

    async def ask(_method: str, params: dict[str, Any], _timeout: float) -> Any:
        asked.append(loop.time())
        await asyncio.sleep(0.01)
        if len(asked) == 1:
            return [{"update_id": 1, "message": {"chat": {"id": 1}}}]
        if len(asked) == 3:
            polling.close()
        return []

    async def handle(_raw: dict[str, Any]) -> None:
        await asyncio.sleep(0)

    polling = Polling(ask, handle, leading)
    await asyncio.wait_for(polling.run(), 5)
    assert asked[2] - asked[1] < 0.1


async def test_what_a_frozen_process_finds_when_it_wakes_is_left_to_the_next_leader() -> None:
    leading, leads, handled, asked = asyncio.Event(), [True], [], 0
    leading.set()

    async def ask(_method: str, params: dict[str, Any], _timeout: float) -> Any:
        nonlocal asked
        asked += 1
        if asked == 1:
            leads[0] = False
            asyncio.get_running_loop().call_later(0.05, leads.__setitem__, 0, True)
        else:
            polling.close()
        return [{"update_id": asked, "message": {"chat": {"id": 1}}}]

    async def handle(raw: dict[str, Any]) -> None:
        handled.append(raw["update_id"])

    polling = Polling(ask, handle, leading, leads=lambda: leads[0])
    await asyncio.wait_for(polling.run(), 5)
    assert handled == [2]


async def test_one_late_update_makes_others_wait_for_a_moment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is in hand, Telegram can't be asked to wait for news: it is asked again soon, then less often, and soon
    again once there are some."""
    waits: list[float] = []
    leading, late = asyncio.Event(), asyncio.Event()
    leading.set()

    async def ask(_method: str, params: dict[str, Any], _timeout: float) -> Any:
        if len(waits) == 8:
            late.set()
            polling.close()
        return [{"update_id": number, "message": {"chat": {"id": number}}} for number in range(1 + (len(waits) >= 5))]

    async def handle(raw: dict[str, Any]) -> None:
        if raw["update_id"] == 0:
            await late.wait()

    async def until(_queues: ChatQueues, _limit: int, seconds: float) -> None:
        waits.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(ChatQueues, "until", until)
    polling = Polling(ask, handle, leading)
    await asyncio.wait_for(polling.run(), 5)
    assert waits[:8] == [0.05, 0.1, 0.2, 0.25, 0.25, 0.05, 0.1, 0.2]
