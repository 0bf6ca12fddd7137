"""The leader's clock is set an hour ahead, then an hour back, then right again, while people talk."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.chaos.talking import IN_FLIGHT, talking
from benchmarks.support.report import Result
from benchmarks.support.tampered import BACK, FORWARDS

REPLICAS, WRONG_FOR, STEPS = 2, 6.0, 3
NAME = "clock set by an hour and back"


async def run(folder: Path, url: str, seed: int) -> list[Result]:
    """Each step is seen by the program's own watch; the admins hear of it once."""
    async with talking(folder, url, REPLICAS, seed, module="benchmarks.support.tampered") as town:
        leader = await town.fleet.leader()
        for steps in ((FORWARDS,), (BACK, BACK), (FORWARDS,)):
            for kind in steps:
                town.fleet.send(leader, kind)
                await asyncio.sleep(0.2)  # one that waits takes no second of its kind
            await asyncio.sleep(WRONG_FOR)
    told = [one for one in town.told if "⏰" in one]
    return [
        Result(f"admins who were not told: {NAME}", 0 if told else 1, "of 1", goal="<= 0"),
        Result(f"longest time without a leader: {NAME}", town.leaders.longest, "s", goal="<= 10"),
        *await town.results(NAME, IN_FLIGHT * STEPS),
    ]
