"""`make bench`: all measurements, or those that are named (see MEASUREMENTS)."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from benchmarks.speed import (
    deliveries,
    floors,
    forms,
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
    "forms": forms.measure,
    "presses": presses.measure,
    "pages": pages.measure,
    "ranking": ranking.measure,
    "surveys": surveys.measure,
    "votes": votes.measure,
    "reminders": reminders.measure,
    "journeys": journeys.measure,
    "scaling": scaling.measure,
    "large": large.measure,
}

EXTRA: dict[str, Callable[[Path], Awaitable[Sequence[Result]]]] = {"floors": floors.measure}
"""Only if they are named: what they measure has no goal."""


async def main(wanted: list[str]) -> bool:
    """Each in a folder of its own, with its own databases and keys."""
    fine = True
    for name, measure in (MEASUREMENTS | EXTRA).items():
        if name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                fine &= report(name, await measure(Path(folder)))
    summary(list(MEASUREMENTS))
    return fine


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1:] or list(MEASUREMENTS))) else 1)
