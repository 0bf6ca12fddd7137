"""How long riders wait while a broadcast goes out at the limit: five ask a second, and Telegram takes 100 ms a call."""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.support.pace import most_in_a_second, steady_rate
from benchmarks.support.processes import running
from benchmarks.support.recipients import environment, fill
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub
from bot.telegram.pacing import MARGIN

LIMIT, RECIPIENTS, EVERY, ASKED, TAKES = 30, 1_500, 0.2, 250, 0.1
FIRST_RIDER = 5_000_000


class Riders:
    """Who asks, and when."""

    def __init__(self, stub: Stub, seed: int) -> None:
        self._stub = stub
        self._chance = random.Random(seed)
        self.asked: dict[int, float] = {}

    async def ask(self) -> None:
        """Somebody new writes; the next one does after a random while."""
        person = FIRST_RIDER + len(self.asked)
        self.asked[person] = time.monotonic()
        self._stub.hand_over(person)
        await asyncio.sleep(self._chance.expovariate(1 / EVERY))

    def delays(self) -> list[float]:
        """Seconds from the question to the answer."""
        answered = {chat: moment for moment, chat in self._stub.sent if chat in self.asked}
        return [answered[one] - self.asked[one] for one in self.asked]


async def waits(folder: Path, recipients: int) -> tuple[list[float], list[float]]:
    """Of 250 riders; and when messages went out."""
    url = f"sqlite+aiosqlite:///{folder}/{recipients}.db"
    database, _ = await fill(url, recipients)
    await database.close()
    stub = Stub(0, "", lambda: {"text": "hello"}, takes=TAKES)
    riders = Riders(stub, 5)
    async with stub.listening() as address, running("bot", "run", environment=environment(folder, address, url, LIMIT)):
        await stub.until_sent(min(recipients, LIMIT))
        while len(riders.asked) < ASKED:
            await riders.ask()
        during = [moment for moment, _ in stub.sent]
        await stub.until_sent(recipients + ASKED)
    return riders.delays(), during


async def library_at_the_limit() -> list[float]:
    stub = Stub(0, "", lambda: {"text": "hello"})
    async with stub.listening() as address, running("benchmarks.support.peers", "limiter", address):
        await stub.until_sent(720)
    return [moment for moment, _ in stub.sent]


def at_most(delays: Sequence[float], share: int) -> float:
    """What so many of 100 do not exceed, in ms."""
    return statistics.quantiles(delays, n=100)[share - 1] * 1e3


async def measure(folder: Path) -> list[Result]:
    (alone, _), (busy, times), peer = await asyncio.gather(
        waits(folder, 1), waits(folder, RECIPIENTS), library_at_the_limit()
    )
    slot = 1e3 / LIMIT * (1 + MARGIN)
    added: Mapping[int, float] = {share: at_most(busy, share) - at_most(alone, share) for share in (50, 95, 99)}
    most, spread = most_in_a_second(times), f"of {len(times)} messages"
    return [
        Result(f"rate at a limit of {LIMIT}/s", steady_rate(times) / LIMIT, "of the limit", goal=">= 0.98"),
        Result("most in any sliding second", most, spread, "AIORateLimiter", most_in_a_second(peer)),
        Result(f"most in any sliding second, limit {LIMIT}", most, spread, goal=f"<= {LIMIT}"),
        Result("delay of a reply, median", at_most(busy, 50), "ms", "without a broadcast", at_most(alone, 50)),
        Result("delay of a reply, 99 of 100", at_most(busy, 99), "ms", "without a broadcast", at_most(alone, 99)),
        Result("what a broadcast adds to a reply, median", added[50], "ms", goal=f"<= {slot:.1f}"),
        Result("what a broadcast adds to a reply, 95 of 100", added[95], "ms"),
        Result("what a broadcast adds to a reply, 99 of 100", added[99], "ms", goal=f"<= {2 * slot:.1f}"),
    ]
