"""What ends the process twice is undelivered; what holds its loop is named."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.observability import watchdog
from bot.observability.watchdog import Watchdog
from bot.sandbox.people import Person
from bot.sandbox.server import BotApi
from bot.updates import updates_in_hand as module
from bot.updates.journal import FOLDER, SLOTS, Journal, left_behind
from bot.updates.updates_in_hand import Gate, InHand
from storage.database import Database
from storage.updates import strikes
from storage.updates.ids import UpdateKey
from storage.updates.strikes import Crash, Suspect
from tests.support.databases import new_database
from tests.support.poisoned_program import DIE, HANG, PAUSE
from tests.support.processes import Started, started, waits
from tests.support.simulator import ADMIN, NOON, TOKEN, Rider, Town, free_port, telegram
from tests.support.words.chat import HELP_PAGE

pytestmark = waits

MOST_STARTS = 6


class Supervisor:
    """Starts the poisoned program again whenever it ends, as systemd does; keeps what it ended with."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._folder, self._settings = folder, settings
        self.ends: list[int] = []
        self.running: Started | None = None

    async def keep(self) -> None:
        while len(self.ends) < MOST_STARTS:
            self.running = await started("tests.support.poisoned_program", self._folder, "run", **self._settings)
            self.ends.append(await self.running.wait())


@contextlib.asynccontextmanager
async def supervised(folder: Path, settings: dict[str, str]) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(folder, settings)
    keeping = asyncio.create_task(supervisor.keep())
    try:
        yield supervisor
    finally:
        keeping.cancel()
        if supervisor.running is not None and supervisor.running.returncode is None:
            supervisor.running.terminate()
            await supervisor.running.wait()


async def settings_for(kind: str, mode: str, address: str, request: pytest.FixtureRequest) -> dict[str, str]:
    settings = {
        "NUANXIN_TELEGRAM__TOKEN": TOKEN,
        "NUANXIN_TELEGRAM__API_BASE_URL": address,
        "NUANXIN_TELEGRAM__MESSAGES_PER_SECOND": "1000",
        "NUANXIN_PEOPLE__ADMINS": str(ADMIN),
        "NUANXIN_ORGANISATION__LANGUAGE": "en",
    }
    if kind == "postgresql":
        settings["NUANXIN_DATABASE__URL"] = await new_database(request.getfixturevalue("postgresql"))
    if mode == "webhook":
        with free_port() as taken:
            port = taken.getsockname()[1]
        settings |= {
            "NUANXIN_TELEGRAM__MODE": "webhook",
            "NUANXIN_TELEGRAM__WEBHOOK_SECRET": "s3cret-of-the-webhook",
            "NUANXIN_TELEGRAM__WEBHOOK_URL": f"http://127.0.0.1:{port}/hook",
            "NUANXIN_WEB__PORT": str(port),
        }
    return settings


def rider(api: BotApi, number: int) -> Rider:
    return Rider(api.world, api.world.add(Person(number, "Liu Hong", language_code="en", started=number == ADMIN)))


async def hears(one: Rider, words: str) -> str:
    async with asyncio.timeout(60):
        while True:
            with contextlib.suppress(TimeoutError):
                return str((await one.hears_of(words))["text"])


