"""Riders who each ask for one thing: who was answered, and after how long."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from benchmarks.support.recipients import KEY
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.world import World
from storage import schema
from storage.activities import planning
from storage.activities.activities import Kind
from storage.activities.participants import PlaceState, SignUp
from storage.activities.planning import Plan
from storage.database import Database, open_database
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.telegram_ids import PersonId

Ask = Callable[[Person], Awaitable[object]]


class Asking:
    """`waits` has the seconds until the first message to each, `heard` all that came and says so."""

    def __init__(self, world: World, people_ids: Sequence[int], says: str = "") -> None:
        self._world, self._says = world, says
        self._asked: dict[int, float] = {}
        self.waits: dict[int, float] = {}
        self.heard: Counter[int] = Counter()
        for person_id in people_ids:
            world.add(Person(person_id, "Rider", language_code="en", started=True))
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if event["type"] != "message" or not event["message"]["from"]["is_bot"] or chat_id not in self._asked:
            return
        if self._says in event["message"].get("text", ""):
            self.waits.setdefault(chat_id, time.monotonic() - self._asked[chat_id])
            self.heard[chat_id] += 1

    def first_since(self, moment: float) -> float:
        """Seconds from then until the first answer to somebody who asked after it."""
        answered = [self._asked[one] + wait for one, wait in self.waits.items() if self._asked[one] > moment]
        return min(answered, default=float("inf")) - moment

    async def ask_all(self, people_ids: Sequence[int], seconds: float, ask: Ask) -> None:
        """One after the other, evenly within so many seconds."""
        for person_id in people_ids:
            self._asked[person_id] = time.monotonic()
            await ask(self._world.people[person_id])
            await asyncio.sleep(seconds / len(people_ids))

    async def until_answered(self, people_ids: Sequence[int], seconds: float) -> None:
        """Until each has heard something, or so many seconds are over."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self.waits.keys() >= set(people_ids):  # noqa: ASYNC110 (other programs)
            await asyncio.sleep(0.1)


def signs_up(world: World) -> Ask:
    """Presses the button of the activity of `fill`."""

    async def press(person: Person) -> None:
        await world.presses(person, 1, "signup:1")

    return press


def asks_for_help(world: World) -> Ask:
    """Sends a command that is only read for."""

    async def send(person: Person) -> None:
        await world.sends(person, {"text": "/help"})

    return send


async def fill(url: str, people_ids: Sequence[int], places: int) -> Database:
    """People, and an activity for which they may sign up."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, people_ids), "en"), now)
        plan = Plan("3x3", Kind.SPORT, now + timedelta(days=9), now + timedelta(days=9, hours=1), places=places)
        activity = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, activity.id, now)
    return database


async def sign_ups(database: Database) -> Counter[PlaceState]:
    """How many have a place, and how many wait for one."""
    async with database.reading() as session:
        return Counter(await session.scalars(select(SignUp.state)))
