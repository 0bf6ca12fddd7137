"""Telegram refuses one chat (429), which goes on writing: nobody else waits for it."""

from __future__ import annotations

import asyncio
import math
import statistics
from pathlib import Path

from benchmarks.chaos.asking import Asking, asks_for_help, fill
from benchmarks.support.processes import listening, running
from benchmarks.support.recipients import environment
from benchmarks.support.refusing import Refusing
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.server import BotApi
from bot.sandbox.world import World

LIMIT, ROUNDS, PART, SECONDS, EVERY = 1_000, 8, 50, 2.0, 0.2
"""Quiet and disturbed parts take turns, and the median of all rounds counts: others use the machine as well."""
REFUSED, OF_100 = 1, 95
WARM_UP, ALL = range(2, 42), ROUNDS * PART
QUIET, DURING = range(42, 42 + ALL), range(42 + ALL, 42 + 2 * ALL)
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
    quiet, during = _late(asking, QUIET), _late(asking, DURING)
    silent = len(set(DURING) - asking.waits.keys())
    return [
        Result(f"{OF_100} of 100 wait at most: {NAME}", during * 1e3, "ms", "quiet", quiet * 1e3, "<= 2"),
        Result(f"others without an answer: {NAME}", silent, f"of {len(DURING)}", goal="<= 0"),
        Result(f"refused messages to the chat: {NAME}", refusing.refused[REFUSED], "messages"),
    ]


async def _keep_writing(world: World) -> None:
    while True:
        await world.sends(world.people[REFUSED], {"text": "hello"})
        await asyncio.sleep(EVERY)


def _late(asking: Asking, group: range) -> float:
    """What OF_100 of 100 do not exceed, in the median of the rounds; who was not answered waits for ever."""
    rounds = [
        statistics.quantiles([asking.waits.get(one, math.inf) for one in group[first : first + PART]], n=100)[
            OF_100 - 1
        ]
        for first in range(0, len(group), PART)
    ]
    return statistics.median(rounds)
