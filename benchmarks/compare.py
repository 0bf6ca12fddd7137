"""`make compare COMMIT=...`: what a unit of work costs in processor time, here and at another commit, in one run.

Both programs meet the same Telegram, with the libraries of this tree.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.speed.forms import SCRIPT, Applicants, Step
from benchmarks.speed.idle import SECONDS
from benchmarks.support.cost import FULL, LOW, SETTLED_AFTER, Load, per_unit
from benchmarks.support.places import somewhere
from benchmarks.support.processes import (
    ROOT,
    cpu_seconds,
    import_stations,
    postgresql,
    running,
    settings,
)
from benchmarks.support.ready import ready_bot
from benchmarks.support.report import Result, report
from benchmarks.support.rounds import medians, side_by_side
from benchmarks.support.telegram_stub import Stub

NOT_WORSE = "<= 1.05"
"""Medians of the same commit differ by some per cent."""
WORDS_OF_0_7 = {
    "or type the number": "or type it",
    "Which platform": "For which platform",
    "Which district": "In which district",
    "Is everything correct?": "Is everything right?",
}
CARRIED_IN_0_7 = Step("What do you carry", button=":choose:meals")
"""A question that is not asked any more; it came after the platform."""
PICTURE_IN_0_7 = Step("A picture of your profile", button=":skip:")
"""A question that is on the page of review now."""
WITHOUT_BACKUP = {"NUANXIN_BACKUP__ENABLED": "false"}
"""The daily one takes seconds, on whichever side it is due just then."""
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
    async def bot(self, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
        environment = settings(self.folder, url, self.database)
        async with running("bot", "run", environment=environment, tree=self.tree) as process:
            yield process


async def journey(load: Load, side: Side) -> float:
    """CPU milliseconds for a location that is answered by a list and a venue."""
    chance = random.Random(256)
    stub = Stub(load.chats, "sendVenue", lambda: somewhere(chance), think=load.think)
    async with stub.listening() as url, side.bot(url) as process:
        return await per_unit(stub, process, load)


async def step(load: Load, side: Side) -> float:
    """CPU milliseconds for a step of the form with which riders join."""
    stub = Applicants(load, side.script)
    async with stub.listening() as url, side.bot(url) as process:
        return await per_unit(stub, process, load)


async def ready(side: Side) -> float:
    """CPU seconds from the start to /readyz 200, with 186,100 stations."""
    async with ready_bot(side.folder, side.database, side.tree) as process:
        return cpu_seconds(process)


async def idle(side: Side) -> float:
    """Per cent of a core, of a bot that nobody writes to and that makes no backup meanwhile."""
    async with ready_bot(side.folder, side.database, side.tree, WITHOUT_BACKUP) as process:
        await asyncio.sleep(SETTLED_AFTER)
        before, begun = cpu_seconds(process), time.monotonic()
        await asyncio.sleep(SECONDS)
        return (cpu_seconds(process) - before) / (time.monotonic() - begun) * 100


Unit = Callable[[Side], Awaitable[float]]
IN_TURN: dict[str, tuple[str, Unit]] = {
    f"journey, {FULL.name}": ("ms", partial(journey, FULL)),
    f"form step, {FULL.name}": ("ms", partial(step, FULL)),
    "ready with 186,100 stations": ("s", ready),
}
SIDE_BY_SIDE: dict[str, tuple[str, Unit]] = {
    "idle": ("% of a core", idle),
    f"journey, {LOW.name}": ("ms", partial(journey, LOW)),
    f"form step, {LOW.name}": ("ms", partial(step, LOW)),
}
"""These come first, and idle before anybody has searched: the clock counts 100 searches a second, so those of a full
load keep it busy for minutes."""


def old_tree(commit: str, folder: Path) -> Path:
    """The source of the commit."""
    tree = folder / "old"
    tree.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive, check=True)
    return tree


async def measure(commit: str, folder: Path) -> list[Result]:
    """Each unit on SQLite and on PostgreSQL: side by side, or in turn where it takes a whole core."""
    tree = old_tree(commit, folder)
    consent, *questions = (one._replace(heard=WORDS_OF_0_7.get(one.heard, one.heard)) for one in SCRIPT)
    after_platform = 1 + next(at for at, one in enumerate(questions) if one.heard == WORDS_OF_0_7["Which platform"])
    questions.insert(after_platform, CARRIED_IN_0_7)
    old_script = (consent._replace(button=CONSENT_OF_0_7), *questions[:-2], PICTURE_IN_0_7, *questions[-2:])
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
        found: dict[str, dict[str, float]] = {}
        for unit, (_, of) in SIDE_BY_SIDE.items():
            found[unit] = await side_by_side(
                {f"{unit}, {' '.join(at)}": partial(of, side) for at, side in sides.items()}
            )
        for unit, (_, of) in IN_TURN.items():
            found[unit] = await medians({f"{unit}, {' '.join(at)}": partial(of, side) for at, side in sides.items()})
    return [
        Result(
            f"{unit}, {kind}",
            found[unit][f"{unit}, {kind} here"],
            measured_in,
            commit,
            found[unit][f"{unit}, {kind} there"],
            NOT_WORSE,
        )
        for unit, (measured_in, _) in {**SIDE_BY_SIDE, **IN_TURN}.items()
        for kind in ("sqlite", "postgresql")
    ]


async def main(commit: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        return report("compare", await measure(commit, Path(folder)))


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1])) else 1)
