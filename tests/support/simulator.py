"""A town to play in: the sandbox's Telegram over real HTTP, the bot, people with phones, a clock set by hand."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.app import App
from bot.config.config import Config
from bot.process import served
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.signs import shown
from bot.sandbox.wishes import written
from bot.sandbox.world import World
from handlers.chat.context import AppContext
from handlers.chat.ports import Geocoder
from handlers.i18n.translations import LANGUAGES, translator
from storage.database import Database
from storage.stations.stations import Amenity, Station
from storage.telegram_ids import PersonId
from tests.support.bot_api_schema import check_call

TOKEN = "1000000042:test-TOKEN-test-TOKEN-test-TOKEN-00"
COORDINATOR, ADMIN, COUNSEL, SECOND_COUNSEL = map(PersonId, (900, 901, 902, 903))
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DEZHOU = (37.43, 116.36)
HALL = Station(
    "hall", "暖新之家 <1>", 37.431, 116.361, "德州", "08:00-22:00", int(Amenity.water | Amenity.charging), "12351"
)
PATIENCE = float(os.environ.get("TEST_PATIENCE", "30"))
"""Seconds to wait for what should come. More where other work shares the machine."""


def free_port() -> socket.socket:
    """A socket that listens, to be served."""
    return socket.create_server(("127.0.0.1", 0))


@contextlib.asynccontextmanager
async def telegram() -> AsyncIterator[tuple[BotApi, str]]:
    """A Telegram for one bot, checked against the published schema; and where it listens."""
    api = BotApi(World(TOKEN, "nuanxin_bot"), check=check_call)
    application = web.Application(client_max_size=64 << 20)
    api.add_routes(application)
    async with served(application, free_port(), leaves_within=0.1) as address:
        yield api, address


class Rider:
    """Somebody with a phone: does things, and hears what the bot says in their private chat."""

    def __init__(self, world: World, person: Person) -> None:
        self.world = world
        self.person = person
        self.id = PersonId(person.id)
        self.heard: list[Json] = []
        self.answers: list[Json] = []
        self._next = 0
        self._next_answer = 0
        self._changed = asyncio.Event()
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        if chat_id != self.id:
            return
        if event["type"] in ("message", "edited") and event["message"]["from"]["is_bot"]:
            self.heard.append({**event["message"], "edited": event["type"] == "edited"})
        elif event["type"] == "answer":
            self.answers.append(event)
        self._changed.set()

    async def is_told(self, words: str) -> None:
        """By the pop-up on a pressed button."""
        await self.until(lambda: any(words in answer["text"] for answer in self.answers))

    async def sends(self, **content: Any) -> Json:
        return await self.world.sends(self.person, content)

    async def says(self, text: str) -> Json:
        return await self.world.sends(self.person, written(text))

    async def shares(self, latitude: float = DEZHOU[0], longitude: float = DEZHOU[1], **more: Any) -> Json:
        """A location message."""
        return await self.sends(location={"latitude": latitude, "longitude": longitude, **more})

    def button(self, label: str) -> tuple[int, str]:
        """The newest button with these words on it: its message, and its data or link."""
        for message in reversed(self.world.chats[self.id].messages.values()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for key in row:
                    if label in key["text"] and "copy_text" not in key:
                        return message["message_id"], key.get("callback_data") or key["url"]
        raise AssertionError(f"no button {label!r}")

    async def edits(self, message: Json, text: str) -> Json:
        return await self.world.edits(self.person, message["message_id"], {"text": text})

    async def presses(self, label: str) -> None:
        await self.world.presses(self.person, *self.button(label))

    async def changes(self, title: str) -> None:
        """An answer on the review page; on that of a long form, its button has to be unfolded."""
        rows = next(
            rows for one in reversed(self.heard) if (rows := one.get("reply_markup", {}).get("inline_keyboard"))
        )
        shown = {key["text"] for row in rows for key in row}
        for translate in map(translator, LANGUAGES):
            if translate("✎ Change an answer") in shown:
                await self.presses(translate("✎ Change an answer"))
                await self.hears_of(translate("Which answer do you want to change?"))
        await self.presses(f"✎ {title}")

    async def forges(self, data: str, message_id: int = 1) -> None:
        """Presses a button that may never have been."""
        await self.world.presses(self.person, message_id, data)

    @property
    def unheard(self) -> list[Json]:
        """What has come and was not asked for yet."""
        return self.heard[self._next :]

    def skips_the_rest(self) -> None:
        """Hears nothing more of what has come so far."""
        self._next = len(self.heard)

    async def hears(self) -> Json:
        """The next message or edit of the bot."""
        await self.until(lambda: len(self.heard) > self._next)
        self._next += 1
        return self.heard[self._next - 1]

    async def hears_of(self, words: str) -> Json:
        """The next message or edit with these words, whatever comes before it."""
        while True:
            heard = await self.hears()
            if words in heard.get("text", "") or words in heard.get("caption", ""):
                return heard

    async def sees_noted(self, message: Json) -> None:
        """The bot reacts to this message of theirs, in place of a word."""
        chat = self.world.chats[self.id]
        await self.until(lambda: "✍" in shown(chat, message["message_id"]).values())

    async def is_answered(self) -> str:
        """The word on the next pressed button."""
        await self.until(lambda: len(self.answers) > self._next_answer)
        self._next_answer += 1
        return str(self.answers[self._next_answer - 1]["text"])

    async def until(self, true: Any) -> None:
        async with asyncio.timeout(PATIENCE):
            while not true():
                self._changed.clear()
                await self._changed.wait()


class Town:
    """The bot on one database, in its Telegram."""

    def __init__(
        self,
        database: Database,
        api: BotApi,
        config: Config,
        geocoder: Geocoder | None = None,
        *,
        has_menus: bool = False,
        **parts: Any,
    ) -> None:
        """`parts` are other features or jobs than the bot's own. `has_menus`: whether it publishes its menus by itself,
        which takes as long as a short chat."""
        self._now = NOON
        self._seen, self._jumped = NOON, 0.0
        self.api = api
        self.world = api.world
        self.database = database
        self.config = config
        self.app = App(config, database, lambda: self._now, self.monotonic, geocoder, **parts)
        if not has_menus:
            background = self.app.background
            tasks = [task for task in background.tasks if task.name != "menus"]
            self.app.background = dataclasses.replace(background, tasks=tasks)

    @property
    def now(self) -> datetime:
        return self._now

    @now.setter
    def now(self, moment: datetime) -> None:
        """What is due by then is looked for at once."""
        self._now = moment
        self.deliver()

    def monotonic(self) -> float:
        """Seconds that run by themselves, and jump ahead where `now` is set to later; never back."""
        self._jumped += max(0.0, (self.now - self._seen).total_seconds())
        self._seen = self.now
        return time.monotonic() + self._jumped

    def rider(self, person_id: int, language: str = "en") -> Rider:
        started = person_id in (COORDINATOR, ADMIN, COUNSEL, SECOND_COUNSEL)
        person = Person(
            person_id, f"Rider {person_id}", language_code=language, phone=f"+86138{person_id:08d}", started=started
        )
        return Rider(self.world, self.world.add(person))

    @property
    def context(self) -> AppContext:
        """What all conversations share."""
        return self.app.services.context

    async def tick(self, job: str) -> None:
        """One turn of this job of the clock."""
        await self.app.services.scheduler.tick(job)

    def deliver(self) -> None:
        """Lets the bot look at once for messages to send."""
        self.app.background.delivery_sender.awake.set()

    async def announces(self) -> None:
        """Everybody is told what is due to be announced."""
        for _ in range(4):
            await self.tick("announcements")
        self.deliver()

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits for what the bot does by itself."""

        async def holds() -> bool:
            return true()

        await self.until_true(holds)

    async def until_true(self, true: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not await true():  # noqa: ASYNC110 (it may be a row in the database)
                await asyncio.sleep(0.02)

    async def until_idle(self) -> None:
        """Every update that was handed over has been confirmed."""
        async with asyncio.timeout(PATIENCE), self.world.changed:
            await self.world.changed.wait_for(lambda: not self.world.waiting)


@contextlib.asynccontextmanager
async def running(app: App) -> AsyncIterator[None]:
    """The app from its start until it has left in order."""
    await app.start()
    run = asyncio.create_task(app.run())
    try:
        yield
    finally:
        app.leave()
        await run
        await app.close()
