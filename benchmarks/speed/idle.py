"""What a bot costs that nobody writes to: all side by side for a minute, since hardly anything happens."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path

from benchmarks.speed.replicas import Balancer, Fleet, free_port, webhook
from benchmarks.support.cost import SETTLED_AFTER
from benchmarks.support.processes import cpu_seconds, postgresql, running, settings, until_ready
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

SECONDS = 60.0


async def measure(folder: Path) -> list[Result]:
    port, ports = free_port(), [free_port(), free_port()]
    async with contextlib.AsyncExitStack() as stack:
        start = stack.enter_async_context
        url = await start(Stub(0, "", dict).listening())
        peer = await start(running("benchmarks.support.peers", "aiogram", url))
        own = settings(folder, url) | {"NUANXIN_WEB__PORT": str(port)}
        alone = await start(running("bot", "run", environment=own))
        database = stack.enter_context(postgresql(folder))
        hook = await start(Balancer(ports).listening())
        replicas = await start(Fleet(settings(folder, url, database) | webhook(hook), ports))
        await until_ready(port)
        await asyncio.sleep(SETTLED_AFTER)
        processes = {
            "aiogram": peer,
            "SQLite": alone,
            **dict(zip(("first", "second"), replicas.processes, strict=True)),
        }
        before, begun = {name: cpu_seconds(one) for name, one in processes.items()}, time.perf_counter()
        await asyncio.sleep(SECONDS)
        taken = time.perf_counter() - begun
        spent = {name: (cpu_seconds(one) - before[name]) / taken * 100 for name, one in processes.items()}
    figures = {"SQLite": spent["SQLite"], "PostgreSQL, the dearer of 2 replicas": max(spent["first"], spent["second"])}
    return [
        result
        for kind, figure in figures.items()
        for result in (
            Result(f"idle, {kind}", figure, "% of a core", goal="<= 0.5"),
            Result(f"idle, {kind}", figure, "% of a core", "aiogram polling", spent["aiogram"], "<= 3"),
        )
    ]
