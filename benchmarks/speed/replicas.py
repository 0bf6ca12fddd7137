"""Several replicas of the bot on one PostgreSQL, behind a load balancer that asks each in turn."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import signal
import socket
from collections.abc import AsyncIterator, Mapping, Sequence

import aiohttp
import psutil
from aiohttp import web

from benchmarks.support.processes import running
from bot.process import served

HOOK, SECRET = "/telegram", "secret-of-the-benchmark"
CHECKED_EVERY = 1.0
"""Seconds between two questions of the balancer whether a replica lives, and for which each may take to answer."""


def webhook(url: str) -> dict[str, str]:
    """The settings of replicas whose updates come to this URL."""
    return {
        "NUANXIN_TELEGRAM__MODE": "webhook",
        "NUANXIN_TELEGRAM__WEBHOOK_URL": url,
        "NUANXIN_TELEGRAM__WEBHOOK_SECRET": SECRET,
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Balancer:
    """Hands each request to the next replica that takes it: no stickiness, no knowledge of chats.

    One that does not say that it lives is asked nothing more, and what it has in hand is handed to others.
    """

    def __init__(self, ports: list[int]) -> None:
        self._ports = ports
        self._turn = itertools.cycle(ports)
        self._lives = dict.fromkeys(ports, True)
        self._in_hand: dict[int, set[asyncio.Task[int]]] = {port: set() for port in ports}
        self._session: aiohttp.ClientSession | None = None

    async def take(self, request: web.Request) -> web.Response:
        body, secret = await request.read(), request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        for _ in self._ports:
            port = next(self._turn)
            if self._lives[port]:
                posting = asyncio.create_task(self._post(port, body, headers))
                self._in_hand[port].add(posting)
                await asyncio.wait([posting])
                self._in_hand[port].discard(posting)
                status = 502 if posting.cancelled() else posting.result()
                if status < 500:
                    return web.Response(status=status)
        return web.Response(status=502)

    async def _post(self, port: int, body: bytes, headers: Mapping[str, str]) -> int:
        assert self._session is not None
        try:
            async with self._session.post(f"http://127.0.0.1:{port}{HOOK}", data=body, headers=headers) as answer:
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 502

    async def _check(self, port: int) -> None:
        """Again and again whether a replica lives."""
        assert self._session is not None
        timeout = aiohttp.ClientTimeout(total=CHECKED_EVERY)
        while True:
            try:
                async with self._session.get(f"http://127.0.0.1:{port}/healthz", timeout=timeout) as answer:
                    self._lives[port] = answer.status == 200
            except TimeoutError:
                self._lives[port] = False
                for posting in self._in_hand[port]:
                    posting.cancel()
            except aiohttp.ClientError:  # killed: a request fails at once, and goes to the next
                self._lives[port] = True
            await asyncio.sleep(CHECKED_EVERY)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Until the end of the block; gives the webhook's URL."""
        application = web.Application()
        application.router.add_post(HOOK, self.take)
        connector = aiohttp.TCPConnector(limit=0)
        listening = served(application, socket.create_server(("127.0.0.1", 0)), leaves_within=0.1)
        async with aiohttp.ClientSession(connector=connector) as self._session, listening as address:
            checking = [asyncio.create_task(self._check(port)) for port in self._ports]
            try:
                yield address + HOOK
            finally:
                for task in checking:
                    task.cancel()
                await asyncio.gather(*checking, return_exceptions=True)


class Fleet:
    """Replicas by number, each on its port; one that is killed is started again at once, one that is frozen wakes.

    `own` has what a replica has for itself: settings by its number. `module` is what each runs.
    """

    def __init__(
        self,
        settings: Mapping[str, str],
        ports: list[int],
        own: Sequence[Mapping[str, str]] = (),
        module: str = "bot",
    ) -> None:
        self._ports = ports
        self._environment = {**settings, "NUANXIN_BACKUP__ENABLED": "false"}
        self._own, self._module = own, module
        self._stack = contextlib.AsyncExitStack()
        self._running: dict[int, asyncio.subprocess.Process] = {}
        self._frozen: set[int] = set()

    async def __aenter__(self) -> Fleet:
        await self._stack.__aenter__()
        for number in range(len(self._ports)):
            await self._start(number)
        await self.until_ready(len(self._ports))
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    async def _start(self, number: int) -> None:
        own = self._own[number] if self._own else {}
        environment = {**self._environment, **own, "NUANXIN_WEB__PORT": str(self._ports[number])}
        starting = running(self._module, "run", environment=environment)
        self._running[number] = await self._stack.enter_async_context(starting)

    @property
    def processes(self) -> list[asyncio.subprocess.Process]:
        return [self._running[number] for number in range(len(self._ports))]

    async def kill(self, number: int) -> None:
        self._running[number].kill()
        await self._running[number].wait()
        await self._start(number)

    def send(self, number: int, kind: signal.Signals) -> None:
        self._running[number].send_signal(kind)

    def freeze(self, number: int) -> None:
        self.send(number, signal.SIGSTOP)
        self._frozen.add(number)

    def wake(self, number: int) -> None:
        self._frozen.discard(number)
        self.send(number, signal.SIGCONT)

    async def until_stopped(self, number: int) -> None:
        """Until a replica has frozen by itself."""
        process = psutil.Process(self._running[number].pid)
        async with asyncio.timeout(30):
            while process.status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110 (it is done by another program)
                await asyncio.sleep(0.05)
        self._frozen.add(number)

    @property
    def ended(self) -> int:
        """How many have ended by themselves."""
        return sum(process.returncode is not None for process in self._running.values())

    async def until_ready(self, count: int) -> None:
        async with asyncio.timeout(60):
            while sum(await asyncio.gather(*map(self.is_ready, range(len(self._ports))))) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def is_ready(self, number: int) -> bool:
        return (await self._get(number, "/readyz"))[0] == 200

    async def trouble(self, number: int) -> str:
        """What a replica says that keeps it from being ready; empty if nothing does, or it does not answer."""
        status, said = await self._get(number, "/readyz")
        return said if status == 503 else ""

    async def _get(self, number: int, path: str) -> tuple[int, str]:
        """(status, body); 0 where nobody answers."""
        if number in self._frozen:
            return 0, ""
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            url = f"http://127.0.0.1:{self._ports[number]}{path}"
            async with aiohttp.request("GET", url, timeout=timeout) as answer:
                return answer.status, await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return 0, ""

    async def leaders(self) -> list[int]:
        """Those that say that they lead."""
        found = await asyncio.gather(*(self._get(number, "/metrics") for number in range(len(self._ports))))
        return [number for number, (_, said) in enumerate(found) if "nuanxin_is_leader 1.0" in said]

    async def leader(self) -> int:
        """The one that leads, once one does."""
        async with asyncio.timeout(30):
            while not (found := await self.leaders()):  # noqa: ASYNC110 (it is told by other programs)
                await asyncio.sleep(0.1)
        return found[0]
