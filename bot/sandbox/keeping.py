"""The sandbox's chats over a restart: one file of JSON, and the pictures and files that the chats show."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import orjson

from bot.observability.logs import logger
from bot.sandbox.clock import SandboxClock
from bot.sandbox.params import Json, Upload
from bot.sandbox.people import Chat, Topic
from bot.sandbox.world import World

log = logger("bot.sandbox.keeping")

VERSION = 1
INTERVAL = 1.0
MOST_MESSAGES = 500
"""Of one chat; older ones are not kept."""


class Keeping:
    """Reads what the last run wrote, and writes at most once a second while something changes."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "telegram.json"
        self._files = folder / "files"
        self._found = self._read()

    def _read(self) -> Json:
        try:
            found = orjson.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, orjson.JSONDecodeError) as failure:
            log.warning("failed to read the sandbox's chats; starting with empty chats", error=type(failure).__name__)
            return {}
        return found if isinstance(found, dict) and found.get("version") == VERSION else {}

    @property
    def ahead(self) -> timedelta:
        """By how much the clock had been moved on."""
        return timedelta(seconds=self._found.get("clock_ahead", 0.0))

    def restore(self, world: World) -> bool:
        """Puts the chats of the last run into a world that has just begun; False if there are none."""
        if not self._found:
            return False
        for number, kept in self._found["people"].items():
            person = world.people.get(int(number))
            if person is not None:
                person.language_code, person.started, person.blocks = kept["language"], kept["started"], kept["blocks"]
                person.seen = {int(chat): message for chat, message in kept["seen"].items()}
        for number, kept in self._found["chats"].items():
            if int(number) in world.chats:
                _fill(world.chats[int(number)], kept)
        world.commands = {_two(key): value for key, value in self._found["commands"].items()}
        world.texts = {_two(key): value for key, value in self._found["texts"].items()}
        world.menu_buttons = dict(self._found.get("menu_buttons", {}))
        world.waiting = self._found["waiting"]
        world.count_on(*self._found["next"])
        self._restore_files(world)
        return True

    def _restore_files(self, world: World) -> None:
        for file_id, name in self._found["files"].items():
            with contextlib.suppress(OSError):
                world.files.put(Upload(name, (self._files / file_id).read_bytes()))

    @contextlib.asynccontextmanager
    async def saving(self, world: World, clock: SandboxClock) -> AsyncIterator[None]:
        """Writes while the body runs, and once more at its end."""
        writing = asyncio.create_task(self._write_on(world, clock))
        try:
            yield
        finally:
            writing.cancel()
            await asyncio.gather(writing, return_exceptions=True)
            await self._write(world, clock)

    async def _write_on(self, world: World, clock: SandboxClock) -> None:
        written = -1
        while True:
            if written != world.changes:
                written = world.changes
                await self._write(world, clock)
            await asyncio.sleep(INTERVAL)

    async def _write(self, world: World, clock: SandboxClock) -> None:
        kept = state_of(world, clock.ahead)
        uploads = {file_id: world.files.get(file_id) for file_id in kept["files"]}
        try:
            await asyncio.shield(asyncio.to_thread(self._put, orjson.dumps(kept), uploads))
        except OSError as failure:
            log.warning("failed to keep the sandbox's chats", error=type(failure).__name__)

    def _put(self, kept: bytes, uploads: dict[str, Upload | None]) -> None:
        self._files.mkdir(parents=True, exist_ok=True)
        there = {path.name for path in self._files.iterdir()}
        for file_id, upload in uploads.items():
            if upload is not None and file_id not in there:
                (self._files / file_id).write_bytes(upload.content)
        part = self._file.with_suffix(".part")
        part.write_bytes(kept)
        part.replace(self._file)
        for name in there - uploads.keys():
            (self._files / name).unlink(missing_ok=True)


def state_of(world: World, ahead: timedelta) -> Json:
    """All that Telegram would still know tomorrow."""
    chats = {str(chat.id): _chat_state(chat) for chat in world.chats.values()}
    return {
        "version": VERSION,
        "clock_ahead": ahead.total_seconds(),
        "people": {
            str(person.id): {
                "language": person.language_code,
                "started": person.started,
                "blocks": person.blocks,
                "seen": {str(chat): message for chat, message in person.seen.items()},
            }
            for person in world.people.values()
        },
        "chats": chats,
        "commands": {" ".join(key): value for key, value in world.commands.items()},
        "texts": {" ".join(key): value for key, value in world.texts.items()},
        "menu_buttons": dict(world.menu_buttons),
        "waiting": world.waiting,
        "next": world.counted,
        "files": {file_id: world.files.name_of(file_id) for file_id in _file_ids(list(chats.values()))},
    }


def _chat_state(chat: Chat) -> Json:
    return {
        "messages": list(chat.messages.values())[-MOST_MESSAGES:],
        "keyboard": chat.keyboard,
        "topics": {str(number): dataclasses.asdict(topic) for number, topic in chat.topics.items()},
        "silent": sorted(chat.silent),
        "pinned": chat.pinned,
        "reactions": {
            str(message): {str(who): one for who, one in reactions.items()}
            for message, reactions in chat.reactions.items()
        },
    }


def _two(key: str) -> tuple[str, str]:
    first, _, second = key.partition(" ")
    return first, second


def _fill(chat: Chat, kept: Json) -> None:
    chat.messages = {message["message_id"]: message for message in kept["messages"]}
    chat.keyboard = kept["keyboard"]
    chat.topics = {int(number): Topic(**topic) for number, topic in kept["topics"].items()}
    chat.silent, chat.pinned = set(kept["silent"]), kept["pinned"]
    chat.reactions = {
        int(message): {int(who): one for who, one in reactions.items()}
        for message, reactions in kept["reactions"].items()
    }


def _file_ids(value: object) -> Iterator[str]:
    """Of all the files that messages show, at whatever depth."""
    if isinstance(value, list):
        for one in value:
            yield from _file_ids(one)
    elif isinstance(value, dict):
        if isinstance(value.get("file_id"), str):
            yield value["file_id"]
        for one in value.values():
            yield from _file_ids(one)
