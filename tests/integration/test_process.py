"""The program as a process: started, killed, started again, ended."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import random
import signal
import sqlite3
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import select

from bot.process import served
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.telegram.delivery_sender import LEAST_IN_FLIGHT
from handlers.stations import presses as stations_presses
from storage import schema
from storage.broadcasts import broadcasts
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database
from storage.encryption import read_keys
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId
from storage.updates.updates import DoneUpdate
from tests.support.databases import KEY, new_database, opened
from tests.support.processes import CSV, bot, bot_settings, ends_within_10_s, environment, logged, until_ready, waits
from tests.support.simulator import TOKEN, Rider, free_port, telegram
from tests.support.words.chat import NOT_UNDERSTOOD, WELCOME
from tests.support.words.stations import ASKED_FOR_ADDRESS, NEAREST_STATIONS

pytestmark = waits

RIDERS = 200


@contextlib.asynccontextmanager
async def geocoding() -> AsyncIterator[str]:
    """A geocoding service of the Nominatim kind, which knows one place; gives its host and port."""

    async def answer(_request: web.Request) -> web.Response:
        return web.json_response([{"lat": "37.43", "lon": "116.36", "display_name": "Dezhou, Hall street"}])

    application = web.Application()
    application.router.add_get("/search", answer)
    async with served(application, free_port(), leaves_within=0.1) as address:
        yield address.removeprefix("http://")


def _nothing_personal_in(log: Path) -> None:
    said = log.read_text()
    for secret in ("Traceback", TOKEN, "Hall street", "Hall%20street", "116.36", "Liu"):
        assert secret not in said


async def test_kill_9_loses_no_update_and_repeats_no_effect(tmp_path: Path) -> None:
    """200 riders: half share a location, half fill the address form, while the program dies again and again."""
    chance = random.Random(9)
    (tmp_path / "stations.csv").write_text(CSV)
    async with geocoding() as where, telegram() as (api, address):
        settings = bot_settings(address, where)
        assert await (await bot(tmp_path, "stations", "import", str(tmp_path / "stations.csv"))).wait() == 0
        api.latency = 0.12
        riders = [
            Rider(api.world, api.world.add(Person(1_000 + n, "Rider", language_code="en"))) for n in range(RIDERS)
        ]
        for at, rider in enumerate(riders):
            if at % 2:
                await rider.forges(stations_presses.ASK_ADDRESS.data())
                await rider.says("Hall street")
            else:
                await rider.shares()
        for _ in range(3):  # whoever is in hand alone at two deaths is set aside, on purpose: more would risk that here
            running = await bot(tmp_path, "run", **settings)
            await _some_are_confirmed(api)
            await asyncio.sleep(chance.uniform(0, 0.3))
            running.kill()
            await running.wait()
        running = await bot(tmp_path, "run", **settings)
        async with asyncio.timeout(60), api.world.changed:
            await api.world.changed.wait_for(lambda: not api.world.waiting)
        silent, give_up = riders, time.monotonic() + 100  # what a killed process was to say is said a minute later
        while silent and time.monotonic() < give_up:
            await asyncio.sleep(0.1)
            silent = [rider for rider in riders if not any("venue" in heard for heard in rider.heard)]
        await ends_within_10_s(running)
    assert not silent, "an update was lost"
    for rider in riders:
        assert any(NEAREST_STATIONS in heard.get("text", "") for heard in rider.heard)
        assert not any(NOT_UNDERSTOOD in heard.get("text", "") for heard in rider.heard)
    with sqlite3.connect(tmp_path / "data" / "nuanxin.db") as database:
        kept = database.execute("SELECT count(*), count(DISTINCT person_id) FROM searches").fetchone()
        open_forms = database.execute("SELECT count(*) FROM dialogues").fetchone()[0]
    database.close()
    assert (kept, open_forms) == ((RIDERS, RIDERS), 0), "an effect came twice, or not at all"
    _nothing_personal_in(tmp_path / "log")


async def _some_are_confirmed(api: BotApi) -> None:
    before = len(api.world.waiting)
    async with asyncio.timeout(20), api.world.changed:
        await api.world.changed.wait_for(lambda: len(api.world.waiting) < before)


async def test_a_faulty_config_is_one_line_a_fault(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[web]\nport = "many"\nhots = "x"\n[organisation]\ntimezone = "Mars/Base"\n[map]\ntiles = "x"\n'
    )
    variables = environment(tmp_path, NUANXIN_NONSENSE="1")
    del variables["NUANXIN_WEB__PORT"]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", env=variables, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 1
    lines = said.decode().splitlines()
    assert len(lines) == 5 and any("map.tiles" in line for line in lines) and "Traceback" not in said.decode()
    assert any("web.hots: unknown key" in line for line in lines)
    assert any("NUANXIN_NONSENSE: unknown key" in line for line in lines)


async def test_an_old_name_in_the_config_is_a_line_of_check(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[desks.legal]\nlate = ['1h', '2h', '3h']\n")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "check", env=environment(tmp_path), stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0
    (line,) = (line for line in said.decode().splitlines() if line.startswith("warning: "))
    assert "desks.legal.late is now called escalation_after" in line


async def test_without_a_token_the_sandbox_starts_with_demo_data(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[desks.legal]\nlate = ['1h', '2h', '3h']\n")
    running = await bot(tmp_path, "run")
    address = await logged(tmp_path / "log", r"Nuanxin sandbox: (http://\S+)")
    assert (tmp_path / "log").read_text().count("desks.legal.late is now called escalation_after") == 1
    async with aiohttp.ClientSession() as session:
        await until_ready(session, address)
        async with session.get(f"{address}/") as page:
            assert "<title>暖新" in await page.text()
        async with session.get(f"{address}/", headers={"Host": "evil.example"}) as page:
            assert page.status == 403
        async with session.get(f"{address}/metrics") as page:
            assert "nuanxin_stations 44.0" in await page.text()
    await ends_within_10_s(running)


async def test_the_sandbox_refuses_a_real_token_and_an_open_address(tmp_path: Path) -> None:
    assert await (await bot(tmp_path, "sandbox", NUANXIN_TELEGRAM__TOKEN=TOKEN)).wait() == 1
    assert await (await bot(tmp_path, "run", NUANXIN_WEB__HOST="0.0.0.0")).wait() == 1
    said = (tmp_path / "log").read_text()
    assert "real token" in said and "loopback only" in said and "Traceback" not in said


async def test_two_replicas_on_postgresql_share_the_work_and_replace_each_other(
    tmp_path: Path, postgresql: str
) -> None:
    """Both run against one database; one polls. It is killed in mid-form, and the other goes on within 10 s."""
    url = await new_database(postgresql)
    async with geocoding() as where, telegram() as (api, address):
        settings = {**bot_settings(address, where), "NUANXIN_DATABASE__URL": url, "NUANXIN_LOGGING__LEVEL": "debug"}
        (tmp_path / "stations.csv").write_text(CSV)
        assert await (await bot(tmp_path, "stations", "import", str(tmp_path / "stations.csv"), **settings)).wait() == 0
        rider = Rider(api.world, api.world.add(Person(1, "Liu Hong", language_code="en")))
        first = await bot(tmp_path, "run", **settings)
        await rider.says("/start")
        await rider.hears_of(WELCOME)
        second = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(standing by)")
        await rider.forges(stations_presses.ASK_ADDRESS.data())
        await rider.hears_of(ASKED_FOR_ADDRESS)
        first.kill()
        await first.wait()
        await rider.says("Hall street")
        assert NEAREST_STATIONS in (await rider.hears_of("Hall"))["text"]
        await ends_within_10_s(second)
    _nothing_personal_in(tmp_path / "log")


async def planned_broadcast(database: Database, recipients: Sequence[int], now: datetime) -> BroadcastId:
    """To these, and not confirmed yet."""
    await schema.migrate(database)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, recipients), "en"), now)
        row = await broadcasts.create(
            session, PersonId(900), Content("sendMessage", {"text": "Hear ye"}), Segment(), Topic.NEWS, now, now
        )
        return row.id


async def until_heard_by(riders: Sequence[Rider], seconds: float, is_enough: Callable[[int], bool]) -> None:
    """Waits for the program, which is another process, to have reached so many of them."""
    async with asyncio.timeout(seconds):
        while not is_enough(heard_by(riders)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def until_noted_as_said(url: str, keys: Sequence[bytes]) -> None:
    """Waits until no answer is kept any more: one that is sent, but not noted yet, another process sends again."""
    database = opened(url, *keys)
    try:
        async with asyncio.timeout(10):
            while await _keeps_answers(database):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        await database.close()


async def _keeps_answers(database: Database) -> bool:
    async with database.reading() as session:
        return await session.scalar(select(DoneUpdate.key).where(DoneUpdate.answers.is_not(None)).limit(1)) is not None


def heard_by(riders: Sequence[Rider]) -> int:
    return len([rider for rider in riders if rider.heard])


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_a_frozen_leader_is_replaced_within_10_s(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """And when it wakes, it stands by: nobody is answered twice."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    if kind == "postgresql":
        url = await new_database(request.getfixturevalue("postgresql"))
    async with telegram() as (api, address):
        rider = Rider(api.world, api.world.add(Person(1, "Liu Hong", language_code="en")))
        settings = {**bot_settings(address, ""), "NUANXIN_GEOCODING__SERVICE": "", "NUANXIN_DATABASE__URL": url}
        first = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(became leader)")
        second = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(standing by)")
        await rider.says("/start")
        await rider.hears_of("Welcome")
        await until_noted_as_said(url, read_keys(tmp_path / "data" / "encryption.key"))
        first.send_signal(signal.SIGSTOP)
        frozen_at = time.monotonic()
        try:
            await rider.says("/start")
            await rider.hears_of("Welcome")
            assert time.monotonic() - frozen_at <= 10
        finally:
            first.send_signal(signal.SIGCONT)
        await logged(tmp_path / "log", "(lost leadership|another process leads)")
        heard = len(rider.heard)
        await rider.says("/help")
        await rider.hears_of("/privacy")
        assert len(rider.heard) == heard + 1
        await ends_within_10_s(second)
        await ends_within_10_s(first)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_other_process_goes_on_with_a_broadcast(
    tmp_path: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    """Two processes on one database; the one that sends is killed in the middle of it."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    if kind == "postgresql":
        url = await new_database(request.getfixturevalue("postgresql"))
    recipients = range(1, 91)
    database, now = opened(url), datetime.now(UTC)
    broadcast_id = await planned_broadcast(database, recipients, now)
    async with telegram() as (api, address):
        riders = [Rider(api.world, api.world.add(Person(number, "Rider", started=True))) for number in recipients]
        settings = {
            **bot_settings(address, ""),
            "NUANXIN_DATABASE__URL": url,
            "NUANXIN_GEOCODING__SERVICE": "",
            "NUANXIN_SECURITY__ENCRYPTION_KEYS": f'["{base64.b64encode(KEY).decode()}"]',
            "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": "30",
            "NUANXIN_REMINDERS__QUIET_HOURS": "00:00-00:00",
        }
        first = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(became leader)")
        second = await bot(tmp_path, "run", **settings)
        await logged(tmp_path / "log", "(standing by)")
        async with database.writing() as session:  # only now, so that it is not over before the second is there
            await broadcasts.confirm(session, broadcast_id, None, None, now, needs_approval=False)
        await database.close()
        await until_heard_by(riders, 30, lambda heard: heard >= 25)
        first.kill()
        await first.wait()
        stopped = heard_by(riders)
        assert stopped < len(riders), "it was over before the kill"
        await until_heard_by(riders, 10, lambda heard: heard > stopped)
        # On PostgreSQL, what the dead one had claimed waits until its lease lapses: what it was sending, and a batch.
        claimed = 3 * LEAST_IN_FLIGHT if kind == "postgresql" else 0
        await until_heard_by(riders, 20, lambda heard: heard >= len(riders) - claimed)
        await ends_within_10_s(second)
    assert sum(max(len(rider.heard) - 1, 0) for rider in riders) <= LEAST_IN_FLIGHT
