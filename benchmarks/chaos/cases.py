"""100 cases talk while the program is killed again and again: no message between rider and handler is lost, each side
hears them in order, few come twice."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import random
import re
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.support.processes import listening, running
from benchmarks.support.recipients import KEY, environment
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from storage import schema
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases.table import CaseContent
from storage.database import open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.telegram_ids import PersonId

CASES, HANDLERS, SAID, KILLS, LIMIT, IN_FLIGHT = 100, 10, 4, 10, 30, 8
FIRST_HANDLER = 9_001
LATEST = 150
"""Seconds after which what has not come counts as lost."""
SPOKEN = re.compile(r"(said|answered) (\d+)/(\d+)")


class Talks:
    """What each side hears of each case: "said case/n" by riders, "answered case/n" by handlers, who answer whatever
    they hear by a reply.

    In each of `cases` the rider says something `said` times, `pause` seconds apart at most.
    """

    def __init__(self, world: World, cases: int = CASES, said: int = SAID, pause: float = 12.0) -> None:
        self.world = world
        self._cases, self._said, self._pause = cases, said, pause
        self.begun: dict[tuple[str, int, int], float] = {}
        """When something was written."""
        self.waits: dict[tuple[str, int, int], float] = {}
        """Seconds until the other side heard it."""
        self.heard: dict[tuple[str, int], list[int]] = defaultdict(list)
        self.answering: set[asyncio.Task[Json]] = set()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] != "message" or not event["message"]["from"]["is_bot"]:
            return
        found = SPOKEN.search(event["message"].get("text", ""))
        if found is None:
            return
        who, case, number = found[1], int(found[2]), int(found[3])
        is_new = number not in self.heard[who, case]
        self.heard[who, case].append(number)
        now = time.monotonic()
        if is_new:
            self.waits[who, case, number] = now - self.begun[who, case, number]
        if who == "said" and is_new:
            self.begun["answered", case, number] = now
            content = {"text": f"answered {case}/{number}", "reply_to_message": event["message"]}
            task = asyncio.create_task(self.world.sends(self.world.people[chat_id], content))
            self.answering.add(task)
            task.add_done_callback(self.answering.discard)

    async def rider(self, case: int, chance: random.Random) -> None:
        for number in range(self._said):
            await asyncio.sleep(chance.uniform(0, self._pause))
            self.begun["said", case, number] = time.monotonic()
            await self.world.sends(self.world.people[case], {"text": f"said {case}/{number}"})

    def first_heard(self, since: float) -> float:
        """Seconds from then until the first message that was written after it had come."""
        came = [begun + self.waits[one] for one, begun in self.begun.items() if begun > since and one in self.waits]
        return min(came, default=float("inf")) - since

    @property
    def is_complete(self) -> bool:
        return all(
            set(self.heard[who, case]) == set(range(self._said))
            for who in ("said", "answered")
            for case in range(1, self._cases + 1)
        )

    async def until_complete(self, seconds: float) -> None:
        """Waits for that, so long at most: it is done by other programs."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not self.is_complete:  # noqa: ASYNC110 (nobody tells)
                    await asyncio.sleep(0.5)

    def figures(self) -> tuple[int, int, int]:
        """(lost, out of order, repeats), over both sides."""
        lost = wrong = repeats = 0
        for who in ("said", "answered"):
            for case in range(1, self._cases + 1):
                heard = self.heard[who, case]
                first = list(dict.fromkeys(heard))
                lost += self._said - len(first)
                wrong += sum(a > b for a, b in itertools.pairwise(first))
                repeats += len(heard) - len(first)
        return lost, wrong, repeats


def introduce(world: World, count: int = CASES) -> None:
    """The riders of so many cases, and the handlers."""
    for person_id in range(1, count + 1):
        world.add(Person(person_id, "Rider", language_code="en", started=True))
    for person_id in range(FIRST_HANDLER, FIRST_HANDLER + HANDLERS):
        world.add(Person(person_id, "Counsel", language_code="en", started=True))


def counsel() -> dict[str, str]:
    """The settings that make the handlers handlers."""
    return {"NUANXIN_PEOPLE__COUNSEL": ",".join(str(FIRST_HANDLER + at) for at in range(HANDLERS))}


async def fill(url: str, count: int = CASES) -> None:
    """So many cases, each in a handler's hands, and their riders writing in them."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    everybody = [*range(1, count + 1), *range(FIRST_HANDLER, FIRST_HANDLER + HANDLERS)]
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(everybody, "en"), now)
        for rider in range(1, count + 1):
            due = now + timedelta(hours=24)
            row = await cases.open_case(session, "legal", "L", PersonId(rider), CaseContent("pay"), 1, 2026, due, now)
            await cases.claim(session, row.id, PersonId(FIRST_HANDLER + rider % HANDLERS), ["legal"], now)
            await case_contexts.enter(session, PersonId(rider), row.id, now)
    await database.close()


async def run(folder: Path, url: str, kind: str, seed: int) -> list[Result]:
    world = World(TOKEN)
    introduce(world)
    await fill(url)
    chance = random.Random(seed)
    async with listening(BotApi(world, latency=0.05)) as address:
        talks = Talks(world)
        settings = {**environment(folder, address, url, LIMIT), **counsel()}
        riders = [asyncio.create_task(talks.rider(case, chance)) for case in range(1, CASES + 1)]
        for _ in range(KILLS):
            async with running("bot", "run", environment=settings):
                await asyncio.sleep(chance.uniform(2, 6))
        async with running("bot", "run", environment=settings):
            await asyncio.gather(*riders)
            await talks.until_complete(LATEST)
            await asyncio.sleep(2)
    lost, wrong, repeats = talks.figures()
    name = f"{kind}, {CASES} cases, {KILLS} kills"
    print(name, f"lost {lost}, out of order {wrong}, repeats {repeats}", flush=True)
    return [
        Result(f"messages of cases lost: {name}", lost, "messages", goal="<= 0"),
        Result(f"messages of cases out of order: {name}", wrong, "messages", goal="<= 0"),
        Result(f"messages of cases twice: {name}", repeats, "messages", goal=f"<= {IN_FLIGHT * KILLS}"),
    ]
