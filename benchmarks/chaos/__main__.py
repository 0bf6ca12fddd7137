"""`make chaos`: what is lost, comes twice or waits while something fails. All parts, or those named."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from benchmarks.chaos import (
    broadcasts,
    cases,
    frozen_leader,
    frozen_transaction,
    full_disk,
    odd_answers,
    one_chat,
    reminders,
    replicas,
    searches,
    set_clock,
    stalled_network,
)
from benchmarks.support.processes import postgresql, stop_and_start_postgresql
from benchmarks.support.report import Result, report, report_some

Part = Callable[[Path], Awaitable[list[Result]]]


def _sqlite(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder}/chaos.db"


def _on_postgresql(part: Callable[[Path, str], Awaitable[list[Result]]]) -> Part:
    async def run(folder: Path) -> list[Result]:
        with postgresql(folder) as url:
            return await part(folder, url)

    return run


async def _restarted(folder: Path, url: str) -> list[Result]:
    restart = partial(stop_and_start_postgresql, folder)
    return await broadcasts.run(folder, url, "PostgreSQL, itself restarted", 8, restart)


PARTS: dict[str, tuple[Part, ...]] = {
    "searches": (
        lambda folder: searches.run(folder, _sqlite(folder), "SQLite", 6),
        _on_postgresql(lambda folder, url: searches.run(folder, url, "PostgreSQL", 6)),
    ),
    "broadcasts": (
        lambda folder: broadcasts.run(folder, _sqlite(folder), "SQLite", 7),
        _on_postgresql(_restarted),
    ),
    "reminders": (
        lambda folder: reminders.run(folder, _sqlite(folder), "SQLite", 9),
        _on_postgresql(lambda folder, url: reminders.run(folder, url, "PostgreSQL", 10)),
    ),
    "cases": (
        lambda folder: cases.run(folder, _sqlite(folder), "SQLite", 11),
        _on_postgresql(lambda folder, url: cases.run(folder, url, "PostgreSQL", 12)),
    ),
    "replicas": (_on_postgresql(lambda folder, url: replicas.run(folder, url, 13)),),
    "frozen_leader": (
        lambda folder: frozen_leader.run(folder, _sqlite(folder), "SQLite", 14),
        _on_postgresql(lambda folder, url: frozen_leader.run(folder, url, "PostgreSQL", 15)),
    ),
    "frozen_transaction": (_on_postgresql(frozen_transaction.run),),
    "stalled_network": (_on_postgresql(lambda folder, url: stalled_network.run(folder, url, 16)),),
    "set_clock": (_on_postgresql(lambda folder, url: set_clock.run(folder, url, 17)),),
    "full_disk": (full_disk.run,),
    "odd_answers": (lambda folder: odd_answers.run(folder, _sqlite(folder), 18),),
    "one_chat": (lambda folder: one_chat.run(folder, _sqlite(folder)),),
}


async def main(wanted: list[str]) -> bool:
    """Each in a folder of its own, with its own database and keys."""
    results = []
    for name in wanted or PARTS:
        for part in PARTS[name]:
            with tempfile.TemporaryDirectory() as folder:
                results += await part(Path(folder))
    return report_some("chaos", results) if wanted else report("chaos", results)


if __name__ == "__main__":
    sys.exit(0 if asyncio.run(main(sys.argv[1:])) else 1)
