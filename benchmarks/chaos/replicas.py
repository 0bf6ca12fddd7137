"""Three replicas, 300 riders in forms, sign-ups and cases, a broadcast to all; every 5 s one replica is killed."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.chaos.cases import Talks, counsel
from benchmarks.chaos.lateness import Lateness, most_in_a_punctual_second
from benchmarks.chaos.leaders import Leaders
from benchmarks.speed.forms import SCRIPT
from benchmarks.speed.replicas import Balancer, Fleet, free_port, webhook
from benchmarks.support.processes import beside, listening
from benchmarks.support.recipients import KEY, environment
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from storage import schema
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.participants import PlaceState, SignUp
from storage.activities.planning import Plan
from storage.broadcasts import broadcasts
from storage.broadcasts.content import Content
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases.table import CaseContent
from storage.database import Database, open_database
from storage.encryption import Vault, decode_key
from storage.membership.applications import Application
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId

REPLICAS, SECONDS, KILLED_EVERY, LIMIT, IN_FLIGHT = 3, 60, 5, 60, 15
CASES, HANDLERS, FORMS, SIGNING, PLACES = 100, 10, 100, 100, 60
FIRST_HANDLER, FIRST_FORM, FIRST_SIGNING = 9_001, 2_001, 3_001
UNEVEN = 3
"""Messages by which arrivals may bunch up, since they are counted where they arrive and three processes share two
cores. What leaves is held exactly (tests/unit/test_rate_quota.py)."""
NEWS = "Free haircuts on Saturday"
LATEST = 180


class Forms:
    """Riders who each join, question by question, as soon as they hear one."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.at: Counter[int] = Counter()
        self._doing: set[asyncio.Task[object]] = set()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] != "message" or not event["message"]["from"]["is_bot"]:
            return
        if not FIRST_FORM <= chat_id < FIRST_FORM + FORMS or self.at[chat_id] >= len(SCRIPT):
            return
        message, step = event["message"], SCRIPT[self.at[chat_id]]
        if step.heard not in message.get("text", ""):
            return
        person = self.world.people[chat_id]
        if step.text:
            self._do(chat_id, self.world.sends(person, {"text": step.text}))
        elif step.button:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            data = next(
                (key["callback_data"] for row in rows for key in row if step.button in key.get("callback_data", "")),
                None,
            )
            if data is None:
                return
            self._do(chat_id, self.world.presses(person, message["message_id"], data))
        else:
            self.at[chat_id] += 1

    def _do(self, chat_id: int, work: object) -> None:
        self.at[chat_id] += 1
        task: asyncio.Task[object] = asyncio.ensure_future(work)  # type: ignore[call-overload]
        self._doing.add(task)
        task.add_done_callback(self._doing.discard)

    @property
    def done(self) -> int:
        return sum(1 for at in self.at.values() if at >= len(SCRIPT))


class Heard:
    """The broadcast by person, and when anything was sent."""

    def __init__(self, world: World) -> None:
        self.news: Counter[int] = Counter()
        self.times: list[float] = []
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] == "message" and event["message"]["from"]["is_bot"]:
            self.times.append(time.monotonic())
            self.news[chat_id] += event["message"].get("text") == NEWS


def everybody() -> list[int]:
    return [
        *range(1, CASES + 1),
        *range(FIRST_HANDLER, FIRST_HANDLER + HANDLERS),
        *range(FIRST_FORM, FIRST_FORM + FORMS),
        *range(FIRST_SIGNING, FIRST_SIGNING + SIGNING),
    ]


async def fill(url: str) -> Database:
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, everybody()), "en"), now)
        for rider in range(1, CASES + 1):
            due = now + timedelta(hours=24)
            row = await cases.open_case(session, "legal", "L", PersonId(rider), CaseContent("pay"), 1, 2026, due, now)
            await cases.claim(session, row.id, PersonId(FIRST_HANDLER + rider % HANDLERS), ["legal"], now)
            await case_contexts.enter(session, PersonId(rider), row.id, now)
        plan = Plan("3x3", Kind.SPORT, now + timedelta(days=9), now + timedelta(days=9, hours=1), places=PLACES)
        activity = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, activity.id, now)
        content = Content("sendMessage", {"text": NEWS})
        news = await broadcasts.create(session, PersonId(1), content, Segment(), Topic.NEWS, now, now)
        await broadcasts.confirm(session, news.id, None, None, now, needs_approval=False)
    return database


