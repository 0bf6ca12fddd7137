"""What a journey costs: a location that is answered by a list and a pin, among 186,100 stations."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from benchmarks.support.cost import LOADS, LOW, Load, at_both_loads, echo, per_unit
from benchmarks.support.places import somewhere
from benchmarks.support.processes import import_stations, postgresql, running, settings
from benchmarks.support.report import Result
from benchmarks.support.rounds import Contestants
from benchmarks.support.telegram_stub import Stub


async def journey(folder: Path, database: str, load: Load) -> float:
    """CPU milliseconds of one."""
    chance = random.Random(256)
    stub = Stub(load.chats, "sendVenue", lambda: somewhere(chance), think=load.think)
    async with stub.listening() as url, running("bot", "run", environment=settings(folder, url, database)) as process:
        return await per_unit(stub, process, lambda: stub.answered, load)


async def measure(folder: Path) -> list[Result]:
    await import_stations(folder)
    with postgresql(folder) as url:
        await import_stations(folder, url)
        kinds = {"SQLite": "", "PostgreSQL": url}

        def at(load: Load) -> Contestants:
            contestants: dict[str, Callable[[], Awaitable[float]]] = {}
            contestants[f"echo, {load.name}"] = partial(echo, "aiogram", load)
            for kind, database in kinds.items():
                contestants[f"journey, {kind}, {load.name}"] = partial(journey, folder, database, load)
            return contestants

        found = await at_both_loads(at)
    return [
        Result(
            f"CPU of a journey, {kind}, {load.name}",
            found[f"journey, {kind}, {load.name}"],
            "ms",
            "aiogram echo, one message",
            found[f"echo, {load.name}"],
            "<= 1.2" if load is LOW else "<= 0.8",
        )
        for load in LOADS
        for kind in kinds
    ]
