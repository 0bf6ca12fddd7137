"""A unit of the bot's work on each database, at both loads, beside an aiogram echo of one message."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from benchmarks.support.cost import LOADS, Load, at_both_loads, echo, per_unit
from benchmarks.support.processes import running, settings
from benchmarks.support.recipients import KEY
from benchmarks.support.report import Result
from benchmarks.support.rounds import Contestants
from benchmarks.support.telegram_stub import Stub


async def beside_echo(
    what: str, unit: Callable[[str, Load], Awaitable[float]], databases: Mapping[str, tuple[str, str]]
) -> dict[tuple[str, Load], Result]:
    """What it costs, by the kind of database and the load. `unit` measures CPU milliseconds on the database of a URL;
    `databases` have their URLs and goals by their kinds."""

    def at(load: Load) -> Contestants:
        contestants: dict[str, Callable[[], Awaitable[float]]] = {f"echo, {load.name}": partial(echo, "aiogram", load)}
        for kind, (url, _) in databases.items():
            contestants[f"{what}, {kind}, {load.name}"] = partial(unit, url, load)
        return contestants

    found = await at_both_loads(at)
    return {
        (kind, load): Result(
            f"CPU of {what}, {kind}, {load.name}",
            found[f"{what}, {kind}, {load.name}"],
            "ms",
            "aiogram echo",
            found[f"echo, {load.name}"],
            goal,
        )
        for load in LOADS
        for kind, (_, goal) in databases.items()
    }


async def bots_unit(folder: Path, database: str, load: Load, stub: Stub, done: Callable[[], int]) -> float:
    """CPU milliseconds of a unit of the bot's, on a database whose key is KEY; `done` counts the units."""
    async with stub.listening() as url:
        environment = {**settings(folder, url, database), "NUANXIN_SECURITY__ENCRYPTION_KEYS": f'["{KEY}"]'}
        async with running("bot", "run", environment=environment) as process:
            return await per_unit(stub, process, done, load)
