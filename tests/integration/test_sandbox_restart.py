"""The sandbox as a process: its data are its own, its chats survive a restart, and it starts afresh."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from bot.config.config import load
from bot.sandbox.folder import in_use
from bot.sandbox.params import Json
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.databases import KEY, opened
from tests.support.processes import bot, ends_within_10_s, logged, said_by, until_ready, waits
from tests.support.simulator import NOON, PATIENCE

pytestmark = waits

RIDER, COORDINATOR = 7_000_001, 7_000_003
ZONE = ZoneInfo("Asia/Shanghai")
WELCOME = "/help"


@contextlib.asynccontextmanager
async def sandbox(folder: Path, *arguments: str, **settings: str) -> AsyncIterator[tuple[aiohttp.ClientSession, str]]:
    (folder / "log").unlink(missing_ok=True)
    running = await bot(folder, *arguments, **settings)
    address = await logged(folder / "log", r"Nuanxin sandbox: (http://\S+)")
    async with aiohttp.ClientSession() as session:
        await until_ready(session, address)
        yield session, address
    await ends_within_10_s(running)


def shown(event: Json) -> str:
    """What the bot says in an event, if it says anything."""
    message = event.get("message", {"from": {"is_bot": False}})
    return str(message.get("text", "")) if message["from"]["is_bot"] else ""


def keys_of(message: Json) -> dict[str, str]:
    """The data of a message's buttons, by their words."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return {key["text"]: key.get("callback_data", "") for row in rows for key in row}


