"""Riders search while the program is killed and Telegram fails: what was lost, and what came twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.support.processes import listening, running, settings
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi, Fault
from bot.sandbox.world import World
from storage.database import open_database
from storage.encryption import Vault, read_keys
from storage.stations.searches import SearchRow

RIDERS, ROUNDS, LATENCY = 200, 8, 0.12
BUSY = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}'
FAULTS = (
    Fault(502, methods=("sendMessage", "sendVenue", "getUpdates")),
    Fault(0, None, ("sendMessage", "sendVenue")),
    Fault(0, None, ("sendMessage", "sendVenue"), too_late=True),
    Fault(429, BUSY, ("sendMessage", "sendVenue")),
)


class Riders:
    """Counts what each of them hears."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.lists: Counter[int] = Counter()
        self.venues: Counter[int] = Counter()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        message = event.get("message", {})
        if event["type"] == "message" and message["from"]["is_bot"]:
            self.venues[chat_id] += "venue" in message
            self.lists[chat_id] += "Nearest stations" in message.get("text", "")

    async def write(self) -> None:
        for number in range(RIDERS):
            person = self.world.add(Person(1_000 + number, "Rider", language_code="en"))
            await self.world.sends(person, {"location": {"latitude": 37.43, "longitude": 116.36}})


async def run(folder: Path, database: str, kind: str, seed: int) -> list[Result]:
    """One database: killed ROUNDS times, then left to finish."""
    chance = random.Random(seed)
    api = BotApi(World(TOKEN), latency=LATENCY)
    async with listening(api) as address:
        environment = settings(folder, address, database)
        async with running("bot", "demo", environment=environment) as filling:
            assert await filling.wait() == 0
        riders = Riders(api.world)
        await riders.write()
        for _ in range(ROUNDS):
            api.faults += [chance.choice(FAULTS) for _ in range(5)]
            before = len(api.world.waiting)
            async with running("bot", "run", environment=environment):
                await _until(api.world, lambda before=before: len(api.world.waiting) < before or not api.world.waiting)
                await asyncio.sleep(chance.uniform(0, 0.4))
        async with running("bot", "run", environment=environment):
            await _until(api.world, lambda: not api.world.waiting)
            await _until_all_have_heard(riders)
    figures = {
        "lost": RIDERS - sum(1 for count in riders.venues.values() if count),
        "effects twice": await _searches(folder, environment["NUANXIN_DATABASE__URL"]) - RIDERS,
        "lists twice": sum(count - 1 for count in riders.lists.values() if count),
    }
    return [
        Result(f"{what}, {ROUNDS} kills, {kind}", figure, f"of {RIDERS}", goal="" if what == "lists twice" else "<= 0")
        for what, figure in figures.items()
    ]


async def _until(world: World, true: object) -> None:
    async with asyncio.timeout(60), world.changed:
        await world.changed.wait_for(true)  # type: ignore[arg-type]


async def _until_all_have_heard(riders: Riders) -> None:
    """Answers that a crash left unsent go out within 65 s."""
    for _ in range(140):
        if len([count for count in riders.venues.values() if count]) == RIDERS:
            return
        await asyncio.sleep(0.5)


async def _searches(folder: Path, url: str) -> int:
    keys = read_keys(folder / "data" / "encryption.key")
    database = open_database(url, Vault(keys))
    async with database.reading() as session:
        count = await session.scalar(select(func.count()).select_from(SearchRow))
    await database.close()
    return count or 0
