"""Telegram, or what stands before it, answers anything: nothing of it ends the program, which goes on afterwards."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pytest
from aiohttp import web
from telegram import error

from benchmarks.support.odd_answers import FINE, GOOD, ODD, result, said
from bot.process import served
from bot.sandbox.params import Params
from bot.sandbox.server import Fault
from bot.telegram.answers import LEAST_PAUSE, LONGEST_PAUSE, OddAnswer, pause_of, read_answer
from bot.telegram.courier import perhaps_sent
from bot.telegram.reachability import CONTESTED_BY, SAID_EVERY, SILENT_AFTER, Outage, Reach, wait_of
from bot.telegram.transport import AiohttpRequest, BrokenConnection
from bot.updates.intake import Polling, queue_key
from storage.database import Database
from tests.support.admins import admin_of
from tests.support.clock import Time
from tests.support.config import configured
from tests.support.metrics import page, value
from tests.support.processes import waits
from tests.support.simulator import Town, free_port, running, telegram
from tests.support.webhook import Hooked


@contextlib.asynccontextmanager
async def answering(*answers: tuple[int, bytes]) -> AsyncIterator[tuple[str, list[str]]]:
    """A server that gives these answers, then `FINE` for ever; and what it was asked."""
    waiting, asked = list(answers), []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request.path)
        status, body = waiting.pop(0) if waiting else (200, FINE)
        return web.Response(status=status, body=body, headers={"Location": "/else"} if status == 302 else {})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with served(application, free_port(), leaves_within=0.1) as address:
        yield f"{address}/bot1:x", asked


async def polled(base: str, seen: list[int], clock: Callable[[], float] | None = None, odd: Any = None) -> None:
    """Polls there until an update was handled."""
    leading = asyncio.Event()
    leading.set()
    async with AiohttpRequest() as transport:

        async def ask(method: str, params: Any, timeout: float) -> Any:
            return await transport.call(f"{base}/{method}", params, read_timeout=timeout)

        async def handle(raw: dict[str, Any]) -> None:
            seen.append(raw["update_id"])
            if raw["update_id"] == 7:
                polling.close()

        more: dict[str, Any] = {"clock": clock} if clock else {}
        polling = Polling(ask, handle, leading, **more, on_odd=odd or (lambda: None))
        await asyncio.wait_for(polling.run(), 10)


@pytest.mark.parametrize("kind", ODD)
async def test_polling_survives_every_answer_and_goes_on(kind: str) -> None:
    seen: list[int] = []
    async with answering(ODD[kind]) as (base, asked):
        await polled(base, seen)
    assert seen[0] == 7
    assert "/else" not in asked, "a redirect is not followed"


async def test_polling_survives_a_server_that_speaks_no_http() -> None:
    connections = 0

    async def babble(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal connections
        connections += 1
        body = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(FINE), FINE)
        writer.write(
            [b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", b"", body][
                min(connections, 4) - 1
            ]
        )
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    seen: list[int] = []
    async with server:
        await polled(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:x", seen)
    assert seen[0] == 7 and connections >= 4


async def test_one_bad_update_costs_no_other() -> None:
    batch = [{"message": {}}, {"update_id": 5, "message": {"chat": "x"}}, 3, {"update_id": None}, GOOD]
    seen: list[int] = []
    odd: list[int] = []
    async with answering(result(batch)) as (base, _):
        await polled(base, seen, odd=lambda: odd.append(1))
    assert sorted(seen) == [5, 7]
    assert len(odd) == 3


def test_the_shape_of_each_result_is_checked() -> None:
    for method, good, bad in (
        ("getMe", {"id": 1}, {"id": "1"}),
        ("getUpdates", [], {}),
        ("getWebhookInfo", {"url": ""}, {"url": None}),
        ("getFile", {"file_path": "a"}, {}),
        ("sendMessage", {"message_id": 1}, True),
        ("sendMediaGroup", [{"message_id": 1}], [{}]),
        ("copyMessage", {"message_id": 1}, {"message_id": 1.5}),
        ("editMessageText", True, {}),
        ("editMessageText", {"message_id": 1}, None),
        ("answerCallbackQuery", True, {}),
        ("createForumTopic", {"message_thread_id": 1}, True),
        ("setWebhook", True, None),
        ("sendChatAction", True, {}),
    ):
        assert read_answer(method, 200, orjson.dumps({"ok": True, "result": good})) == good
        with pytest.raises(OddAnswer) as odd:
            read_answer(method, 200, orjson.dumps({"ok": True, "result": bad}))
        assert perhaps_sent(odd.value), method


@pytest.mark.parametrize(
    ("answer", "perhaps"),
    [((200, b"<html>"), False), ((200, b'{"ok":tr'), True), ((302, b""), False), ((403, b"<html>"), False)],
)
def test_what_surely_was_not_telegram_has_sent_nothing(answer: tuple[int, bytes], perhaps: bool) -> None:
    with pytest.raises(OddAnswer) as odd:
        read_answer("sendMessage", *answer)
    assert perhaps_sent(odd.value) == perhaps


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        (7, 7),
        ("7", 7),
        (2.5, 2.5),
        ("soon", LEAST_PAUSE),
        (-5, LEAST_PAUSE),
        (None, LEAST_PAUSE),
        ([], LEAST_PAUSE),
        (10**400, LONGEST_PAUSE),
        (1e300, LONGEST_PAUSE),
        (float("nan"), LEAST_PAUSE),
        ("inf", LONGEST_PAUSE),
    ],
)
def test_a_retry_after_is_read_within_bounds(asked: Any, seconds: float) -> None:
    assert pause_of(asked) == seconds


def test_an_error_in_a_200_is_read_by_its_code() -> None:
    with pytest.raises(error.RetryAfter) as busy_now:
        read_answer("sendMessage", *said(200, ok=False, error_code=429, parameters={"retry_after": 4}))
    assert wait_of(busy_now.value) == 4


STARTING = [
    Fault(429, '{"ok":false,"error_code":429,"parameters":{"retry_after":1}}'),
    Fault(500),
    Fault(0, None),
    Fault(200, "<html>portal</html>"),
    Fault(200, '{"ok":true,"result":7}'),
    Fault(403, "<html>proxy</html>"),
]


@waits
@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_the_start_is_tried_again_until_telegram_takes_it(database: Database, tmp_path: Path, mode: str) -> None:
    listening = free_port()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/hook"
    hook = {"webhook_url": url, "webhook_secret": "s3cret-of-the-webhook"} if mode == "webhook" else {}
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address, mode=mode, **hook), has_menus=True)
        for at, method in enumerate(("getMe", "deleteWebhook" if mode == "polling" else "setWebhook", "setMyCommands")):
            api.faults += [Fault(one.status, one.body, (method,)) for one in STARTING[at * 2 : at * 2 + 2]]
        async with served(town.app.web_application(), listening, leaves_within=0.2), running(town.app):
            rider = town.rider(1)
            await rider.says("hello")
            assert "location" in (await rider.hears())["text"]
            await town.until(lambda: ("default", "") in town.world.commands)
            assert town.app.is_ready


@pytest.mark.parametrize("status", [401, 404])
async def test_a_revoked_token_ends_the_start(town: Town, status: int) -> None:
    _, body = said(status, ok=False, error_code=status, description="no such bot")
    town.api.faults.append(Fault(status, body.decode(), ("getMe",)))
    with pytest.raises(error.InvalidToken):
        await town.app.telegram.introduce()


async def test_ready_ends_after_a_minute_without_telegram_and_comes_back(town: Town) -> None:
    await town.until(lambda: town.app.is_ready)
    refused: list[str] = []

    def refuses(method: str) -> Fault:
        refused.append(method)
        return Fault(502)

    town.api.dice = refuses
    rider = town.rider(1)
    await rider.says("hello")  # ends the long question; the next ones fail
    await town.until(lambda: "getUpdates" in refused)
    assert town.app.is_ready, "a minute is given"
    town.now += timedelta(seconds=SILENT_AFTER + 1)
    await town.until(lambda: not town.app.is_ready)
    status, body = await _readyz(town)
    assert (status, body["ready"], body["trouble"]) == (503, False, "Telegram does not answer")
    town.api.dice = None
    await town.until(lambda: town.app.is_ready)
    assert (await _readyz(town))[0] == 200
    town.now += timedelta(seconds=10)
    await town.app.updates.outbox.resend()
    await rider.hears()


async def _readyz(town: Town) -> tuple[int, Any]:
    application = web.Application()
    town.app.add_routes(application)
    async with (
        served(application, free_port(), leaves_within=0.1) as address,
        aiohttp.request("GET", f"{address}/readyz") as answer,
    ):
        return answer.status, await answer.json()


CONFLICT = said(409, ok=False, error_code=409, description="Conflict: terminated by other getUpdates request")[1]


@waits
async def test_the_admins_are_told_of_another_program_that_polls(town: Town) -> None:
    admin = await admin_of(town)
    town.api.faults += [Fault(409, CONFLICT.decode(), ("getUpdates",))] * (CONTESTED_BY + 2)
    await admin.says("/help")  # ends the long question; the next ones fail
    await admin.hears_of("Another program is taking this bot's messages")
    assert value(await page(town), "nuanxin_updates_contested") == 1
    await town.until(lambda: not town.api.faults)
    town.now += timedelta(seconds=SAID_EVERY + 1)
    assert value(await page(town), "nuanxin_updates_contested") == 0
    assert len([one for one in admin.heard if "Another program" in one.get("text", "")]) == 1


async def test_a_webhook_that_somebody_set_is_removed_in_polling(town: Town) -> None:
    admin = await admin_of(town)
    await town.until(lambda: town.app.is_ready)
    await town.api.intake.set_webhook(Params({"url": "http://127.0.0.1:1/theirs"}))
    await town.until(lambda: not town.world.webhook["url"])
    rider = town.rider(1)
    await rider.says("hello")
    await rider.hears()
    await admin.hears_of("changed where Telegram sends its messages")


@pytest.mark.parametrize("theirs", ["", "http://127.0.0.1:1/theirs"])
async def test_a_webhook_that_somebody_changed_is_put_right(hooked: Hooked, theirs: str) -> None:
    town = hooked.town
    admin = await admin_of(town)
    await town.api.intake.set_webhook(Params({"url": theirs}))
    await town.until(town.app.base.leader.leading.is_set)
    await town.app.telegram.webhook_keeper.look()
    assert town.world.webhook["url"] == hooked.url
    assert town.world.webhook["secret_token"]
    rider = town.rider(1)
    await rider.says("hello")
    await rider.hears()
    await admin.hears_of("changed where Telegram sends its messages")


async def test_with_a_webhook_ready_ends_after_a_minute_too(hooked: Hooked) -> None:
    town = hooked.town
    await town.until(lambda: town.app.is_ready)
    town.api.dice = lambda _method: Fault(502)

    async def is_not_ready() -> bool:
        """What was on its way when Telegram went away may still have been answered."""
        town.now += timedelta(seconds=SILENT_AFTER + 1)
        await town.app.telegram.webhook_keeper.look()
        return not town.app.is_ready

    await town.until_true(is_not_ready)
    town.api.dice = None
    await town.app.telegram.webhook_keeper.look()
    await town.until(lambda: town.app.is_ready)


def test_another_program_that_polls_is_said_once_and_forgotten_when_it_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    log, time = Log(), Time()
    monkeypatch.setattr("bot.telegram.reachability.log", log)
    reach = Reach(time)
    for _ in range(CONTESTED_BY - 1):
        reach.missed(error.Conflict("x"))
        reach.answered()
    assert reach.trouble == "", "a change of the leader makes one or two"
    assert log.lines == []
    for _ in range(5):
        reach.missed(error.Conflict("x"))
        reach.answered()
    assert "another program" in reach.trouble
    assert len(log.lines) == 1
    time.now += 61
    reach.answered()
    assert reach.trouble == ""


class Log:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str, dict[str, Any]]] = []

    def __getattr__(self, level: str) -> Callable[..., None]:
        return lambda text, **more: self.lines.append((level, text, more))


def test_an_outage_is_said_when_it_begins_now_and_then_and_with_a_count_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, time = Log(), Time()
    monkeypatch.setattr("bot.telegram.reachability.log", log)
    outage = Outage("no updates", time)
    for _ in range(600):  # ten minutes
        outage.missed(error.NetworkError("gone"))
        time.now += 1
    outage.over()
    outage.over()
    assert [level for level, _, _ in log.lines] == ["warning"] * 10 + ["info"]
    assert log.lines[-1][2] == {"failed": 600}


def test_a_token_that_is_revoked_later_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    monkeypatch.setattr("bot.telegram.reachability.log", log)
    reach = Reach(Time())
    for _ in range(5):
        reach.missed(error.InvalidToken("Unauthorized"))
    assert [level for level, text, _ in log.lines if "telegram.token" in text] == ["error"]


@contextlib.asynccontextmanager
async def proxy(answer: bytes) -> AsyncIterator[str]:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize(
    "answer",
    [f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode() for status in (502, 407, 503, 302)]
    + [b"", b"x\r\n"],
)
async def test_a_proxy_that_refuses_the_tunnel_has_sent_nothing(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    async with proxy(answer) as address:
        trouble = await _through(monkeypatch, https_proxy=address)
    assert not perhaps_sent(trouble)
    assert not isinstance(trouble, BrokenConnection | error.TimedOut)


async def test_a_proxy_of_another_kind_is_named_and_not_passed_by(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("all_proxy", "https_proxy"):
        trouble = await _through(monkeypatch, **{name: "socks5://127.0.0.1:1"})
        assert "proxy" in trouble.message and "socks5" in trouble.message
        monkeypatch.delenv(name)


async def _through(monkeypatch: pytest.MonkeyPatch, **environment: str) -> error.NetworkError:
    monkeypatch.setenv("no_proxy", "")
    for name, proxied in environment.items():
        monkeypatch.setenv(name, proxied)
    async with AiohttpRequest() as transport:
        with pytest.raises(error.NetworkError) as refused:
            await transport.call("https://telegram.invalid/bot1:x/sendMessage", {"chat_id": 1})
    return refused.value


MALFORMED: dict[str, dict[str, Any]] = {
    "message as text": {"message": "hello"},
    "chat id as text": {"message": {"message_id": 1, "date": 1, "from": {"id": 5}, "chat": {"id": "x"}}},
    "chat as text": {"message": {"message_id": 1, "from": {"id": 5}, "chat": "x"}},
    "from too wide": {"message": {"message_id": 1, "from": {"id": 1 << 63}, "chat": {"id": 5, "type": "private"}}},
    "from is true": {"message": {"message_id": 1, "from": {"id": True}, "chat": {"id": 5, "type": "private"}}},
    "press under text": {"callback_query": {"id": "1", "from": {"id": 5}, "message": "x", "data": "help"}},
    "query of nobody": {"inline_query": {"id": "1", "from": "x", "query": ""}},
    "date as text": {"message": {"message_id": "x", "date": "x", "from": {"id": 5}, "chat": {"id": 5, "type": 7}}},
    "text as number": {"message": {"text": 7, "from": {"id": 5}, "chat": {"id": 5, "type": "private"}}},
}


@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_malformed_update_is_taken_at_the_webhook(hooked: Hooked, kind: str) -> None:
    assert await hooked.post(orjson.dumps({"update_id": 1, **MALFORMED[kind]})) == 200
    assert await hooked.post(orjson.dumps({"update_id": "x", **MALFORMED[kind]})) == 200


@pytest.mark.parametrize("kind", MALFORMED)
async def test_a_malformed_update_is_taken_in_polling(town: Town, kind: str) -> None:
    raw = {"update_id": 1, **MALFORMED[kind]}
    assert isinstance(queue_key(raw), int)
    await asyncio.wait_for(town.app.updates.pipeline.handle(raw), 5)