async def start_riders(world: World, talks: Talks, chance: random.Random) -> None:
    """All of them within the time of the kills."""

    async def signs_up(person_id: int) -> None:
        await asyncio.sleep(chance.uniform(0, SECONDS * 0.7))
        await world.presses(world.people[person_id], 1, "signup:1")

    async def joins(person_id: int) -> None:
        await asyncio.sleep(chance.uniform(0, SECONDS * 0.5))
        await world.sends(world.people[person_id], {"text": "/join"})

    await asyncio.gather(
        *(talks.rider(case, chance) for case in range(1, CASES + 1)),
        *(signs_up(FIRST_SIGNING + at) for at in range(SIGNING)),
        *(joins(FIRST_FORM + at) for at in range(FORMS)),
    )


async def run(folder: Path, url: str, seed: int) -> list[Result]:
    world = World(TOKEN)
    for person_id in everybody():
        world.add(Person(person_id, "Person", language_code="en", started=True))
    database = await fill(url)
    chance = random.Random(seed)
    ports = [free_port() for _ in range(REPLICAS)]
    kills = SECONDS // KILLED_EVERY
    async with listening(BotApi(world, latency=0.05)) as address, Balancer(ports).listening() as hook:
        talks, forms, heard = Talks(world), Forms(world), Heard(world)
        settings = {**environment(folder, address, url, LIMIT), **counsel(), **webhook(hook)}
        fleet, lateness = Fleet(settings, ports), Lateness()
        leaders = Leaders(fleet)
        async with fleet, beside(leaders.watch()), beside(lateness.watch()):
            riders = asyncio.create_task(start_riders(world, talks, chance))
            for _ in range(kills):
                await asyncio.sleep(KILLED_EVERY)
                await fleet.kill(chance.randrange(REPLICAS))
            await riders
            for _ in range(2 * LATEST):  # it is done by other programs
                if talks.is_complete and forms.done == FORMS and len(+heard.news) == len(everybody()):
                    break
                await asyncio.sleep(0.5)
            await asyncio.sleep(2)
    async with database.reading() as session:
        placed = await session.scalar(select(func.count()).where(SignUp.state == PlaceState.PLACED)) or 0
        queued = await session.scalar(select(func.count()).where(SignUp.state == PlaceState.WAITING)) or 0
        applied = await session.scalar(select(func.count(func.distinct(Application.person_id)))) or 0
        doubled = (await session.scalar(select(func.count()).select_from(Application)) or 0) - applied
    await database.close()
    lost, wrong, repeats = talks.figures()
    news_lost = len(everybody()) - len(+heard.news)
    news_twice = sum(count - 1 for count in heard.news.values() if count)
    most, punctual = most_in_a_punctual_second(sorted(heard.times), lateness)
    name = f"{REPLICAS} replicas, {kills} kills"
    return [
        Result(f"forms not finished: {name}", FORMS - applied, f"of {FORMS}", goal="<= 0"),
        Result(f"forms handed in twice: {name}", doubled, f"of {FORMS}", goal="<= 0"),
        Result(f"places given too many or too few: {name}", abs(placed - PLACES), f"of {PLACES}", goal="<= 0"),
        Result(f"sign-ups lost: {name}", SIGNING - placed - queued, f"of {SIGNING}", goal="<= 0"),
        Result(f"messages of cases lost: {name}", lost, "messages", goal="<= 0"),
        Result(f"messages of cases out of order: {name}", wrong, "messages", goal="<= 0"),
        Result(f"messages of cases twice: {name}", repeats, "messages", goal=f"<= {IN_FLIGHT * kills}"),
        Result(f"broadcast not received: {name}", news_lost, f"of {len(everybody())}", goal="<= 0"),
        Result(f"broadcast twice: {name}", news_twice, "messages", goal=f"<= {IN_FLIGHT * kills}"),
        Result(f"longest time without a leader: {name}", leaders.longest, "s", goal="<= 10"),
        Result(f"most leaders at a time: {name}", leaders.most, "", goal="<= 1"),
        Result(
            f"most messages in any second, all together: {name}",
            most,
            f"at {LIMIT}/s",
            goal=f"<= {LIMIT + UNEVEN}",
        ),
        Result(f"seconds in which that could be counted: {name}", 100 * punctual, "%", goal=">= 20"),
    ]
