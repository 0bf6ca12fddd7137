"""A broadcast under fire: the program is killed twenty times while Telegram fails in every way it knows."""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.support.processes import listening, running
from benchmarks.support.recipients import KEY, environment, fill
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi, Fault
from bot.sandbox.world import World
from handlers.broadcasts.panel import report
from storage.broadcasts import broadcasts
from storage.broadcasts.ids import BroadcastId
from storage.database import Database, open_database
from storage.deliveries import of_broadcasts
from storage.deliveries.table import State
from storage.encryption import Vault, decode_key
from storage.telegram_ids import PersonId
from storage.updates import user_state

RECIPIENTS, KILLS, LIMIT, IN_FLIGHT = 2_000, 20, 30, 8
BUSY = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}'
BLOCKED = '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}'
TEXT = "Free haircuts on Saturday"


def dice(seed: int) -> object:
    """5 % 429, 3 % 403, 2 % 500, 1 % accepted but the connection lost."""
    chance = random.Random(seed)

    def throw(method: str) -> Fault | None:
        if method != "sendMessage":
            return None
        at = chance.random()
        for share, fault in (
            (0.05, Fault(429, BUSY)),
            (0.08, Fault(403, BLOCKED)),
            (0.10, Fault(500)),
            (0.11, Fault(0, None, (), too_late=True)),
        ):
            if at < share:
                return fault
        return None

    return throw


class Heard:
    """How often each person got the message."""

    def __init__(self, world: World) -> None:
        self.count: Counter[int] = Counter()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] == "message" and event["message"].get("text") == TEXT:
            self.count[chat_id] += 1


async def run(folder: Path, url: str, kind: str, seed: int, midway: Callable[[], None] = lambda: None) -> list[Result]:
    """`midway` happens while the program runs, after half of the kills."""
    api = BotApi(World(TOKEN), latency=0.05)
    api.dice = dice(seed)  # type: ignore[assignment]
    for person_id in range(1, RECIPIENTS + 1):
        api.world.add(Person(person_id, "Rider", started=True))
    async with listening(api) as address:
        database, _ = await fill(url, RECIPIENTS)
        await database.close()
        heard = Heard(api.world)
        settings = environment(folder, address, url, LIMIT)
        chance = random.Random(seed)
        for turn in range(KILLS):
            async with running("bot", "run", environment=settings):
                await asyncio.sleep(0.5)  # what the last one had on the way has arrived; this one is not up yet
                await _until_more(heard, heard.count.total())
                if turn == KILLS // 2:
                    await asyncio.to_thread(midway)
                    await _until_more(heard, heard.count.total())
                await asyncio.sleep(chance.uniform(0, 3))
        database = open_database(url, Vault([decode_key(KEY)]))
        async with running("bot", "run", environment=settings):
            await _until_done(database)
        async with database.reading() as session:
            counted = await of_broadcasts.counts(session, BroadcastId(1))
            row = await broadcasts.find(session, BroadcastId(1))
            assert row is not None
            said = "\n".join(report(row, counted, 0, "en"))
            standings = await user_state.standings(
                session, list(map(PersonId, range(1, RECIPIENTS + 1))), datetime.now(UTC)
            )
        await database.close()
    missed = sum(standing.reachable and not heard.count[at] for at, standing in enumerate(standings, start=1))
    repeats = sum(count - 1 for count in heard.count.values())
    print(kind, {state.name: count for state, count in counted.items()}, flush=True)
    name = f"{kind}, {KILLS} kills"
    return [
        Result(f"reachable who did not get it, {name}", missed, f"of {RECIPIENTS}", goal="<= 0"),
        Result(f"repeats, {name}", repeats, "messages", goal=f"<= {IN_FLIGHT * KILLS}"),
        Result(f"states that do not add up, {name}", abs(sum(counted.values()) - RECIPIENTS), "", goal="<= 0"),
        Result(
            f"recipients that the report leaves out, {name}",
            RECIPIENTS - sum(int(number) for number in re.findall(r": (\d+)", said)),
            "",
            goal="<= 0",
        ),
        Result(
            f"unsettled at the end, {name}",
            sum(count for state, count in counted.items() if state < State.SENT),
            "",
            goal="<= 0",
        ),
    ]


async def _until_more(heard: Heard, before: int) -> None:
    async with asyncio.timeout(60):
        while heard.count.total() <= before:  # noqa: ASYNC110 (it is told by another program)
            await asyncio.sleep(0.05)


async def _until_done(database: Database) -> None:
    async with asyncio.timeout(600):
        while True:
            async with database.reading() as session:
                counted = await of_broadcasts.counts(session, BroadcastId(1))
            if sum(count for state, count in counted.items() if state >= State.SENT) == RECIPIENTS:
                return
            await asyncio.sleep(0.5)
