"""The real program as a process, and what it writes."""

from __future__ import annotations

import asyncio
import atexit
import functools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import pytest

from tests.support.preloaded import Start
from tests.support.simulator import TOKEN

CSV = "id,name,address,latitude,longitude,opening_hours,amenities,phone,note\nhall,Hall,,37.43,116.36,24/7,water,,\n"

waits = pytest.mark.xdist_group("processes")
"""Tests that wait for programs, and hardly work themselves: one worker runs them all, beside those that are busy, and
one process starts the programs."""


def environment(folder: Path, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NUANXIN_")}
    return {**clean, "NUANXIN_CONFIG": str(folder / "config.toml"), "NUANXIN_WEB__PORT": "0", **settings}


class Started:
    """A process that the starter has forked (tests/support/preloaded.py), used like one of asyncio's."""

    def __init__(self, pid: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.pid = pid
        self._writer = writer
        self._ended = asyncio.create_task(self._wait(reader))

    async def _wait(self, reader: asyncio.StreamReader) -> int:
        code = int(await reader.readline())
        self._writer.close()
        return code

    @property
    def returncode(self) -> int | None:
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        return await asyncio.shield(self._ended)

    def send_signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@functools.cache
def _starter() -> Path:
    """The socket of this test process's starter."""
    address = Path(tempfile.mkdtemp(prefix="nuanxin-starter-")) / "socket"
    clean = {**environment(address.parent), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.support.preloaded", str(address)]
    starter = subprocess.Popen(command, env=clean, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end() -> None:
        starter.communicate()
        shutil.rmtree(address.parent)

    atexit.register(end)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"ready\n"
    return address


async def started(module: str, folder: Path, *arguments: str, **settings: str) -> Started:
    """`python -m MODULE ARGUMENTS`, with its output in the folder's log."""
    return await _forked(folder, Start(module, list(arguments), environment(folder, **settings), str(folder / "log")))


async def bot(folder: Path, *arguments: str, **settings: str) -> Started:
    return await started("bot", folder, *arguments, **settings)


async def bot_with_umask(umask: int, folder: Path, *arguments: str, **settings: str) -> Started:
    return await _forked(
        folder, Start("bot", list(arguments), environment(folder, **settings), str(folder / "log"), umask)
    )


async def said_by(folder: Path, *arguments: str, **settings: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a command."""
    (folder / "log").unlink(missing_ok=True)
    code = await (await bot(folder, *arguments, **settings)).wait()
    lines = (folder / "log").read_text().splitlines()
    (folder / "log").unlink()
    return code, lines


async def _forked(folder: Path, start: Start) -> Started:
    (folder / "log").touch()
    reader, writer = await asyncio.open_unix_connection(await asyncio.to_thread(_starter))
    writer.write(start.encode())
    return Started(int(await reader.readline()), reader, writer)


def bot_settings(address: str, geocoder: str) -> dict[str, str]:
    return {
        "NUANXIN_TELEGRAM__TOKEN": TOKEN,
        "NUANXIN_TELEGRAM__API_BASE_URL": address,
        "NUANXIN_GEOCODING__SERVICE": "nominatim",
        "NUANXIN_GEOCODING__DOMAIN": geocoder,
        "NUANXIN_GEOCODING__SCHEME": "http",
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": "1000",
    }


async def ends_within_10_s(running: Started | asyncio.subprocess.Process) -> None:
    started = time.monotonic()
    running.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.wait(), 10) == 0
    assert time.monotonic() - started < 10


async def logged(log: Path, pattern: str) -> str:
    """The first group of a line that the program writes sooner or later."""
    async with asyncio.timeout(20):
        while True:
            found = re.search(pattern, log.read_text())
            if found:
                return found[1]
            await asyncio.sleep(0.05)


async def until_ready(session: aiohttp.ClientSession, address: str) -> None:
    async with asyncio.timeout(20):
        while True:
            async with session.get(f"{address}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.05)
