"""Resident memory: of the demo, with 186,100 stations, after 24,000 updates; beside a bot of the same libraries."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import psutil

from benchmarks.speed.start import IMPORTS
from benchmarks.support.places import somewhere
from benchmarks.support.processes import finished, running, settings
from benchmarks.support.ready import demo_and_large, ready_bot
from benchmarks.support.recipients import UNLIMITED, environment, fill
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

CHATS, WARM_UP, UPDATES, SETTLES = 512, 4_000, 24_000, 1.0
"""So many people that none of them writes more than one person may (`limits.burst`)."""


def resident(process: asyncio.subprocess.Process) -> float:
    """MB."""
    return float(psutil.Process(process.pid).memory_info().rss / 1e6)


async def ready(folder: Path) -> float:
    """MB of a bot that nobody has written to."""
    async with ready_bot(folder) as process:
        await asyncio.sleep(SETTLES)
        return resident(process)


async def grown(folder: Path) -> tuple[float, float]:
    """MB after the warm-up, and after 24,000 locations more."""
    chance = random.Random(24_000)
    stub = Stub(CHATS, "sendVenue", lambda: somewhere(chance))
    async with stub.listening() as url, running("bot", "run", environment=settings(folder, url)) as process:
        figures = []
        for wanted in (WARM_UP, WARM_UP + UPDATES):
            async with asyncio.timeout(300):
                while stub.units < wanted:  # noqa: ASYNC110 (it is done by another program)
                    await asyncio.sleep(0.05)
            figures.append(resident(process))
    return figures[0], figures[1]


async def peer() -> float:
    """MB of aiogram's echo with SQLAlchemy and numpy imported."""
    stub = Stub(1, "sendMessage", lambda: {"text": "hello"}, think=0.5)
    async with stub.listening() as url, running("benchmarks.support.peers", "aiogram-with-libraries", url) as process:
        await stub.first.wait()
        await asyncio.sleep(SETTLES)
        return resident(process)


async def imports(folder: Path) -> float:
    """MB of a program that imports the same libraries and does nothing: with these, less can't be had."""
    modules = folder / "modules"
    modules.write_bytes(await finished(*IMPORTS, "names"))
    return int(await finished(*IMPORTS, str(modules))) / 1e6


async def with_recipients(folder: Path) -> list[Result]:
    """Of a broadcast to many."""
    found = []
    for recipients in (1_000, 200_000):
        url = f"sqlite+aiosqlite:///{folder}/memory{recipients}.db"
        database, _ = await fill(url, recipients)
        await database.close()
        stub = Stub(0, "", lambda: {"text": "hello"})
        async with (
            stub.listening() as address,
            running("bot", "run", environment=environment(folder, address, url, UNLIMITED)) as process,
        ):
            await stub.until_sent(min(recipients, 30_000))
            found.append(resident(process))
    return [Result("memory with 200,000 recipients", found[1], "MB", "with 1,000", found[0], "<= 1.2")]


async def measure(folder: Path) -> list[Result]:
    """Side by side: what a process holds does not depend on who else runs."""
    small, many = await asyncio.gather(of_stations(folder), with_recipients(folder))
    return [*small, *many]


async def of_stations(folder: Path) -> list[Result]:
    demo, large = await demo_and_large(folder)
    few, all_stations, theirs, bare = await ready(demo), await ready(large), await peer(), await imports(folder)
    warm, later = await grown(large)
    name = "aiogram, SQLAlchemy, numpy"
    return [
        Result("resident memory, demo", few, "MB", goal="<= 110"),
        Result("resident memory, demo", few, "MB", name, theirs),
        Result("resident memory, demo", few, "MB", "importing the same libraries", bare),
        Result("resident memory, 186,100 stations", all_stations, "MB", goal="<= 160"),
        Result("resident memory, 186,100 stations", all_stations, "MB", name, theirs),
        Result("resident memory after 24,000 updates", later, "MB", "after warm-up", warm, "<= 1.1"),
    ]
