"""What a unit of work costs: processor time of the process that does it, by its own clock, at low and at full load."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.support.processes import cpu_seconds, running
from benchmarks.support.rounds import Contestants, medians, side_by_side
from benchmarks.support.telegram_stub import Stub


@dataclass(frozen=True)
class Load:
    """So many people who each write again `think` seconds after they were answered, measured for so many seconds after
    the warm-up."""

    name: str
    chats: int
    think: float
    seconds: float
    warm_up: float


LOW = Load("20/s", chats=20, think=1.0, seconds=20.0, warm_up=40.0)
"""Each job of the clock has run once when it is measured: they begin within 30 s of the start, and would be counted as
if they were the price of the few updates beside them."""
FULL = Load("256 in flight", chats=256, think=0.0, seconds=3.0, warm_up=1.5)
LOADS = (LOW, FULL)


async def at_both_loads(contestants: Callable[[Load], Contestants]) -> dict[str, float]:
    """What each measures: at low load side by side, at full load in turn. Their names say the load."""
    return await side_by_side(contestants(LOW)) | await medians(contestants(FULL))


async def per_unit(stub: Stub, process: asyncio.subprocess.Process, done: Callable[[], int], load: Load) -> float:
    """CPU milliseconds a unit, once the first answer is there and the warm-up is over; `done` counts the units."""
    async with asyncio.timeout(60):
        await stub.first.wait()
    await asyncio.sleep(load.warm_up)
    async with asyncio.timeout(60):
        # The first answers may be what a killed process left behind, which still leads for some seconds.
        left_behind = done()
        while done() == left_behind:  # noqa: ASYNC110 (it is done by another program)
            await asyncio.sleep(0.02)
    before, spent = done(), cpu_seconds(process)
    await asyncio.sleep(load.seconds)
    return (cpu_seconds(process) - spent) / (done() - before) * 1e3


async def echo(peer: str, load: Load) -> float:
    """CPU milliseconds of a bot that answers every message with one (see peers.py)."""
    stub = Stub(load.chats, "sendMessage", lambda: {"text": "hello"}, think=load.think)
    async with stub.listening() as url, running("benchmarks.support.peers", peer, url) as process:
        return await per_unit(stub, process, lambda: stub.answered, load)