class Phone:
    """One person's phone, as the page has it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def does(self, **wish: object) -> None:
        await self.socket.send_str(orjson.dumps(wish).decode())

    async def hears_of(self, words: str) -> Json:
        """The next message of the bot, or edit, with these words."""
        return dict((await self.hears(lambda event: words in shown(event)))["message"])

    async def presses(self, message: Json, label: str) -> None:
        data = next(data for text, data in keys_of(message).items() if label in text)
        await self.does(do="press", message_id=message["message_id"], data=data)

    async def hears(self, is_it: Callable[[Json], bool]) -> Json:
        async with asyncio.timeout(PATIENCE):
            while True:
                event = orjson.loads((await self.socket.receive()).data)
                if is_it(event):
                    return dict(event)


@contextlib.asynccontextmanager
async def phone(session: aiohttp.ClientSession, address: str, person: int = COORDINATOR) -> AsyncIterator[Phone]:
    async with session.ws_connect(f"{address}/phone/live?person={person}") as socket:
        held = Phone(socket)
        yield held


async def state(session: aiohttp.ClientSession, address: str) -> Json:
    async with phone(session, address) as held:
        return await held.hears(lambda event: event["type"] == "state")


async def state_after_restart(session: aiohttp.ClientSession, address: str) -> Json:
    async with asyncio.timeout(PATIENCE):
        while True:
            with contextlib.suppress(aiohttp.ClientConnectionError):
                return await state(session, address)
            await asyncio.sleep(0.1)


def own_chat(found: Json) -> Json:
    return next(dict(chat) for chat in found["chats"] if chat["id"] == COORDINATOR)


async def test_chats_menus_and_the_clock_survive_a_restart_until_it_starts_afresh(tmp_path: Path) -> None:
    async with sandbox(tmp_path, "run") as (session, address), phone(session, address) as held:
        await held.does(do="clock", minutes=90)
        assert (await held.hears(lambda event: event["type"] == "time"))["ahead"] == 5_400
        await held.does(do="text", text="/start")
        await held.hears_of(WELCOME)
    assert not (tmp_path / "data" / "nuanxin.db").exists(), "the real data folder is left alone"

    async with sandbox(tmp_path, "run") as (session, address):
        found = await state(session, address)
        said = [message["text"] for message in own_chat(found)["messages"]]
        assert said[0] == "/start" and WELCOME in said[-1]
        assert found["marks"][str(COORDINATOR)]["unread"] == len(said) - 1
        assert "broadcast" in [one["command"] for one in found["commands"]]
        assert found["time"]["ahead"] == 5_400

    (tmp_path / "data" / "sandbox" / "telegram.json").unlink()
    async with sandbox(tmp_path, "run") as (session, address), phone(session, address) as held:
        # It is another Telegram, which is told the menus again.
        await held.hears(lambda event: "broadcast" in [one["command"] for one in event.get("commands", [])])

    assert await (await bot(tmp_path, "stations", "export", str(tmp_path / "x.csv"))).wait() == 0
    assert "demo-" in (tmp_path / "x.csv").read_text("utf-8-sig"), "commands work on the sandbox's data too"
    async with sandbox(tmp_path, "sandbox", "--afresh") as (session, address), phone(session, address) as held:
        found = await held.hears(lambda event: event["type"] == "state")
        assert (own_chat(found)["messages"], found["time"]["ahead"]) == ([], 0)
        await held.does(do="text", text="/start")
        await held.hears_of(WELCOME)
        await held.does(do="afresh")
        while not held.socket.closed:
            await held.socket.receive()
        assert own_chat(await state_after_restart(session, address))["messages"] == []


async def test_a_running_sandbox_is_left_alone(tmp_path: Path) -> None:
    """Starting afresh would remove the database below it, on whatever port the other one listens."""
    async with sandbox(tmp_path, "run") as (session, address), phone(session, address) as held:
        await held.does(do="text", text="/start")
        await held.hears_of(WELCOME)
        for arguments in (["sandbox", "--afresh"], ["run"]):
            code, lines = await said_by(tmp_path, *arguments)
            assert (code, lines[-1]) == (
                1,
                "the sandbox is running already: stop it first, with Ctrl-C where it was started",
            )
        assert own_chat(await state(session, address))["messages"] != []


async def test_a_port_that_is_taken_is_named_with_the_way_to_another(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, lines = await said_by(tmp_path, "run", NUANXIN_WEB__PORT=str(port))
        assert code == 1 and f"uses 127.0.0.1:{port} already" in lines[-1]
        assert lines[-1].endswith("choose another port, for example: NUANXIN_WEB__PORT=8091 make run")
    async with sandbox(tmp_path, "run", NUANXIN_WEB__PORT=str(port)) as (_, address):
        assert address.endswith(f":{port}"), "this is how the port is chosen"


async def test_its_backups_are_in_its_own_folder(tmp_path: Path) -> None:
    """Even where the config, copied from the example, names the folder; real backups lie there, which rotate."""
    (tmp_path / "config.toml").write_text('[backup]\nfolder = "backups"\n')
    async with sandbox(tmp_path, "run"):
        used = in_use(load(tmp_path / "config.toml"), "run")
        assert used.backup.folder == tmp_path / "data/sandbox/backups"
    code, lines = await said_by(tmp_path, "upgrade")
    assert code == 0 and str(tmp_path / "data/sandbox/backups") in "".join(lines)
    assert {one.name for one in (tmp_path / "data").iterdir()} == {"sandbox"}


async def test_sos_can_be_tried_in_it(tmp_path: Path) -> None:
    """It is off by default for a real bot, which has no volunteers yet; a config that says so is heeded here, too."""
    async with sandbox(tmp_path, "run") as (session, address), phone(session, address, RIDER) as held:
        await held.does(do="text", text="/sos")
        await held.hears_of("120")
    without = tmp_path / "without"
    without.mkdir()
    (without / "config.toml").write_text("[features]\nsos = false\n")
    async with sandbox(without, "run") as (session, address):
        found = await state(session, address)
        assert "sos" not in [one["command"] for one in found["commands"]]


async def test_the_clock_is_moved_to_a_reminder(tmp_path: Path) -> None:
    tomorrow = datetime.now(ZONE) + timedelta(days=1)
    async with sandbox(tmp_path, "run") as (session, address), phone(session, address, RIDER) as held:
        await held.does(do="text", text="/activities")
        listed = await held.hears_of("三人篮球赛")
        if "雨天怎么跑" not in listed["text"]:  # on a Saturday that is next week
            await held.presses(listed, "全部")
            listed = await held.hears_of("雨天怎么跑")
        await held.presses(listed, "2")
        await held.presses(await held.hears_of("八年的老骑手"), "报名")
        await held.hears(
            lambda event: "雨天怎么跑" in shown(event) and "取消报名" in " ".join(keys_of(event["message"]))
        )
        await held.does(do="clock", to=f"{tomorrow:%Y-%m-%d}T14:05")
        assert "雨天怎么跑" in (await held.hears_of("⏰"))["text"]
        await held.does(do="clock", to=f"{tomorrow:%Y-%m-%d}T13:00")
        refused = await held.hears(lambda event: event["type"] == "trouble")
        assert "only be moved on" in refused["text"]


async def test_a_bots_own_data_are_not_the_sandboxs(tmp_path: Path) -> None:
    """Its token was removed: beside a database in the data folder the sandbox has another one, and it refuses one that
    the config names, in which somebody is known. Whoever opens the sandbox's page is an admin."""
    key = f'["{base64.b64encode(KEY).decode()}"]'
    assert await (await bot(tmp_path, "migrate", NUANXIN_SECURITY__ENCRYPTION_KEYS=key)).wait() == 0
    file = tmp_path / "data" / "nuanxin.db"
    database = opened(f"sqlite+aiosqlite:///{file}")
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(4_711): "zh"}, NOON)
    await database.close()
    before = file.read_bytes()
    elsewhere = tmp_path / "elsewhere.db"
    shutil.copy(file, elsewhere)
    async with sandbox(tmp_path, "run") as (session, address):
        assert own_chat(await state(session, address))["messages"] == []
    assert (tmp_path / "data" / "sandbox" / "nuanxin.db").exists()
    named = {"NUANXIN_DATABASE__URL": f"sqlite:///{elsewhere}", "NUANXIN_SECURITY__ENCRYPTION_KEYS": key}
    for command in ("run", "check"):
        (tmp_path / "log").unlink(missing_ok=True)
        assert await (await bot(tmp_path, command, **named)).wait() == 1
        said = (tmp_path / "log").read_text()
        assert "database.url: this database is not the sandbox's own" in said and "Traceback" not in said
    assert file.read_bytes() == elsewhere.read_bytes() == before
