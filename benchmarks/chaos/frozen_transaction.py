"""A replica is frozen in the middle of a transaction that holds an activity's row: others wait for 5 s."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from benchmarks.chaos.asking import Asking, fill, sign_ups, signs_up
from benchmarks.speed.replicas import Balancer, Fleet, free_port, webhook
from benchmarks.support.processes import listening
from benchmarks.support.recipients import environment
from benchmarks.support.report import Result
from benchmarks.support.tampered import FREEZES
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from storage.activities.participants import PlaceState
from storage.engine.postgresql_engine import IDLE_FOR_AT_MOST as LOCKED_FOR

REPLICAS, PLACES, LIMIT, FROZEN_FOR, MARGIN = 3, 60, 1_000, 12.0, 1.5
RIDERS = range(1, 151)
FIRST = range(1, 31)
NAME = "frozen in a transaction, PostgreSQL"


async def run(folder: Path, url: str) -> list[Result]:
    world = World(TOKEN)
    database = await fill(url, RIDERS, PLACES)
    asking, press = Asking(world, RIDERS), signs_up(world)
    ports = [free_port() for _ in range(REPLICAS)]
    async with listening(BotApi(world, latency=0.05)) as address, Balancer(ports).listening() as hook:
        settings = {**environment(folder, address, url, LIMIT), **webhook(hook)}
        async with Fleet(settings, ports, module="benchmarks.support.tampered") as fleet:
            await asking.ask_all(FIRST, 3, press)
            frozen = (await fleet.leader() + 1) % REPLICAS
            fleet.send(frozen, FREEZES)
            others = asyncio.create_task(asking.ask_all(RIDERS[len(FIRST) :], FROZEN_FOR, press))
            await fleet.until_stopped(frozen)
            frozen_at = time.monotonic()
            await others
            fleet.wake(frozen)
            await asking.until_answered(RIDERS, 20)
            await asyncio.sleep(2)
            ended = fleet.ended
    stands = await sign_ups(database)
    await database.close()
    return [
        Result(f"until others sign up: {NAME}", asking.first_since(frozen_at), "s", goal=f"<= {LOCKED_FOR + MARGIN}"),
        Result(f"longest wait of a rider: {NAME}", max(asking.waits.values()), "s", goal=f"<= {2 * LOCKED_FOR}"),
        Result(f"riders without an answer: {NAME}", len(RIDERS) - len(asking.waits), f"of {len(RIDERS)}", goal="<= 0"),
        Result(f"sign-ups lost: {NAME}", len(RIDERS) - stands.total(), f"of {len(RIDERS)}", goal="<= 0"),
        Result(
            f"places given too many or too few: {NAME}",
            abs(stands[PlaceState.PLACED] - PLACES),
            f"of {PLACES}",
            goal="<= 0",
        ),
        Result(f"processes that ended by themselves: {NAME}", ended, "", goal="<= 0"),
    ]
