"""Journeys a second with 1, 2 and 3 replicas on one PostgreSQL, at their webhooks.

On two cores the replicas, PostgreSQL and the one who asks share them, so figures grow only as far as there is idle
time: the share of the machine that is in use stands beside each.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import statistics
from pathlib import Path

import aiohttp
import orjson
import psutil

from benchmarks.speed.replicas import HOOK, SECRET, Fleet, free_port, webhook
from benchmarks.support.places import somewhere
from benchmarks.support.processes import import_stations, postgresql, settings
from benchmarks.support.report import Result
from benchmarks.support.telegram_stub import Stub

CHATS, SECONDS, WARM_UP, RUNS = 96, 5.0, 2.0, 3


class Pushing(Stub):
    """Posts what people send to the replicas in turn, as a balancer would; a chat's next message follows its answer."""

    def __init__(self, chats: int, last: str, chance: random.Random) -> None:
        super().__init__(chats, last, lambda: somewhere(chance))
        self.urls: itertools.cycle[str] = itertools.cycle(())
        self.session: aiohttp.ClientSession | None = None
        self._posting: set[asyncio.Task[None]] = set()

    def _queue(self, number: int, kind: str, body: dict[str, object]) -> None:
        if self.session is None:
            return
        task = asyncio.create_task(self._post(orjson.dumps({"update_id": number, kind: body})))
        self._posting.add(task)
        task.add_done_callback(self._posting.discard)

    async def _post(self, body: bytes) -> None:
        if self.session is None:  # the measurement is over
            return
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
        try:
            async with self.session.post(next(self.urls), data=body, headers=headers) as answer:
                await answer.read()
        except aiohttp.ClientError:
            return

    async def start(self, ports: list[int], session: aiohttp.ClientSession) -> None:
        self.urls = itertools.cycle([f"http://127.0.0.1:{port}{HOOK}" for port in ports])
        self.session = session
        for chat in range(1, self._chats + 1):
            self.hand_over(chat)


async def journeys(folder: Path, url: str, replicas: int) -> tuple[float, float]:
    """(journeys a second, percent of the machine in use)."""
    stub = Pushing(CHATS, "sendVenue", random.Random(256))
    ports = [free_port() for _ in range(replicas)]
    hook = f"http://127.0.0.1:{ports[0]}{HOOK}"
    async with (
        stub.listening() as address,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        Fleet({**settings(folder, address, url), **webhook(hook)}, ports),
    ):
        await stub.start(ports, session)
        psutil.cpu_percent()
        rate = await stub.rate(SECONDS, WARM_UP)
        busy = psutil.cpu_percent()
        stub.session = None
    return rate, busy


async def measure(folder: Path) -> list[Result]:
    found: dict[int, list[tuple[float, float]]] = {1: [], 2: [], 3: []}
    with postgresql(folder) as url:
        await import_stations(folder, url)
        for _ in range(RUNS):
            for replicas, runs in found.items():
                runs.append(await journeys(folder, url, replicas))
                print(f"{replicas} replicas: {runs[-1][0]:,.0f}/s, {runs[-1][1]:.0f} % of the machine", flush=True)
    rate = {replicas: statistics.median(one for one, _ in runs) for replicas, runs in found.items()}
    busy = {replicas: statistics.median(one for _, one in runs) for replicas, runs in found.items()}
    cores = psutil.cpu_count()
    results = []
    for replicas in found:
        name = f"journeys at webhooks, {replicas} replica{'s' if replicas > 1 else ''}, {cores} cores"
        peer = ("1 replica", rate[1]) if replicas > 1 else ("", None)
        results.append(Result(name, rate[replicas], "1/s", *peer))
        results.append(Result(f"of the machine in use, {replicas}", busy[replicas], "%"))
    return results
