"""`make bench`: all measurements, or those named: search, ready, deliveries, signups, reminders, journeys."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks import deliveries, journeys, ready, reminders, search, signups
from benchmarks.report import report


async def main(wanted: list[str]) -> bool:
    fine = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "search" in wanted:
            fine &= report("search", await search.measure())
        if "ready" in wanted:
            fine &= report("ready", await ready.measure(folder))
        if "deliveries" in wanted:
            fine &= report("deliveries", await deliveries.measure(folder))
        if "signups" in wanted:
            fine &= report("signups", await signups.measure(folder))
        if "reminders" in wanted:
            fine &= report("reminders", await reminders.measure(folder))
        if "journeys" in wanted:
            fine &= report("journeys", await journeys.measure(folder))
    return fine


if __name__ == "__main__":
    sys.exit(
        0
        if asyncio.run(main(sys.argv[1:] or ["search", "ready", "deliveries", "signups", "reminders", "journeys"]))
        else 1
    )
