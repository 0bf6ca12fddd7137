"""SQLite's disk fills up (a small tmpfs) for a moment, and then for longer than updates wait: nothing is lost, and all
hear what became of what they wrote."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from benchmarks.speed.replicas import free_port
from benchmarks.support.processes import beside, listening, running, until_ready
from benchmarks.support.recipients import KEY, environment
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

SIZE_MB, LIMIT, EVERY = 128, 1_000, 0.1
"""SQLite's log alone takes 32 MB before it starts over, and more is written while updates are tried again."""
MOMENT = 20.0
"""Seconds for which it is full the first time; updates wait for a minute (bot/observability/database_watch)."""
TOLD_WITHIN, BACK_WITHIN, ALL_WITHIN, LATEST = 70, 5, 30, 60
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

    def without_a_word(self, written: Collection[int]) -> int:
        return len(set(written) - self.heard[ASKED] - self.heard[GONE_WRONG])

    async def until_all_heard(self, written: Collection[int]) -> float:
        """Seconds until each of these is answered or told."""
        return await _until(lambda: not self.without_a_word(written), LATEST)


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
            seen = Path(f"/proc/{process.pid}/root{disk}")
            await until_ready(port)
            async with beside(joining.write()):
                await _until(lambda: bool(joining.heard[ASKED]), 30)
                results = [*await _full_for_a_moment(joining, seen), *await _full_for_long(joining, seen, port)]
            await joining.until_all_heard(joining.written)
            for name in ("chaos.db", "chaos.db-wal"):  # SQLite would open the name without the mount
                await asyncio.to_thread(shutil.copy, seen / name, folder / name)
            kept = await _forms(folder / "chaos.db", joining.heard[ASKED])
            ended = process.returncode is not None
    silent = joining.without_a_word(joining.written)
    return [
        *results,
        Result(f"riders without a word: {NAME}", silent, f"of {len(joining.written)}", goal="<= 0"),
        Result(f"confirmed and lost: {NAME}", len(joining.heard[ASKED]) - kept, "forms", goal="<= 0"),
        Result(f"processes that ended by themselves: {NAME}", ended, "", goal="<= 0"),
    ]


async def _full_for_a_moment(joining: Joining, disk: Path) -> list[Result]:
    """All that is written meanwhile waits, and is answered then."""
    await asyncio.to_thread(fill_up, disk / "ballast")
    await asyncio.sleep(MOMENT)
    (disk / "ballast").unlink()
    answered = await joining.until_all_heard(list(joining.written))
    told, name = len(joining.heard[GONE_WRONG]), f"{NAME}, for {MOMENT:.0f} s"
    return [
        Result(f"told that it went wrong: {name}", told, "riders", goal="<= 0"),
        Result(f"until all are answered: {name}", answered, "s", goal=f"<= {ALL_WITHIN}"),
    ]


async def _full_for_long(joining: Joining, disk: Path, port: int) -> list[Result]:
    """Once the minute is over, all are told."""
    await asyncio.to_thread(fill_up, disk / "ballast")
    told = await _until(lambda: bool(joining.heard[GONE_WRONG]), LATEST + TOLD_WITHIN)
    cause = await _trouble(port)
    (disk / "ballast").unlink()
    before = set(joining.written)
    back, all_heard = await asyncio.gather(
        _until(lambda: bool(joining.heard[ASKED] - before), LATEST), joining.until_all_heard(before)
    )
    return [
        Result(f"until somebody is told: {NAME}", told, "s", goal=f"<= {TOLD_WITHIN}"),
        Result(f"/readyz that does not name the cause: {NAME}", "database full" not in cause, "", goal="<= 0"),
        Result(f"until riders go on: {NAME}", back, "s", goal=f"<= {BACK_WITHIN}"),
        Result(f"until all are answered or told: {NAME}", all_heard, "s", goal=f"<= {ALL_WITHIN}"),
    ]


def fill_up(ballast: Path) -> None:
    """Until there is no byte left."""
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4_096))


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
