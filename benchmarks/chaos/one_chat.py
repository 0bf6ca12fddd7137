"""Telegram refuses one chat (429), which goes on writing: nobody else waits for it."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

from benchmarks.chaos.asking import Asking, asks_for_help, fill
from benchmarks.speed.deliveries import environment
from benchmarks.support.processes import listening, running
from benchmarks.support.refusing import Refusing
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.server import BotApi
from bot.sandbox.world import World

LIMIT, PART, SECONDS, EVERY = 1_000, 100, 3.0, 0.2
"""Quiet and disturbed parts take turns, since others use the machine as well."""
REFUSED = 1
WARM_UP, QUIET, DURING = range(2, 42), range(42, 442), range(442, 842)
NAME = "429 for one chat"


async def run(folder: Path, url: str) -> list[Result]:
    everybody = [REFUSED, *WARM_UP, *QUIET, *DURING]
    world = World(TOKEN)
    database = await fill(url, everybody, len(everybody))
    asking, ask = Asking(world, everybody), asks_for_help(world)
    api, refusing = BotApi(world, latency=0.05), Refusing((REFUSED,), 3)
    async with listening(api) as address, running("bot", "run", environment=environment(folder, address, url, LIMIT)):
        await asking.ask_all(WARM_UP, 2, ask)
        await asking.until_answered(WARM_UP, 30)
        for first in range(0, len(QUIET), PART):
            await asking.ask_all(QUIET[first : first + PART], SECONDS, ask)
            api.limits = refusing
            writing = asyncio.create_task(_keep_writing(world))
            await asking.ask_all(DURING[first : first + PART], SECONDS, ask)
            writing.cancel()
            api.limits = None
        await asking.until_answered([*QUIET, *DURING], 10)
    await database.close()
    quiet, during = ([asking.waits[one] for one in group if one in asking.waits] for group in (QUIET, DURING))
    return [
        Result(f"99 of 100 wait at most: {NAME}", _late(during) * 1e3, "ms", "quiet", _late(quiet) * 1e3, "<= 2"),
        Result(f"others without an answer: {NAME}", len(DURING) - len(during), f"of {len(DURING)}", goal="<= 0"),
        Result(f"refused messages to the chat: {NAME}", refusing.refused[REFUSED], "messages"),
    ]


async def _keep_writing(world: World) -> None:
    while True:
        await world.sends(world.people[REFUSED], {"text": "hello"})
        await asyncio.sleep(EVERY)


def _late(waits: list[float]) -> float:
    """What 99 of 100 do not exceed."""
    return statistics.quantiles(waits, n=100)[-1]
