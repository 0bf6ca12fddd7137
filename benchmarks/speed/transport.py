"""What a call of the Bot API costs by connections of our own, and by aiohttp's client, which serves proxies."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from benchmarks.support.cost import FULL, per_unit
from benchmarks.support.processes import running
from benchmarks.support.report import Result
from benchmarks.support.rounds import medians
from benchmarks.support.telegram_stub import Stub


async def call(way: str) -> float:
    """CPU milliseconds of one, with as many in flight as there are people at full load."""
    stub = Stub(0, "sendMessage", dict)
    async with stub.listening() as url, running("benchmarks.support.peers", way, url) as process:
        return await per_unit(stub, process, FULL)


async def measure(_folder: Path) -> list[Result]:
    found = await medians({way: partial(call, way) for way in ("own-calls", "aiohttp-calls")})
    name = f"CPU of a call, {FULL.name}"
    return [Result(name, found["own-calls"], "ms", "aiohttp's client", found["aiohttp-calls"], "<= 0.5")]
