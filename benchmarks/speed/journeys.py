"""Journeys and echoes a second, and the transport alone, in one run."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable
from pathlib import Path

from benchmarks.support.places import somewhere
from benchmarks.support.processes import import_stations, postgresql, running, settings
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

SECONDS, WARM_UP, RUNS = 5.0, 2.0, 3


async def echoes(peer: str, chats: int) -> float:
    stub = Stub(chats, "sendMessage", lambda: {"text": "hello"})
    async with stub.listening() as url, running("benchmarks.support.peers", peer, url):
        return await stub.rate(SECONDS, WARM_UP)


async def journeys(folder: Path, chats: int, database: str = "") -> float:
    chance = random.Random(256)
    stub = Stub(chats, "sendVenue", lambda: somewhere(chance))
    async with stub.listening() as url, running("bot", "run", environment=settings(folder, url, database)):
        return await stub.rate(SECONDS, WARM_UP)


async def measure(folder: Path) -> list[Result]:
    """Each peer is measured between two of ours, three rounds; the medians are compared."""
    await import_stations(folder)
    with postgresql(folder) as url:
        await import_stations(folder, url)
        kinds: dict[str, Callable[[], object]] = {
            "aiogram 256": lambda: echoes("aiogram", 256),
            "sqlite": lambda: journeys(folder, 256),
            "stock 256": lambda: echoes("telegram", 256),
            "postgresql": lambda: journeys(folder, 256, url),
            "own 256": lambda: echoes("telegram-aiohttp", 256),
            "aiogram 1": lambda: echoes("aiogram", 1),
            "stock 1": lambda: echoes("telegram", 1),
            "own 1": lambda: echoes("telegram-aiohttp", 1),
        }
        found: dict[str, list[float]] = {name: [] for name in kinds}
        for _ in range(RUNS):
            for name, run in kinds.items():
                found[name].append(await run())  # type: ignore[misc]
                print(f"{name}: {found[name][-1]:,.0f}/s", flush=True)
    rate = {name: statistics.median(figures) for name, figures in found.items()}
    journey = [
        Result(f"journeys, 256 chats, {name}", rate[name], "1/s", f"{peer} echo", rate[key], goal)
        for name in ("sqlite", "postgresql")
        for peer, key, goal in (("aiogram", "aiogram 256", ">= 1.0"), ("python-telegram-bot", "stock 256", ">= 3.0"))
    ]
    transport = [
        Result(f"echo over bot.transport, {chats} in flight", rate[f"own {chats}"], "1/s", peer, rate[f"{key} {chats}"])
        for chats in (1, 256)
        for peer, key in (("stock httpx transport", "stock"), ("aiogram", "aiogram"))
    ]
    return journey + transport
