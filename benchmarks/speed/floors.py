"""The floor under what an update costs (see benchmarks/support/floor.py), beside an aiogram echo; it has no goal."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from benchmarks.support.cost import LOADS, Load, at_both_loads, echo, per_unit
from benchmarks.support.processes import postgresql, running
from benchmarks.support.report import Result
from benchmarks.support.rounds import Contestants
from benchmarks.support.telegram_stub import Stub


async def floor(new_database: Callable[[], str], load: Load) -> float:
    """CPU milliseconds of an update."""
    stub = Stub(load.chats, "sendMessage", lambda: {"text": "hello"}, think=load.think)
    arguments = [url for url in (new_database(),) if url]
    async with stub.listening() as url, running("benchmarks.support.floor", url, *arguments) as process:
        return await per_unit(stub, process, lambda: stub.answered, load)


async def measure(folder: Path) -> list[Result]:
    numbers = itertools.count()
    with postgresql(folder) as url:
        kinds: dict[str, Callable[[], str]] = {
            "none": str,
            "SQLite": lambda: f"sqlite:///{folder}/floor-{next(numbers)}.db",
            "PostgreSQL": lambda: url,
        }

        def at(load: Load) -> Contestants:
            contestants: dict[str, Callable[[], Awaitable[float]]] = {
                f"echo, {load.name}": partial(echo, "aiogram", load)
            }
            for kind, new_database in kinds.items():
                contestants[f"{kind}, {load.name}"] = partial(floor, new_database, load)
            return contestants

        found = await at_both_loads(at)
    return [
        Result(
            f"floor, database: {kind}, {load.name}",
            found[f"{kind}, {load.name}"],
            "ms",
            "aiogram echo",
            found[f"echo, {load.name}"],
        )
        for load in LOADS
        for kind in kinds
    ]
