"""The leader's network to PostgreSQL stalls for 25 s: others go on, it says so itself, and it comes back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from benchmarks.chaos.talking import IN_FLIGHT, talking
from benchmarks.support.database_proxy import DatabaseProxy
from benchmarks.support.report import Result
from storage.engine.postgresql_engine import ANSWERS_WITHIN

REPLICAS, STALLED_FOR, BACK_WITHIN = 3, 25.0, 10
SAID_WITHIN = ANSWERS_WITHIN + 5
"""Nothing but the time-out of a statement tells a network that stalls from a slow database."""
NAME = "network to PostgreSQL stalled"


async def run(folder: Path, url: str, seed: int) -> list[Result]:
    """Each replica has a network of its own."""
    proxies = [DatabaseProxy(url) for _ in range(REPLICAS)]
    async with contextlib.AsyncExitStack() as stack:
        own = [{"NUANXIN_DATABASE__URL": await stack.enter_async_context(proxy.running())} for proxy in proxies]
        async with talking(folder, url, REPLICAS, seed, own) as town:
            stalled, begun = await town.fleet.leader(), time.monotonic()
            proxies[stalled].flows.clear()

            async def says_so() -> bool:
                return "database away" in await town.fleet.trouble(stalled)

            async def is_back() -> bool:
                return await town.fleet.is_ready(stalled)

            said = await _seconds_until(says_so, STALLED_FOR)
            await asyncio.sleep(max(begun + STALLED_FOR - time.monotonic(), 0))
            proxies[stalled].flows.set()
            back = await _seconds_until(is_back, 3 * BACK_WITHIN)
    return [
        Result(f"until it says so: {NAME}", said, "s", goal=f"<= {SAID_WITHIN:.0f}"),
        Result(f"until it is ready again: {NAME}", back, "s", goal=f"<= {BACK_WITHIN}"),
        Result(f"until another leads: {NAME}", town.leaders.longest, "s", goal="<= 10"),
        Result(f"until somebody hears: {NAME}", town.talks.first_heard(begun), "s", goal="<= 10"),
        *await town.results(NAME, IN_FLIGHT),
    ]


async def _seconds_until(is_so: Callable[[], Awaitable[bool]], most: float) -> float:
    """Infinite if it never is so."""
    begun = time.monotonic()
    while time.monotonic() - begun < most:
        if await is_so():
            return time.monotonic() - begun
        await asyncio.sleep(0.2)
    return float("inf")
