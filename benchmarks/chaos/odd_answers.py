"""One in five of all calls to Telegram gets an odd answer, while riders sign up: the program goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

from benchmarks.chaos.asking import Asking, fill, sign_ups, signs_up
from benchmarks.support.odd_answers import throwing
from benchmarks.support.processes import listening, running
from benchmarks.support.recipients import environment
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.server import BotApi
from bot.sandbox.world import World

SHARE, SECONDS, LIMIT = 0.2, 20.0, 30
RIDERS = range(1, 201)
LATER = range(201, 221)
"""Riders who sign up when Telegram is well again."""
NAME = "20 % odd answers"


async def run(folder: Path, url: str, seed: int) -> list[Result]:
    everybody = [*RIDERS, *LATER]
    world = World(TOKEN)
    database = await fill(url, everybody, len(everybody))
    asking, press = Asking(world, everybody), signs_up(world)
    api = BotApi(world, latency=0.05)
    api.dice = throwing(SHARE, seed)
    async with (
        listening(api) as address,
        running("bot", "run", environment=environment(folder, address, url, LIMIT)) as process,
    ):
        await asking.ask_all(RIDERS, SECONDS, press)
        await asking.until_answered(RIDERS, 5)
        api.dice = None
        await asyncio.sleep(5)  # a pause that an odd answer caused is over
        await asking.ask_all(LATER, 2, press)
        await asking.until_answered(LATER, 10)
        ended = process.returncode is not None
    stored = (await sign_ups(database)).total()
    await database.close()
    return [
        Result(f"processes that ended by themselves: {NAME}", ended, "", goal="<= 0"),
        Result(f"sign-ups lost: {NAME}", len(everybody) - stored, f"of {len(everybody)}", goal="<= 0"),
        Result(f"riders who heard nothing meanwhile: {NAME}", len(set(RIDERS) - asking.waits.keys()), "of 200"),
        Result(f"answers heard twice: {NAME}", sum(count - 1 for count in asking.heard.values()), "messages"),
        Result(
            f"riders without an answer afterwards: {NAME}",
            len(set(LATER) - asking.waits.keys()),
            f"of {len(LATER)}",
            goal="<= 0",
        ),
        Result(
            f"longest wait afterwards: {NAME}",
            max((asking.waits[one] for one in LATER if one in asking.waits), default=float("inf")),
            "s",
            goal="<= 5",
        ),
    ]
