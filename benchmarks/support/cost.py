"""What a unit of work costs: processor time of the process that does it, by its own clock, at low and at full load."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from benchmarks.support.processes import cpu_seconds
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


SETTLED_AFTER = 40.0
"""Seconds from its start until a bot has done each job of the clock once: they begin within 30 s, and would be counted
as if they were the price of the few updates beside them."""
LOW = Load("20/s", chats=20, think=1.0, seconds=10.0, warm_up=SETTLED_AFTER)
FULL = Load("256 in flight", chats=256, think=0.0, seconds=1.6, warm_up=0.8)
LOADS = (LOW, FULL)


async def per_unit(people: Stub, process: asyncio.subprocess.Process, load: Load) -> float:
    """CPU milliseconds a unit, once the first answer is there and the warm-up is over."""
    async with asyncio.timeout(60):
        await people.first.wait()
    await asyncio.sleep(load.warm_up)
    async with asyncio.timeout(60):
        # The first answers may be what a killed process left behind, which still leads for some seconds.
        left_behind = people.units
        while people.units == left_behind:  # noqa: ASYNC110 (it is done by another program)
            await asyncio.sleep(0.02)
    before, spent = people.units, cpu_seconds(process)
    await asyncio.sleep(load.seconds)
    return (cpu_seconds(process) - spent) / (people.units - before) * 1e3
