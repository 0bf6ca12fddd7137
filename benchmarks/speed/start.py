"""Processor time from the start of the process to /readyz 200, and the seconds that it takes."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.support.processes import cpu_seconds, finished
from benchmarks.support.ready import demo_and_large, ready_bot
from benchmarks.support.report import Result
from benchmarks.support.rounds import medians

ROUNDS = 3
IMPORTS = (sys.executable, "-m", "benchmarks.support.imports")


@dataclass
class Starts:
    """Of a data folder; `seconds` are what the clock on the wall said of each."""

    folder: Path
    seconds: list[float] = field(default_factory=list)

    async def measure(self) -> float:
        """CPU seconds."""
        begun = time.perf_counter()
        async with ready_bot(self.folder) as process:
            self.seconds.append(time.perf_counter() - begun)
            return cpu_seconds(process)


async def imports(modules: Path) -> float:
    """CPU seconds of a program that only imports them."""
    before = _spent_by_children()
    await finished(*IMPORTS, str(modules))
    return _spent_by_children() - before


def _spent_by_children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


async def measure(folder: Path) -> list[Result]:
    demo, large = await demo_and_large(folder)
    modules = folder / "modules"
    modules.write_bytes(await finished(*IMPORTS, "names"))
    few, many = Starts(demo), Starts(large)
    contestants: dict[str, Callable[[], Awaitable[float]]] = {
        "imports": partial(imports, modules),
        "ready, demo": few.measure,
        "ready, 186,100 stations": many.measure,
    }
    found = await medians(contestants, ROUNDS)
    peer = f"importing {len(modules.read_text().split())} modules"
    return [
        Result("CPU until ready, demo", found["ready, demo"], "s", peer, found["imports"], "<= 1.3"),
        Result(
            "CPU until ready, 186,100 stations", found["ready, 186,100 stations"], "s", peer, found["imports"], "<= 2.0"
        ),
        Result("ready with 186,100 stations", sorted(many.seconds)[len(many.seconds) // 2], "s", goal="<= 2"),
    ]
