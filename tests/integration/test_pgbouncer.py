"""With a real PgBouncer before PostgreSQL, where one is installed (.ci/run installs it)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.people import Person
from storage.database_errors import Cause
from tests.support.databases import drop_database, new_database
from tests.support.pgbouncer import PROGRAM, pgbouncer
from tests.support.processes import bot, bot_settings, ends_within_10_s, logged, until_ready, waits
from tests.support.simulator import Rider, telegram

pytestmark = [pytest.mark.skipif(PROGRAM is None, reason="pgbouncer is not installed"), waits]
ROOM = 19
"""Connections that docs/operations.md, "Scale out", asks for."""


async def test_in_session_mode_the_bot_runs_with_the_documented_number_of_connections(
    tmp_path: Path, postgresql: str
) -> None:
    url = await new_database(postgresql)
    async with telegram() as (api, address), pgbouncer(url, "session", ROOM) as through:
        settings = {**bot_settings(address, "127.0.0.1:9"), "NUANXIN_DATABASE__URL": through}
        assert await (await bot(tmp_path, "check", **settings)).wait() == 0, (tmp_path / "log").read_text()
        running = await bot(tmp_path, "run", **settings)
        where = await logged(tmp_path / "log", r"address=(http://\S+)")
        async with aiohttp.ClientSession() as session:
            await until_ready(session, where)
        riders = [
            Rider(api.world, api.world.add(Person(number, "Rider", language_code="en", started=True)))
            for number in range(1, 61)
        ]
        await asyncio.gather(*(rider.says("/language") for rider in riders))
        await asyncio.gather(*(rider.hears() for rider in riders))
        assert await (await bot(tmp_path, "check", **settings)).wait() == 0, (tmp_path / "log").read_text()
        await ends_within_10_s(running)
    log = (tmp_path / "log").read_text()
    assert "[error" not in log and "database.url" not in log, log
    await drop_database(postgresql, url)


async def test_transaction_mode_is_refused_in_one_line(tmp_path: Path, postgresql: str) -> None:
    """Also where there is nothing yet: no lock is left with a connection of the pooler."""
    url = await new_database(postgresql)
    async with telegram() as (_, address), pgbouncer(url, "transaction", ROOM) as through:
        settings = {**bot_settings(address, "127.0.0.1:9"), "NUANXIN_DATABASE__URL": through}
        for command in ("check", "migrate", "run", "check"):
            (tmp_path / "log").unlink(missing_ok=True)
            assert await (await bot(tmp_path, command, **settings)).wait() == 1
            lines = (tmp_path / "log").read_text().splitlines()
            said = [line for line in lines if line.startswith(f"database.url: {Cause.POOLER.sentence}")]
            assert len(said) == 1, lines
    await drop_database(postgresql, url)
