"""`make compare COMMIT=...`: what a unit of work costs in processor time, here and at another commit, in one run.

Both programs meet the same Telegram, with the libraries of this tree, one after the other in each round.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.speed.sign_ups import SCRIPT, Applicants, Step
from benchmarks.speed.startup import free_port
from benchmarks.support.places import somewhere
from benchmarks.support.processes import (
    ROOT,
    beside,
    cpu_seconds,
    import_stations,
    postgresql,
    running,
    settings,
    until_ready,
)
from benchmarks.support.report import Result, report
from benchmarks.support.telegram_stub import Stub

ROUNDS, SECONDS, WARM_UP = 3, 6.0, 2.0
CHATS, PER_SECOND = 256, 20.0
NOT_WORSE = "<= 1.05"
"""Medians of the same commit differ by some per cent."""
WORDS_OF_0_7 = {
    "or type the number": "or type it",
    "Which platform": "For which platform",
    "What do you transport": "What do you carry",
    "Which district": "In which district",
    "a picture of your profile": "A picture of your profile",
    "Is everything correct?": "Is everything right?",
}
CONSENT_OF_0_7 = "joinagree:1"
"""Its button of consent, to the first version of what is agreed to."""


@dataclass(frozen=True)
class Side:
    """One commit, with its folder for data and its database ("" is SQLite)."""

    tree: Path
    folder: Path
    database: str
    script: tuple[Step, ...]

    @contextlib.asynccontextmanager
    async def bot(self, url: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
        environment = {**settings(self.folder, url, self.database), **more}
        async with running("bot", "run", environment=environment, tree=self.tree) as process:
            yield process


async def journey(side: Side) -> float:
    """CPU milliseconds for a location that is answered by a list and a venue, 256 in flight."""
    chance = random.Random(256)
    stub = Stub(CHATS, "sendVenue", lambda: somewhere(chance))
    async with stub.listening() as url, side.bot(url) as process:
        return await _per_unit(stub, process, lambda: stub.answered)


async def slow_journey(side: Side) -> float:
    """The same at 20 a second."""
    chance = random.Random(256)
    stub = Stub(0, "sendVenue", lambda: somewhere(chance))
    async with stub.listening() as url, side.bot(url) as process, beside(stub.paced(CHATS, PER_SECOND)):
        return await _per_unit(stub, process, lambda: stub.answered)


async def step(side: Side) -> float:
    """CPU milliseconds for a step of the form with which riders join, 64 in flight."""
    stub = Applicants(64, side.script)
    async with stub.listening() as url, side.bot(url) as process:
        return await _per_unit(stub, process, lambda: stub.steps)


async def _per_unit(stub: Stub, process: asyncio.subprocess.Process, done: Callable[[], int]) -> float:
    async with asyncio.timeout(60):
        await stub.first.wait()
    await asyncio.sleep(WARM_UP)
    before, spent = done(), cpu_seconds(process)
    await asyncio.sleep(SECONDS)
    return (cpu_seconds(process) - spent) / (done() - before) * 1e3


async def ready(side: Side) -> float:
    """CPU seconds from the start to /readyz 200, with 186,100 stations."""
    async with _ready_bot(side) as process:
        return cpu_seconds(process)


async def idle(side: Side) -> float:
    """Per cent of a core, of a bot that nobody writes to."""
    async with _ready_bot(side) as process:
        await asyncio.sleep(WARM_UP)
        before, begun = cpu_seconds(process), time.monotonic()
        await asyncio.sleep(2 * SECONDS)
        return (cpu_seconds(process) - before) / (time.monotonic() - begun) * 100


@contextlib.asynccontextmanager
async def _ready_bot(side: Side) -> AsyncIterator[asyncio.subprocess.Process]:
    """Nobody writes to it."""
    port = free_port()
    async with Stub(0, "", dict).listening() as url, side.bot(url, NUANXIN_WEB__PORT=str(port)) as process:
        await until_ready(port)
        yield process


UNITS: dict[str, tuple[str, Callable[[Side], Awaitable[float]]]] = {
    "journey, 256 in flight": ("ms", journey),
    "journey, 20 a second": ("ms", slow_journey),
    "form step, 64 in flight": ("ms", step),
    "ready with 186,100 stations": ("s", ready),
    "idle": ("% of a core", idle),
}


def old_tree(commit: str, folder: Path) -> Path:
    """The source of the commit."""
    tree = folder / "old"
    tree.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    return tree


async def measure(commit: str, folder: Path) -> list[Result]:
    """Each unit on SQLite and on PostgreSQL, the other commit first; the medians of the rounds are compared."""
    tree = old_tree(commit, folder)
    consent, *questions = (one._replace(heard=WORDS_OF_0_7.get(one.heard, one.heard)) for one in SCRIPT)
    old_script = (consent._replace(button=CONSENT_OF_0_7), *questions)
    found: dict[tuple[str, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    folders = {name: folder / name for name in ("there", "here")}
    for one in folders.values():
        one.mkdir()
    with postgresql(folders["there"]) as old_url, postgresql(folders["here"]) as new_url:
        sides = {
            ("sqlite", "there"): Side(tree, folders["there"], "", old_script),
            ("sqlite", "here"): Side(ROOT, folders["here"], "", SCRIPT),
            ("postgresql", "there"): Side(tree, folders["there"], old_url, old_script),
            ("postgresql", "here"): Side(ROOT, folders["here"], new_url, SCRIPT),
        }
        for side in sides.values():
            await import_stations(side.folder, side.database, side.tree)
        for _ in range(ROUNDS):
            for unit, (_, of) in UNITS.items():
                for (kind, name), side in sides.items():
                    found[unit, kind][name].append(await of(side))
                    print(f"{unit}, {kind}, {name}: {found[unit, kind][name][-1]:.3g}", flush=True)
    return [
        Result(
            f"{unit}, {kind}",
            statistics.median(figures["here"]),
            UNITS[unit][0],
            commit,
            statistics.median(figures["there"]),
            NOT_WORSE,
        )
        for (unit, kind), figures in found.items()
    ]


async def main(commit: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return report("compare", await measure(commit, Path(folder)))


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1])) else 1)
