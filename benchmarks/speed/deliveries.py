"""The courier: pace at the limit, replies in between, throughput without a limit, memory, freezing a million."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from bisect import bisect_left
from collections.abc import Sequence, Set
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.support.processes import postgresql, running, settings
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub
from bot.telegram.pacing import MARGIN
from storage import schema
from storage.broadcasts import broadcasts
from storage.broadcasts import recipients as broadcast_recipients
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.topics import Topic
from storage.database import Database, open_database
from storage.deliveries.of_broadcasts import counts
from storage.deliveries.table import State
from storage.encryption import Vault, decode_key
from storage.people import people
from storage.people.segments import Segment
from storage.telegram_ids import PersonId

KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
LIMIT, RECIPIENTS, REPLIES_EVERY, ALONE = 30, 720, 0.2, 100
MANY, MILLION = 20_000, 1_000_000


def environment(folder: Path, url: str, database: str, per_second: int) -> dict[str, str]:
    return {
        **settings(folder, url, database),
        "NUANXIN_SECURITY__ENCRYPTION_KEYS": f'["{KEY}"]',
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": str(per_second),
        "NUANXIN_REMINDERS__QUIET_HOURS": "00:00-00:00",
        "NUANXIN_BROADCASTS__APPROVAL_ABOVE": "10000000",
    }


def bot(
    folder: Path, address: str, url: str, per_second: int
) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
    return running("bot", "run", environment=environment(folder, address, url, per_second))


async def fill(url: str, recipients: int) -> Database:
    """People, and a broadcast to all of them that is due."""
    database = open_database(url, Vault([decode_key(KEY)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    async with database.writing() as session:
        for first in range(1, recipients + 1, 5_000):
            ids = range(first, min(first + 5_000, recipients + 1))
            await people.seen_all(session, dict.fromkeys(map(PersonId, ids), "en"), now)
        content = Content("sendMessage", {"text": "Free haircuts on Saturday"})
        row = await broadcasts.create(session, PersonId(1), content, Segment(), Topic.NEWS, now, now)
        await broadcasts.confirm(session, row.id, None, None, now, needs_approval=False)
    return database


def most_in_a_second(times: Sequence[float]) -> int:
    return max(bisect_left(times, moment + 1.0) - at for at, moment in enumerate(times))


def steady_rate(times: Sequence[float]) -> float:
    """Messages a second between the first and the last."""
    return (len(times) - 1) / (times[-1] - times[0])


async def at_the_limit(folder: Path) -> list[Result]:
    url = f"sqlite+aiosqlite:///{folder}/limit.db"
    await (await fill(url, RECIPIENTS)).close()
    stub = Stub(0, "", lambda: {"text": "hello"})
    asked: dict[int, float] = {}
    chance = random.Random(5)
    async with stub.listening() as address, bot(folder, address, url, LIMIT):
        await stub.until_sent(10)
        while len(stub.sent) < RECIPIENTS:
            await ask(stub, asked, chance)
        times = [moment for moment, _ in stub.sent]
        during = set(asked)
        await stub.until_sent(RECIPIENTS + len(asked))
        for _ in range(ALONE):
            await ask(stub, asked, chance)
        await stub.until_sent(RECIPIENTS + len(asked))
    delays = delays_of(stub, asked, during)
    alone = delays_of(stub, asked, asked.keys() - during)
    slot = 1e3 / LIMIT * (1 + MARGIN)
    peer = await library_at_the_limit()
    spread = f"of {len(times)} messages"
    return [
        Result("rate at a limit of 30/s", steady_rate(times) / LIMIT, "of the limit", goal=">= 0.98"),
        Result("most in any sliding second", most_in_a_second(times), spread, "AIORateLimiter", most_in_a_second(peer)),
        Result("most in any sliding second, limit 30", most_in_a_second(times), spread, goal="<= 30"),
        Result(
            "delay of a reply, median",
            statistics.median(delays) * 1e3,
            "ms",
            "without a broadcast",
            statistics.median(alone) * 1e3,
        ),
        Result(
            "what a broadcast adds to a reply, median",
            (statistics.median(delays) - statistics.median(alone)) * 1e3,
            "ms",
            goal=f"<= {slot:.1f}",
        ),
        Result(
            "what a broadcast adds to a reply, 95 of 100",
            (late(delays) - late(alone)) * 1e3,
            "ms",
            goal=f"<= {slot:.1f}",
        ),
    ]


async def ask(stub: Stub, asked: dict[int, float], chance: random.Random) -> None:
    """Somebody new writes; the next one does after a random while."""
    person = 5_000_000 + len(asked)
    asked[person] = time.monotonic()
    stub.hand_over(person)
    await asyncio.sleep(chance.expovariate(1 / REPLIES_EVERY))


def delays_of(stub: Stub, asked: dict[int, float], people: Set[int]) -> list[float]:
    """Of replies that had no other one ahead of them when they were asked for: those wait for each other besides."""
    answered = {chat: moment for moment, chat in stub.sent if chat in asked}
    ahead = {
        one: any(asked[other] < asked[one] < answered[other] for other in answered) for one in people & answered.keys()
    }
    return [answered[one] - asked[one] for one, meets in ahead.items() if not meets]


def late(delays: Sequence[float]) -> float:
    """What 95 of 100 do not exceed."""
    return statistics.quantiles(delays, n=20)[-1]


async def library_at_the_limit() -> list[float]:
    stub = Stub(0, "", lambda: {"text": "hello"})
    async with stub.listening() as address, running("benchmarks.support.peers", "limiter", address):
        await stub.until_sent(RECIPIENTS)
    return [moment for moment, _ in stub.sent]


async def throughput(folder: Path, url: str, kind: str) -> list[Result]:
    database = await fill(url, MANY)
    stub = Stub(0, "", lambda: {"text": "hello"})
    async with stub.listening() as address, bot(folder, address, url, 1_000_000):
        await stub.until_sent(1)
        started = time.monotonic()
        while await delivered(database) < MANY:  # noqa: ASYNC110 (it is done by another program)
            await asyncio.sleep(0.1)
        taken = time.monotonic() - started
    await database.close()
    peer = await stock_sends()
    return [
        Result(f"deliveries without a limit, {kind}", MANY / taken, "1/s", "stock sends", peer),
        Result(f"deliveries, {kind}, at least 1,000/s", MANY / taken, "1/s", goal=">= 1000"),
    ]


async def delivered(database: Database) -> int:
    async with database.reading() as session:
        return (await counts(session, BroadcastId(1))).get(State.SENT, 0)


async def stock_sends() -> float:
    stub = Stub(0, "", lambda: {"text": "hello"})
    async with stub.listening() as address, running("benchmarks.support.peers", "sends", address):
        await stub.until_sent(3_000)
    return steady_rate([moment for moment, _ in stub.sent])


async def memory(folder: Path) -> list[Result]:
    found = []
    for recipients in (1_000, 200_000):
        url = f"sqlite+aiosqlite:///{folder}/memory{recipients}.db"
        await (await fill(url, recipients)).close()
        stub = Stub(0, "", lambda: {"text": "hello"})
        async with stub.listening() as address, bot(folder, address, url, 1_000_000) as process:
            await stub.until_sent(min(recipients, 30_000))
            found.append(psutil.Process(process.pid).memory_info().rss / 1e6)
    return [Result("memory with 200,000 recipients", found[1], "MB", "with 1,000", found[0], "<= 1.2")]


async def freezing(url: str, kind: str) -> list[Result]:
    database = await fill(url, MILLION)
    started = time.perf_counter()
    now = datetime.now(UTC)
    more = True
    while more:
        async with database.writing() as session:
            row = await running_broadcasts.due(session, now)
            assert row is not None
            running_broadcasts.start(row, now)
            more = not await broadcast_recipients.freeze_chunk(session, row, now)
            total = row.total
    assert total == MILLION
    await database.close()
    return [Result(f"freezing 1,000,000 recipients, {kind}", time.perf_counter() - started, "s")]


async def measure(folder: Path) -> list[Result]:
    results = await at_the_limit(folder)
    results += await memory(folder)
    results += await throughput(folder, f"sqlite+aiosqlite:///{folder}/many.db", "SQLite")
    results += await freezing(f"sqlite+aiosqlite:///{folder}/million.db", "SQLite")
    with postgresql(folder) as url:
        results += await throughput(folder, url, "PostgreSQL")
    (folder / "second").mkdir()
    with postgresql(folder / "second") as url:
        results += await freezing(url, "PostgreSQL")
    return results
