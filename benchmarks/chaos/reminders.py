"""1,000 reminders come due while the program is killed again and again: none is lost, few come twice."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from benchmarks.support.processes import listening, running
from benchmarks.support.recipients import KEY, environment
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from storage import schema
from storage.activities import activity_reminders, planning, sign_ups
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.activities.reminders import Reminder
from storage.database import Database, open_database
from storage.deliveries.table import Delivery, State
from storage.encryption import Vault, decode_key
from storage.hours.quiet_hours import QuietHours
from storage.people import people
from storage.telegram_ids import PersonId

RIDERS, KILLS, LIMIT, IN_FLIGHT = 1_000, 12, 30, 8
LOUD = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))


class Heard:
    """How many reminders each rider got."""

    def __init__(self, world: World) -> None:
        self.count: Counter[int] = Counter()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] == "message" and "A reminder" in event["message"].get("text", ""):
            self.count[chat_id] += 1


async def fill(url: str) -> Database:
    """An activity that begins in an hour; its reminders come due within the next seconds."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    starts = now + timedelta(hours=1, seconds=4)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, RIDERS + 1)), "en"), now)
        plan = Plan("3x3 basketball", Kind.SPORT, starts, starts + timedelta(hours=2))
        row = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, row.id, now)
        for person in range(1, RIDERS + 1):
            await sign_ups.sign_up(session, row.id, PersonId(person), now, is_member=False)
        await activity_reminders.plan(session, row, (timedelta(hours=1),), now, LOUD)
    return database


async def run(folder: Path, url: str, kind: str, seed: int) -> list[Result]:
    api = BotApi(World(TOKEN), latency=0.05)
    for person_id in range(1, RIDERS + 1):
        api.world.add(Person(person_id, "Rider", started=True))
    async with listening(api) as address:
        database = await fill(url)
        heard = Heard(api.world)
        settings = environment(folder, address, url, LIMIT)
        chance = random.Random(seed)
        for _ in range(KILLS):
            async with running("bot", "run", environment=settings):
                await asyncio.sleep(chance.uniform(1.5, 5))
        async with running("bot", "run", environment=settings), asyncio.timeout(120):
            while await _left(database):  # noqa: ASYNC110 (it is done by another program)
                await asyncio.sleep(0.5)
        async with database.reading() as session:
            rows = await session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
            counted = {State(state).name: count for state, count in rows}
        await database.close()
    print(kind, counted, flush=True)
    repeats = sum(count - 1 for count in heard.count.values())
    name = f"{kind}, {KILLS} kills"
    return [
        Result(f"reminders lost, {name}", RIDERS - len(heard.count), f"of {RIDERS}", goal="<= 0"),
        Result(f"reminders that came twice, {name}", repeats, "messages", goal=f"<= {IN_FLIGHT * KILLS}"),
    ]


async def _left(database: Database) -> int:
    async with database.reading() as session:
        waiting = await session.scalar(select(func.count()).select_from(Reminder)) or 0
        unsent = select(func.count()).select_from(Delivery).where(Delivery.state < State.SENT)
        return waiting + (await session.scalar(unsent) or 0)
