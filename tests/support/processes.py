"""The real program as a process, and what it writes."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import aiohttp

from tests.support.simulator import TOKEN

CSV = "id,name,address,latitude,longitude,opening_hours,amenities,phone,note\nhall,Hall,,37.43,116.36,24/7,water,,\n"


def environment(folder: Path, **settings: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("NUANXIN_")}
    return {**clean, "NUANXIN_CONFIG": str(folder / "config.toml"), "NUANXIN_WEB__PORT": "0", **settings}


async def bot(folder: Path, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=environment(folder, **settings), stdout=log, stderr=log
        )


def bot_settings(address: str, geocoder: str) -> dict[str, str]:
    return {
        "NUANXIN_TELEGRAM__TOKEN": TOKEN,
        "NUANXIN_TELEGRAM__API_BASE_URL": address,
        "NUANXIN_GEOCODING__SERVICE": "nominatim",
        "NUANXIN_GEOCODING__DOMAIN": geocoder,
        "NUANXIN_GEOCODING__SCHEME": "http",
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": "1000",
    }


async def ends_within_10_s(running: asyncio.subprocess.Process) -> None:
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
