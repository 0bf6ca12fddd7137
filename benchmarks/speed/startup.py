"""From the start of the process to /readyz 200 with 186,100 stations, and the memory it then takes."""

from __future__ import annotations

import asyncio
import re
import statistics
import time
from pathlib import Path

import psutil

from benchmarks.support.processes import import_stations, running, settings, until_ready
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

RUNS = 5


async def once(folder: Path, url: str, port: int) -> tuple[float, float]:
    """(seconds, MB)."""
    environment = {**settings(folder, url), "NUANXIN_WEB__PORT": str(port)}
    started = time.perf_counter()
    async with running("bot", "run", environment=environment) as process:
        await until_ready(port)
        taken = time.perf_counter() - started
        await asyncio.sleep(0.5)
        return taken, psutil.Process(process.pid).memory_info().rss / 1e6


def free_port() -> int:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def measure(folder: Path) -> list[Result]:
    await import_stations(folder)
    async with Stub(0, "sendVenue", dict).listening() as url:
        runs = [await once(folder, url, free_port()) for _ in range(RUNS)]
    seconds, memory = zip(*runs, strict=True)
    print("seconds:", re.sub(r"[\[\]]", "", str([round(one, 2) for one in seconds])))
    return [
        Result("ready with 186,100 stations", statistics.median(seconds), "s", goal="<= 2"),
        Result("resident memory when ready", max(memory), "MB", goal="<= 250"),
    ]