@pytest.mark.parametrize(
    ("kind", "mode", "word"),
    [
        ("sqlite", "polling", DIE),
        ("sqlite", "webhook", HANG),
        ("postgresql", "polling", HANG),
        ("postgresql", "webhook", DIE),
    ],
)
async def test_an_update_that_ends_the_process_twice_is_set_aside(
    tmp_path: Path, kind: str, mode: str, word: str, request: pytest.FixtureRequest
) -> None:
    """And nothing else: the others who wrote at the same moment are all answered."""
    async with telegram() as (api, address):
        settings = await settings_for(kind, mode, address, request)
        admin, bad = rider(api, ADMIN), rider(api, 7)
        others = [rider(api, number) for number in range(100, 120)]
        async with supervised(tmp_path, settings) as supervisor:
            for other in others[:10]:
                await other.says("/help")
            await bad.says(word)
            for other in others[10:]:
                await other.says("/help")
            told = await hears(admin, "stopped it twice")
            assert "message" in told and "typed" in told and "Liu" not in told and word not in told
            await hears(bad, "went wrong")
            for other in others:
                await hears(other, HELP_PAGE)
            async with asyncio.timeout(30), api.world.changed:
                await api.world.changed.wait_for(lambda: not api.world.waiting)
            await bad.says("/help")
            await hears(bad, HELP_PAGE)
            ends = list(supervisor.ends)
    # Seen on the loop, it is known at once; of a death with others in hand, it takes one more to know whose it was.
    assert ends == [watchdog.ENDED] * 2 if word == HANG else ends in ([-9] * 2, [-9] * 3)
    said = (tmp_path / "log").read_text()
    assert "an update ended the process twice and is set aside" in said
    if word == HANG:
        assert (
            "the event loop is blocked" in said
            and "tests/support/poisoned_program.py" in said
            and "lick_for_ever" in said
        )
        assert "tests/support/poisoned_program.py" in told
    assert TOKEN not in said and "Liu" not in said and word not in said
    assert not list((tmp_path / "data" / FOLDER).iterdir()), "an end in order left something behind"


