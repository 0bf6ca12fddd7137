"""Programs that are measured with one crowd after another, not started again in between: a start and the warm-up
of the clock's jobs take a minute, a measurement some seconds."""

from __future__ import annotations

import contextlib
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from benchmarks.support.cost import LOW, SETTLED_AFTER, Load, per_unit
from benchmarks.support.rounds import medians, side_by_side
from benchmarks.support.telegram_stub import Stub, Switchboard

Start: TypeAlias = Callable[[str], AbstractAsyncContextManager[Process]]
"""Of a program whose Telegram is at this address."""
Crowd: TypeAlias = Callable[[Load], Stub]
"""People who write to it, other ones each time."""


class Programs:
    """Those that run, by name."""

    def __init__(self, running: Mapping[str, tuple[Switchboard, Process]]) -> None:
        self._running = running
        self._started = time.monotonic()

    async def costs(self, contestants: Mapping[str, tuple[str, Crowd]], load: Load) -> dict[str, float]:
        """CPU milliseconds a unit of each contestant, who is a program and its crowd: at full load in turn, at low load
        side by side. Low loads come first: what full ones leave to the clock keeps it busy for minutes."""
        names = {name: f"{name}, {load.name}" for name in contestants}
        figures = await (side_by_side if load is LOW else medians)(
            {names[name]: partial(self._cost, *contestant, load) for name, contestant in contestants.items()}
        )
        return {name: figures[full] for name, full in names.items()}

    async def _cost(self, program: str, crowd: Crowd, load: Load) -> float:
        board, process = self._running[program]
        people = crowd(load)
        settled_in = self._started + SETTLED_AFTER - time.monotonic() if load is LOW else 0.0
        async with board.connected(people):
            return await per_unit(people, process, replace(load, warm_up=max(load.warm_up, settled_in)))


@contextlib.asynccontextmanager
async def started(starts: Mapping[str, Start]) -> AsyncIterator[Programs]:
    """All of them, killed at the end."""
    async with contextlib.AsyncExitStack() as stack:
        running = {}
        for name, start in starts.items():
            board = Switchboard()
            url = await stack.enter_async_context(board.listening())
            running[name] = board, await stack.enter_async_context(start(url))
        yield Programs(running)
