"""python-telegram-bot over aiohttp: its own Bot on our transport, against the sandbox."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator

import psutil
import pytest
from aiohttp import web
from PIL import Image
from telegram import Bot, error

from bot.sandbox.people import Person
from bot.sandbox.server import BotApi, Fault
from bot.telegram.transport import AiohttpRequest, BrokenConnection
from tests.support.simulator import TOKEN, telegram


@pytest.fixture
async def served() -> AsyncIterator[tuple[BotApi, Bot]]:
    async with telegram() as (api, address):
        api.world.add(Person(1, "A", started=True))
        bot = Bot(
            TOKEN,
            f"{address}/bot",
            f"{address}/file/bot",
            request=AiohttpRequest(read_timeout=0.5),
            get_updates_request=AiohttpRequest(),
        )
        async with bot:
            yield api, bot


async def test_files_go_up_and_come_down(served: tuple[BotApi, Bot]) -> None:
    _, bot = served
    picture = io.BytesIO()
    Image.new("RGB", (64, 32), "red").save(picture, "PNG")
    sent = await bot.send_photo(1, picture.getvalue(), caption="<b>x</b>", parse_mode="HTML")
    assert (sent.photo[-1].width, sent.caption) == (64, "x")
    file = await bot.get_file(sent.photo[-1].file_id)
    assert await file.download_as_bytearray() == picture.getvalue()


BUSY = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":7}}'
MOVED = '{"ok":false,"error_code":400,"description":"moved","parameters":{"migrate_to_chat_id":-5}}'


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, BUSY, error.RetryAfter),
        (400, MOVED, error.ChatMigrated),
        (401, '{"ok":false,"error_code":401,"description":"Unauthorized"}', error.InvalidToken),
        (403, '{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked"}', error.Forbidden),
        (409, '{"ok":false,"error_code":409,"description":"Conflict"}', error.Conflict),
        (502, "<html>Bad Gateway</html>", error.NetworkError),
        (200, "no json", error.TelegramError),
        (0, None, BrokenConnection),
    ],
)
async def test_errors_are_the_librarys_own(
    served: tuple[BotApi, Bot], status: int, body: str | None, expected: type[Exception]
) -> None:
    api, bot = served
    params = {"chat_id": 1, "text": "x"}
    url = f"{bot.base_url}/sendMessage"
    transport = bot.request
    assert isinstance(transport, AiohttpRequest)
    api.faults.append(Fault(status, body, ("sendMessage",)))
    with pytest.raises(expected):
        await transport.call(url, params)
    assert (await transport.call(url, params))["text"] == "x"


async def test_a_slow_answer_is_timed_out(served: tuple[BotApi, Bot]) -> None:
    api, bot = served
    api.latency = 30
    with pytest.raises(error.TimedOut):
        await bot.send_message(1, "x")


async def test_nobody_there_is_a_network_error_without_the_token() -> None:
    async with AiohttpRequest() as transport:
        with pytest.raises(error.NetworkError) as refused:
            await transport.call(f"http://127.0.0.1:1/bot{TOKEN}/getMe", {})
    assert TOKEN not in str(refused.value)


def _connections() -> set[tuple[str, int]]:
    """The ends of this process's connections over TCP."""
    return {(one.laddr.ip, one.laddr.port) for one in psutil.Process().net_connections("tcp") if one.raddr}


async def test_connections_are_used_again(served: tuple[BotApi, Bot]) -> None:
    api, bot = served
    before = _connections()
    for _ in range(20):
        await bot.send_message(1, "x")
    assert _connections() == before
    assert api.calls["sendMessage"] == 20


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def proxy(request: web.BaseRequest) -> web.Response:
        asked.append(str(request.url))
        return web.json_response({"ok": True, "result": {"id": 7}})

    runner = web.ServerRunner(web.Server(proxy))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{runner.addresses[0][1]}")
    monkeypatch.setenv("no_proxy", "")
    async with AiohttpRequest() as transport:
        assert await asyncio.wait_for(transport.call("http://telegram.invalid/bot1:x/getMe", {}), 5) == {"id": 7}
    await runner.cleanup()
    assert asked == ["http://telegram.invalid/bot1:x/getMe"]