async def test_a_loop_that_is_held_is_named_and_counted_once(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with telegram() as (api, address):
        settings = await settings_for("sqlite", "webhook", address, request)
        one = rider(api, 7)
        async with supervised(tmp_path, settings) as supervisor:
            await one.says(PAUSE)
            await hears(one, "location")
            web = f"http://127.0.0.1:{settings['NUANXIN_WEB__PORT']}/metrics"
            async with aiohttp.request("GET", web) as answer:
                assert "nuanxin_loop_held_total 1.0" in await answer.text()
            assert supervisor.ends == []
    said = (tmp_path / "log").read_text()
    assert said.count("the event loop is blocked") == 1 and "handler=typed" in said


def _file_of(folder: Path) -> Path:
    """The journal of the only process that has begun one."""
    (file,) = (folder / FOLDER).iterdir()
    return file


def _dies(journal: Journal, file: Path) -> None:
    """What the kernel does at the death of a process: its file stays as it was, and nobody has a lock on it."""
    content = file.read_bytes()
    journal.close()
    file.write_bytes(content)


def _looks(found: Watchdog, seconds: float) -> None:
    """At a loop that is held: by these looks."""
    for _ in range(round(seconds / watchdog.LOOKED_EVERY)):
        found.look()


async def test_the_watchdog_ends_what_an_update_holds_after_30_s(town: Town) -> None:
    ended: list[int] = []
    all_in_hand = town.app.updates.in_hand
    found = Watchdog(all_in_hand, town.app.base.metrics, ended.append)
    async with all_in_hand.holding(UpdateKey(77), "message") as held, all_in_hand_beside(all_in_hand):
        held.name("bad")
        _looks(found, 30)
        assert ended == []
        _looks(found, 0.5)
    assert ended == [watchdog.ENDED]
    _dies(all_in_hand.journal, _file_of(town.config.data.folder))
    with left_behind(town.config.data.folder) as crashes:
        (crash,) = crashes
    assert crash.is_certain and [(one.key, one.handler) for one in crash.suspects] == [(77, "bad")]
    assert crash.suspects[0].place.startswith(
        "bot/observability/watchdog.py:"
    )  # here it looks from the loop's own thread


@contextlib.asynccontextmanager
async def all_in_hand_beside(all_in_hand: InHand) -> AsyncIterator[None]:
    """Another update in hand, in a task of its own."""
    there, leave = asyncio.Event(), asyncio.Event()

    async def innocent() -> None:
        async with all_in_hand.holding(UpdateKey(78), "message"):
            there.set()
            await leave.wait()

    task = asyncio.create_task(innocent())
    await there.wait()
    yield
    leave.set()
    await task


async def test_other_work_that_holds_the_loop_has_more_time(town: Town) -> None:
    ended: list[int] = []
    found = Watchdog(town.app.updates.in_hand, town.app.base.metrics, ended.append)
    _looks(found, 300)
    assert ended == []
    await asyncio.sleep(0)
    _looks(found, 300)
    assert ended == []
    _looks(found, 1)
    assert ended[0] == watchdog.ENDED


async def test_suspects_are_handled_one_at_a_time_with_nobody_beside_them() -> None:
    gate, inside, most, order = Gate(), 0, {"suspect": 0, "other": 0}, []

    async def one(number: int, kind: str) -> None:
        nonlocal inside
        leave = await (gate.enter_alone() if kind == "suspect" else gate.enter())
        inside += 1
        most[kind] = max(most[kind], inside)
        order.append(number)
        await asyncio.sleep(0)
        inside -= 1
        leave()

    async with asyncio.TaskGroup() as group:
        for number in range(30):
            group.create_task(one(number, "suspect" if number % 3 == 1 else "other"))
    assert most["suspect"] == 1 and sorted(order) == list(range(30))


async def test_a_suspect_that_waits_for_ever_does_not_keep_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALONE_FOR", 0.01)
    gate = Gate()
    await gate.enter_alone()
    second = await gate.enter_alone()
    leave = await asyncio.wait_for(gate.enter(), 5)
    leave()
    second()


async def test_strikes(database: Database) -> None:
    """Of several each is only suspected; alone it counts; one crash counts once."""
    one, two = Suspect(UpdateKey(1), "message", "start"), Suspect(UpdateKey(2), "callback_query", "sign_up")
    steps = [
        (Crash("a", (one, two), False), {1: 0, 2: 0}, []),
        (Crash("b", (one, two), False), {1: 0, 2: 0}, []),
        (Crash("c", (two,), True), {1: 0, 2: 1}, []),
        (Crash("c", (two,), True), {1: 0, 2: 1}, []),
        (Crash("d", (one, two), False), {1: 0, 2: 1}, []),
        (Crash("e", (two,), True), {1: 0, 2: 2}, [two]),
        (Crash("f", (two,), True), {1: 0, 2: 3}, []),
    ]
    for crash, kept, set_aside in steps:
        async with database.writing() as session:
            assert await strikes.note(session, crash, NOON) == set_aside
            assert await strikes.read(session) == kept
    async with database.writing() as session:
        await strikes.clear(session, [UpdateKey(1), UpdateKey(2)])
        assert await strikes.read(session) == {2: 3}
        await strikes.forget(session, NOON + strikes.KEPT * 2)
        assert await strikes.read(session) == {}


def test_the_journal_outlives_its_process_and_only_a_dead_ones_is_read(tmp_path: Path) -> None:
    dead, living = Journal(), Journal()
    dead.open(tmp_path)
    its_file = _file_of(tmp_path)
    living.open(tmp_path)
    taken = [dead.take(UpdateKey(number + 1), "message") for number in range(SLOTS + 1)]
    assert taken[-1] == -1 and len(set(taken[:-1])) == SLOTS
    dead.give_back(-1)
    for slot in taken[3:-1]:
        dead.give_back(slot)
    dead.name(taken[0], "a_name_" * 12)
    living.take(UpdateKey(9), "message")
    _dies(dead, its_file)
    with left_behind(tmp_path) as crashes:
        (crash,) = crashes
    assert {one.key for one in crash.suspects} == {1, 2, 3} and not crash.is_certain
    assert {one.handler for one in crash.suspects} == {("a_name_" * 12)[:60], ""}
    with left_behind(tmp_path) as crashes:
        assert crashes == []
    living.close()
    assert not list((tmp_path / FOLDER).iterdir())


def test_without_a_place_for_the_journal_the_bot_goes_on(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("no folder")
    journal = Journal()
    journal.open(tmp_path)
    journal.name(journal.take(UpdateKey(1), "message"), "start")
    with left_behind(tmp_path) as crashes:
        assert crashes == []
    journal.close()


async def test_the_thread_sleeps_while_nothing_is_in_hand(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is woken by what is taken in hand, and ends when it is told to."""
    await town.until_idle()
    waited: list[float] = []
    asleep = threading.Event()
    busy = town.app.updates.in_hand.busy
    wait = busy.wait

    def note(seconds: Any = None) -> bool:
        waited.append(seconds)
        asleep.set()
        return wait(seconds)

    monkeypatch.setattr(busy, "wait", note)
    with watchdog.watching(town.app.updates.in_hand, town.app.base.metrics):
        assert await asyncio.to_thread(asleep.wait, 5)
    assert waited[0] == watchdog.LOOKED_EVERY_IDLE
