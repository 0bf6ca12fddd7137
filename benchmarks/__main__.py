"""`make bench`: all measurements, or those named: search, ready, deliveries, signups, reminders, journeys, scaling."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from benchmarks.speed import deliveries, journeys, reminders, scaling, search, sign_ups, startup
from benchmarks.support.report import Result, report, summary


async def _search(_folder: Path) -> Sequence[Result]:
    return await search.measure()


MEASUREMENTS: dict[str, Callable[[Path], Awaitable[Sequence[Result]]]] = {
    "search": _search,
    "ready": startup.measure,
    "deliveries": deliveries.measure,
    "signups": sign_ups.measure,
    "reminders": reminders.measure,
    "journeys": journeys.measure,
    "scaling": scaling.measure,
}


async def main(wanted: list[str]) -> bool:
    """Each in a folder of its own, with its own databases and keys."""
    fine = True
    for name, measure in MEASUREMENTS.items():
        if name in wanted:
            with tempfile.TemporaryDirectory() as folder:
                fine &= report(name, await measure(Path(folder)))
    summary(list(MEASUREMENTS))
    return fine


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1:] or list(MEASUREMENTS))) else 1)
