"""The leader is frozen for 15 s (SIGSTOP): another takes over, and when it wakes it does nothing again."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from pathlib import Path

from sqlalchemy import make_url

from benchmarks.chaos.talking import IN_FLIGHT, talking
from benchmarks.support.report import Result

FROZEN_FOR, TAKES_OVER_WITHIN = 15.0, 10


async def run(folder: Path, url: str, kind: str, seed: int) -> list[Result]:
    """PostgreSQL has three replicas at webhooks, SQLite two processes of which one polls."""
    replicas = 3 if kind == "PostgreSQL" else 2
    name = f"frozen leader, {kind}"
    async with talking(folder, url, replicas, seed) as town:
        frozen = await town.fleet.leader()
        begun = time.monotonic()
        town.fleet.freeze(frozen)
        while kind == "SQLite" and is_locked(url):
            town.fleet.wake(frozen)
            await asyncio.sleep(0.05)
            town.fleet.freeze(frozen)
        await asyncio.sleep(FROZEN_FOR)
        town.fleet.wake(frozen)
    return [
        Result(f"until another leads: {name}", town.leaders.longest, "s", goal=f"<= {TAKES_OVER_WITHIN}"),
        Result(f"until somebody hears: {name}", town.talks.first_heard(begun), "s", goal=f"<= {TAKES_OVER_WITHIN}"),
        *await town.results(name, IN_FLIGHT),
    ]


def is_locked(url: str) -> bool:
    """Whether it was frozen in the middle of a transaction: SQLite's file stays locked then, and nobody can take over
    (docs/decisions/0026-the-leader-holds-a-lease.md)."""
    with contextlib.closing(sqlite3.connect(str(make_url(url).database), timeout=0)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        return False
