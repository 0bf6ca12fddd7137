"""Several replicas of the bot on one PostgreSQL, behind a load balancer that asks each in turn."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import aiohttp
from aiohttp import web

from benchmarks.support.processes import running
from bot.process import served

HOOK, SECRET = "/telegram", "secret-of-the-benchmarks"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Balancer:
    """Hands each request to the next replica that takes it: no stickiness, no knowledge of chats."""

    def __init__(self, ports: list[int]) -> None:
        self._turn = itertools.cycle(ports)
        self._count = len(ports)
        self._session: aiohttp.ClientSession | None = None

    async def take(self, request: web.Request) -> web.Response:
        assert self._session is not None
        body, secret = await request.read(), request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret, "Content-Type": "application/json"}
        for _ in range(self._count):
            try:
                url = f"http://127.0.0.1:{next(self._turn)}{HOOK}"
                async with self._session.post(url, data=body, headers=headers) as answer:
                    if answer.status < 500:
                        return web.Response(status=answer.status)
            except aiohttp.ClientError:
                continue
        return web.Response(status=502)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        """Until the end of the block; gives the webhook's URL."""
        application = web.Application()
        application.router.add_post(HOOK, self.take)
        connector = aiohttp.TCPConnector(limit=0)
        listening = served(application, socket.create_server(("127.0.0.1", 0)), leaves_within=0.1)
        async with aiohttp.ClientSession(connector=connector) as self._session, listening as address:
            yield address + HOOK


class Fleet:
    """Replicas by number, each on its port; one that is killed is started again at once."""

    def __init__(self, folder: Path, settings: Mapping[str, str], url: str, ports: list[int]) -> None:
        self._ports = ports
        self._environment = {
            **settings,
            "NUANXIN_TELEGRAM__MODE": "webhook",
            "NUANXIN_TELEGRAM__WEBHOOK_URL": url,
            "NUANXIN_TELEGRAM__WEBHOOK_SECRET": SECRET,
            "NUANXIN_BACKUP__ENABLED": "false",
        }
        self._folder = folder
        self._stack = contextlib.AsyncExitStack()
        self._running: dict[int, asyncio.subprocess.Process] = {}

    async def __aenter__(self) -> Fleet:
        await self._stack.__aenter__()
        for number in range(len(self._ports)):
            await self._start(number)
        await self.until_ready(len(self._ports))
        return self

    async def __aexit__(self, *failure: object) -> None:
        await self._stack.aclose()

    async def _start(self, number: int) -> None:
        environment = {**self._environment, "NUANXIN_WEB__PORT": str(self._ports[number])}
        self._running[number] = await self._stack.enter_async_context(running("bot", "run", environment=environment))

    async def kill(self, number: int) -> None:
        self._running[number].kill()
        await self._running[number].wait()
        await self._start(number)

    async def until_ready(self, count: int) -> None:
        async with asyncio.timeout(60):
            while sum(await asyncio.gather(*(self._is_ready(port) for port in self._ports))) < count:  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def _is_ready(self, port: int) -> bool:
        try:
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def leaders(self) -> int:
        """How many say that they lead."""
        return sum(await asyncio.gather(*(self._leads(port) for port in self._ports)))

    async def _leads(self, port: int) -> bool:
        try:
            timeout = aiohttp.ClientTimeout(total=2)
            async with aiohttp.request("GET", f"http://127.0.0.1:{port}/metrics", timeout=timeout) as answer:
                return "nuanxin_is_leader 1.0" in await answer.text()
        except (aiohttp.ClientError, TimeoutError):
            return False
