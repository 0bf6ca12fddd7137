"""A small town for one fault: riders and handlers talk in cases while it happens."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.chaos.cases import Talks, counsel, fill, introduce
from benchmarks.chaos.leaders import Leaders
from benchmarks.speed.replicas import Balancer, Fleet, free_port, webhook
from benchmarks.support.processes import beside, listening
from benchmarks.support.recipients import KEY, environment
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from storage.cases.messages import CaseMessage
from storage.database import open_database
from storage.encryption import Vault, decode_key

CASES, SAID, PAUSE, LIMIT, IN_FLIGHT = 30, 6, 6.0, 60, 15
ADMIN = 9_900
LATEST = 45
"""Seconds after which what has not come counts as lost."""


@dataclass(frozen=True)
class Town:
    """What a fault is done to, and what is seen of it. `told` is what the admin heard, `ended`
    how many processes have ended by themselves."""

    url: str
    fleet: Fleet
    api: BotApi
    talks: Talks
    leaders: Leaders
    told: list[str]
    ended: list[int]

    async def results(self, name: str, repeats: int) -> list[Result]:
        """What is asked of every fault; at most so many messages may come twice."""
        lost, wrong, twice = self.talks.figures()
        written = await count_messages(self.url)
        return [
            Result(f"messages lost: {name}", lost, f"of {2 * CASES * SAID}", goal="<= 0"),
            Result(f"messages out of order: {name}", wrong, "messages", goal="<= 0"),
            Result(f"messages written down twice: {name}", written - len(self.talks.begun), "messages", goal="<= 0"),
            Result(f"messages heard twice: {name}", twice, "messages", goal=f"<= {repeats}"),
            Result(f"longest wait for a message: {name}", max(self.talks.waits.values()), "s"),
            Result(f"processes that ended by themselves: {name}", sum(self.ended), "", goal="<= 0"),
            Result(f"most leaders at a time: {name}", self.leaders.most, "", goal="<= 1"),
        ]


@contextlib.asynccontextmanager
async def talking(
    folder: Path,
    url: str,
    replicas: int,
    seed: int,
    own: Sequence[Mapping[str, str]] = (),
    module: str = "bot",
) -> AsyncIterator[Town]:
    """The fault happens within the block; its end waits until everybody has heard everything, or LATEST."""
    world, chance = World(TOKEN), random.Random(seed)
    introduce(world, CASES)
    world.add(Person(ADMIN, "Admin", language_code="en", started=True))
    told: list[str] = []
    world.listeners.add(lambda chat, event: told.append(_text(event)) if chat == ADMIN else None)
    await fill(url, CASES)
    api, talks = BotApi(world, latency=0.05), Talks(world, CASES, SAID, PAUSE)
    ports = [free_port() for _ in range(replicas)]
    async with contextlib.AsyncExitStack() as stack:
        address = await stack.enter_async_context(listening(api))
        settings = {**environment(folder, address, url, LIMIT), **counsel(), "NUANXIN_PEOPLE__ADMINS": str(ADMIN)}
        if url.startswith("postgresql"):
            settings |= webhook(await stack.enter_async_context(Balancer(ports).listening()))
        fleet = Fleet(settings, ports, own, module)
        await stack.enter_async_context(fleet)
        leaders = Leaders(fleet)
        await stack.enter_async_context(beside(leaders.watch()))
        riders = [asyncio.create_task(talks.rider(case, chance)) for case in range(1, CASES + 1)]
        await asyncio.sleep(5)
        ended: list[int] = []
        yield Town(url, fleet, api, talks, leaders, told, ended)
        await asyncio.gather(*riders)
        await talks.until_complete(LATEST)
        await asyncio.sleep(1)
        ended.append(fleet.ended)


def _text(event: Json) -> str:
    return str(event.get("message", {}).get("text", ""))


async def count_messages(url: str) -> int:
    """How many messages of cases the database has."""
    database = open_database(url, Vault([decode_key(KEY)]))
    async with database.reading() as session:
        count = await session.scalar(select(func.count()).select_from(CaseMessage))
    await database.close()
    return count or 0
