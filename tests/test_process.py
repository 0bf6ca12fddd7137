"""The program as a process: started, killed, started again, ended."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time
from pathlib import Path

from tests.telegram import TOKEN, Rider, Telegram

RIDERS = 200
CSV = "id,name,address,latitude,longitude,opening_hours,amenities,phone,note\nhall,Hall,,37.43,116.36,24/7,water,,\n"


def environment(folder: Path, telegram: Telegram) -> dict[str, str]:
    return {
        **os.environ,
        "NUANXIN_CONFIG": str(folder / "config.toml"),
        "NUANXIN_TELEGRAM__TOKEN": TOKEN,
        "NUANXIN_TELEGRAM__API_BASE_URL": telegram.url,
        "NUANXIN_WEB__PORT": "0",
    }


async def bot(folder: Path, telegram: Telegram, *arguments: str) -> asyncio.subprocess.Process:
    with (folder / "log").open("ab") as log:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", *arguments, env=environment(folder, telegram), stdout=log, stderr=log
        )


async def test_kill_9_loses_no_update_and_repeats_no_effect(tmp_path: Path) -> None:
    chance = random.Random(9)
    (tmp_path / "stations.csv").write_text(CSV)
    async with Telegram() as telegram:
        telegram.latency = 0.12
        importing = await bot(tmp_path, telegram, "stations", "import", str(tmp_path / "stations.csv"))
        assert await importing.wait() == 0
        riders = [Rider(telegram, 1_000 + n) for n in range(RIDERS)]
        for rider in riders:
            await rider.sends(location={"latitude": 37.43, "longitude": 116.36})
        for _ in range(3):
            running = await bot(tmp_path, telegram, "run")
            before = len(telegram.calls)
            await asyncio.wait_for(_more_calls(telegram, before), 20)
            await asyncio.sleep(chance.uniform(0, 0.3))
            running.kill()
            await running.wait()
        running = await bot(tmp_path, telegram, "run")
        async with telegram.changed:
            await asyncio.wait_for(telegram.changed.wait_for(lambda: not telegram.waiting), 30)
        started = time.monotonic()
        running.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(running.wait(), 10) == 0
        assert time.monotonic() - started < 10
    for rider in riders:
        assert {"sendMessage", "sendVenue"} <= {method for method, _ in rider.said_to_me()}
    with sqlite3.connect(tmp_path / "data" / "nuanxin.db") as database:
        assert database.execute("SELECT count(*), count(DISTINCT person_id) FROM searches").fetchone() == (
            RIDERS,
            RIDERS,
        )
    database.close()
    assert TOKEN not in (tmp_path / "log").read_text()


async def _more_calls(telegram: Telegram, before: int) -> None:
    async with telegram.changed:
        await telegram.changed.wait_for(lambda: len(telegram.calls) > before + 1)


async def test_a_faulty_config_is_one_line_a_fault(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[web]\nport = "many"\nhots = "x"\n[organisation]\ntimezone = "Mars/Base"\n')
    variables = {**os.environ, "NUANXIN_CONFIG": str(tmp_path / "config.toml"), "NUANXIN_NONSENSE": "1"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", env=variables, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    lines = said.decode().splitlines()
    assert len(lines) == 4 and "Traceback" not in said.decode()
    assert any("web.hots: unknown key" in line for line in lines)
    assert any("NUANXIN_NONSENSE: unknown key" in line for line in lines)
