"""`make bench`: all measurements, or those that are named (see MEASUREMENTS and UNITS)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.speed import (
    deliveries,
    floors,
    forms,
    freezing,
    idle,
    journeys,
    large,
    memory,
    pages,
    presses,
    ranking,
    reminders,
    replies,
    scaling,
    search,
    size,
    start,
    surveys,
    transport,
    votes,
)
from benchmarks.support.report import Result, report, summary
from benchmarks.support.units import Unit, measured


async def _search(_folder: Path) -> Sequence[Result]:
    return await search.measure()


MEASUREMENTS: dict[str, Callable[[Path], Awaitable[Sequence[Result]]]] = {
    "search": _search,
    "ready": start.measure,
    "idle": idle.measure,
    "memory": memory.measure,
    "size": size.measure,
    "transport": transport.measure,
    "deliveries": deliveries.measure,
    "replies": replies.measure,
    "pages": pages.measure,
    "reminders": reminders.measure,
    "large": large.measure,
}

UNITS: dict[str, Unit] = {
    "forms": forms.UNIT,
    "presses": presses.UNIT,
    "ranking": ranking.UNIT,
    "surveys": surveys.UNIT,
    "votes": votes.UNIT,
    "journeys": journeys.UNIT,
}
"""Each at both loads, on each database, beside an echo."""

SIDE_BY_SIDE = (
    ("idle", "replies"),
    ("memory", "size"),
    ("forms", "presses"),
    ("ranking", "surveys"),
    ("votes", "journeys"),
)
"""These disturb each other little, measure no time, or take turns where they do (`rounds.ALONE`). Of a unit a minute
is the start and the low load, which two bear as easily as one."""

EXTRA: dict[str, Callable[[Path], Awaitable[Sequence[Result]]]] = {
    "floors": floors.measure,
    "freezing": freezing.measure,
    "scaling": scaling.measure,
}
"""Only if they are named: what they measure has no goal."""


def _groups(wanted: Sequence[str]) -> Iterator[Sequence[str]]:
    """What is measured side by side, each group where the first of it stands."""
    done = set[str]()
    for name in wanted:
        group = next((group for group in SIDE_BY_SIDE if name in group), (name,))
        if name not in done:
            yield [one for one in group if one in wanted]
        done.update(group)


async def _measure(name: str) -> Sequence[Result]:
    with tempfile.TemporaryDirectory() as folder:
        if name in UNITS:
            return await measured(Path(folder), UNITS[name])
        return await (MEASUREMENTS | EXTRA)[name](Path(folder))


async def main(wanted: list[str]) -> bool:
    """Each in a folder of its own, with its own databases and keys."""
    fine = True
    for names in _groups([name for name in MEASUREMENTS | EXTRA | UNITS if name in wanted]):
        begun = time.monotonic()
        for name, results in zip(names, await asyncio.gather(*map(_measure, names)), strict=True):
            fine &= report(name, results)
        print(f"{' and '.join(names)} took {time.monotonic() - begun:.0f} s", flush=True)
    summary([*MEASUREMENTS, *UNITS])
    return fine


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1:] or [*MEASUREMENTS, *UNITS])) else 1)
