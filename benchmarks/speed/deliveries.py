"""What a delivery costs that is claimed, sent and marked; the pace at a paid limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from benchmarks.support.pace import most_in_a_second, steady_rate
from benchmarks.support.processes import cpu_seconds, postgresql, running
from benchmarks.support.recipients import UNLIMITED, environment, fill
from benchmarks.support.report import Result
from benchmarks.support.rounds import medians
from benchmarks.support.telegram_stub import Stub
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.deliveries.of_broadcasts import counts
from storage.deliveries.table import State

MANY, PEERS, ROUNDS = 6_000, 1_200, 3


def _stub() -> Stub:
    return Stub(0, "", lambda: {"text": "hello"})


async def delivery(folder: Path, url: str) -> float:
    """CPU milliseconds of one of many, from the first to the last."""
    database, broadcast = await fill(url, MANY)
    stub = _stub()
    async with (
        stub.listening() as address,
        running("bot", "run", environment=environment(folder, address, url, UNLIMITED)) as process,
    ):
        await stub.until_sent(1)
        before, sent = cpu_seconds(process), len(stub.sent)
        while await _delivered(database, broadcast) < MANY:  # noqa: ASYNC110 (it is done by another program)
            await asyncio.sleep(0.1)
        spent = cpu_seconds(process) - before
    await database.close()
    return spent / (MANY - sent) * 1e3


async def _delivered(database: Database, broadcast: BroadcastId) -> int:
    async with database.reading() as session:
        return (await counts(session, broadcast)).get(State.SENT, 0)


async def stock_send() -> float:
    """CPU milliseconds of a message that python-telegram-bot sends."""
    stub = _stub()
    async with stub.listening() as address, running("benchmarks.support.peers", "sends", address) as process:
        await stub.until_sent(1)
        before, sent = cpu_seconds(process), len(stub.sent)
        await stub.until_sent(PEERS)
        return (cpu_seconds(process) - before) / (len(stub.sent) - sent) * 1e3


async def paid(folder: Path, url: str, kind: str) -> list[Result]:
    """The pace that Telegram sells, for 20 s."""
    seconds, limit = 20, 1_000
    database, _ = await fill(url, seconds * limit)
    stub = _stub()
    async with (
        stub.listening() as address,
        running("bot", "run", environment=environment(folder, address, url, limit)) as process,
    ):
        await stub.until_sent(limit)  # the first second is the start
        before, begun = cpu_seconds(process), time.monotonic()
        await stub.until_sent(seconds * limit)
        spent, taken = cpu_seconds(process) - before, time.monotonic() - begun
    await database.close()
    times = [moment for moment, _ in stub.sent]
    name = f"a paid limit of 1,000/s, {kind}"
    return [
        Result(f"rate at {name}", steady_rate(times[limit:]) / limit, "of the limit", goal=">= 0.98"),
        Result(f"most in any sliding second at {name}", most_in_a_second(times), "messages", goal=f"<= {limit}"),
        Result(f"processor at {name}", spent / taken * 100, "% of a core", goal="<= 60"),
    ]


async def measure(folder: Path) -> list[Result]:
    sqlite = [f"sqlite+aiosqlite:///{folder}/{name}.db" for name in ("many", "paid")]
    with postgresql(folder / "many") as many:
        contestants: dict[str, Callable[[], Awaitable[float]]] = {
            "stock": stock_send,
            "SQLite": partial(delivery, folder, sqlite[0]),
            "PostgreSQL": partial(delivery, folder, many),
        }
        found = await medians(contestants, ROUNDS)
        results = [
            Result(f"CPU of a delivery, {kind}", found[kind], "ms", "stock send", found["stock"], "<= 0.4")
            for kind in ("SQLite", "PostgreSQL")
        ]
        results += await paid(folder, sqlite[1], "SQLite")
        results += await paid(folder, many, "PostgreSQL")
    return results
