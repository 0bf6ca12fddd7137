"""SQLite's disk fills up (a small tmpfs), and then has room again: who was answered has lost nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from benchmarks.speed.deliveries import KEY, environment
from benchmarks.speed.replicas import free_port
from benchmarks.support.processes import listening, running
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import TOKEN
from bot.sandbox.params import Json
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.sandbox.world import World
from handlers.inputs.consent import JOIN
from handlers.membership.presses import AGREE
from storage import dialogues
from storage.database import open_database
from storage.encryption import Vault, decode_key
from storage.telegram_ids import PersonId

SIZE_MB, LIMIT, EVERY = 24, 1_000, 0.05
ASKED, GONE_WRONG = "What is your name?", "that went wrong"
MOUNTED = ("unshare", "-rm", "sh", "-c", f'mount -t tmpfs -o size={SIZE_MB}m tmpfs "$0" && exec "$@"')
NAME = "full disk, SQLite"


class Joining:
    """Riders who begin to join, one after the other, and what each hears."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.written: list[int] = []
        self.heard: dict[str, set[int]] = {ASKED: set(), GONE_WRONG: set()}
        world.listeners.add(self._listen)

    def _listen(self, chat_id: int, event: Json) -> None:
        for said, people in self.heard.items():
            if said in event.get("message", {}).get("text", ""):
                people.add(chat_id)

    async def write(self) -> None:
        """Until it is cancelled."""
        while True:
            person = self._world.add(Person(1_000 + len(self.written), "Rider", language_code="en", started=True))
            self.written.append(person.id)
            await self._world.presses(person, 1, AGREE.data(JOIN.version))
            await asyncio.sleep(EVERY)

    @property
    def unanswered(self) -> int:
        return len(set(self.written) - self.heard[ASKED] - self.heard[GONE_WRONG])


async def run(folder: Path) -> list[Result]:
    world, port = World(TOKEN), free_port()
    joining, disk = Joining(world), folder / "disk"
    disk.mkdir()
    async with listening(BotApi(world, latency=0.02)) as address:
        settings = {
            **environment(folder, address, f"sqlite+aiosqlite:///{disk}/chaos.db", LIMIT),
            "NUANXIN_DATA__FOLDER": str(disk),
            "NUANXIN_WEB__PORT": str(port),
        }
        async with running("bot", "run", environment=settings, within=(*MOUNTED, str(disk))) as process:
            writing = asyncio.create_task(joining.write())
            await _until(lambda: bool(joining.heard[ASKED]), 30)
            seen = Path(f"/proc/{process.pid}/root{disk}")
            await asyncio.to_thread(fill_up, seen / "ballast")
            told = await _until(lambda: bool(joining.heard[GONE_WRONG]), 20)
            cause = await _trouble(port)
            (seen / "ballast").unlink()
            before = set(joining.written)
            back = await _until(lambda: bool(joining.heard[ASKED] - before), 20)
            writing.cancel()
            await _until(lambda: not joining.unanswered, 10)
            for name in ("chaos.db", "chaos.db-wal"):  # SQLite would open the name without the mount
                await asyncio.to_thread(shutil.copy, seen / name, folder / name)
            kept = await _forms(folder / "chaos.db", joining.heard[ASKED])
            ended = process.returncode is not None
    return [
        Result(f"until somebody is told: {NAME}", told, "s", goal="<= 20"),
        Result(f"/readyz that does not name the cause: {NAME}", "database full" not in cause, "", goal="<= 0"),
        Result(f"until riders go on: {NAME}", back, "s", goal="<= 5"),
        Result(f"riders without a word: {NAME}", joining.unanswered, f"of {len(joining.written)}", goal="<= 0"),
        Result(f"confirmed and lost: {NAME}", len(joining.heard[ASKED]) - kept, "forms", goal="<= 0"),
        Result(f"processes that ended by themselves: {NAME}", ended, "", goal="<= 0"),
    ]


def fill_up(ballast: Path) -> None:
    """Until there is no byte left."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(os.urandom(4_096))


async def _until(is_so: Callable[[], bool], most: float) -> float:
    """Seconds until it is so; infinite if it never is."""
    begun = time.monotonic()
    while time.monotonic() - begun < most:
        if is_so():
            return time.monotonic() - begun
        await asyncio.sleep(0.1)
    return float("inf")


async def _trouble(port: int) -> str:
    async with aiohttp.request("GET", f"http://127.0.0.1:{port}/readyz") as answer:
        return await answer.text()


async def _forms(file: Path, people: set[int]) -> int:
    """How many of these people have a form open."""
    database = open_database(f"sqlite+aiosqlite:///{file}", Vault([decode_key(KEY)]))
    async with database.reading() as session:
        now = datetime.now(UTC)
        found = [await dialogues.current(session, PersonId(one), now) for one in people]
    await database.close()
    return len([one for one in found if one is not None])
