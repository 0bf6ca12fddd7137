"""Updates at the webhook: taken with the right secret only, answered with 200 only once they are committed."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy.exc import OperationalError

from bot.process import served
from bot.sandbox.params import Params
from bot.sandbox.people import Person
from bot.web.webhook import BODY_LIMIT
from tests.support.simulator import PATIENCE, free_port, telegram
from tests.support.webhook import SECRET, Hooked
from tests.support.words.chat import HELP_PAGE


async def test_a_journey_through_the_webhook(hooked: Hooked) -> None:
    rider = hooked.town.rider(1)
    await rider.shares()
    assert "暖新之家" in (await rider.hears())["text"]
    assert "venue" in await rider.hears()
    await hooked.town.until_idle()
    assert hooked.town.app.is_ready


async def test_what_telegram_is_asked_for(hooked: Hooked) -> None:
    hook = hooked.town.world.webhook
    assert (hook["url"], hook["secret_token"]) == (hooked.url, SECRET)
    assert hooked.town.world.allowed == {
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "inline_query",
    }


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ({"body": b"{}", "secret": "wrong"}, 401),
        ({"body": b"{}", "secret": ""}, 401),
        ({"body": b"{}", "secret": "s3cret-of-the-webhooc\xc3"}, 401),
        ({"body": b"{}"}, 400),
        ({"body": b"no json"}, 400),
        ({"body": b"[]"}, 400),
        ({"body": b'{"update_id": 1}'}, 200),
        ({"body": b"x" * (BODY_LIMIT + 1)}, 413),
        ({"method": "GET"}, 405),
        ({"method": "PUT", "body": b"{}"}, 405),
    ],
)
async def test_only_telegram_is_let_in(hooked: Hooked, call: dict[str, Any], status: int) -> None:
    assert await hooked.post(**call) == status


async def test_another_path_is_not_there(hooked: Hooked) -> None:
    assert await hooked.post(b"{}", path=hooked.url.replace("/hook/", "/other/")) == 404


async def test_telegram_keeps_an_update_while_the_database_is_away(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = 0

    async def away(*_: Any) -> None:
        nonlocal refusals
        refusals += 1
        raise OperationalError("", {}, Exception("away"))

    monkeypatch.setattr("storage.updates.user_state.looked_up", away)
    rider = hooked.town.rider(2)
    await rider.shares()
    async with asyncio.timeout(5), hooked.town.world.changed:
        await hooked.town.world.changed.wait_for(lambda: "last_error_message" in hooked.town.world.webhook)
    assert "503" in hooked.town.world.webhook["last_error_message"] and refusals
    assert hooked.town.world.waiting
    monkeypatch.undo()
    assert "暖新之家" in (await rider.hears())["text"]


async def test_one_slow_chat_holds_up_no_other_and_keeps_its_own_order(hooked: Hooked) -> None:
    slow, quick = hooked.town.rider(3), hooked.town.rider(4)
    for word in ("one", "/help", "/language"):
        await slow.says(word)
    await quick.shares()
    await quick.hears()
    said = [(await slow.hears())["text"] for _ in range(3)]
    assert ["location" in said[0], HELP_PAGE in said[1], "语言" in said[2]] == [True, True, True]


async def test_telegram_sends_a_chats_updates_one_by_one_and_chats_side_by_side() -> None:
    """As its own server does (telegram-bot-api, WebhookActor.cpp): so replicas keep a chat's order."""
    at_once: dict[int, int] = {}
    most: dict[int, int] = {}
    seen: list[tuple[int, str]] = []
    together = 0

    async def slow(request: web.Request) -> web.Response:
        nonlocal together
        message = (await request.json())["message"]
        chat = message["chat"]["id"]
        at_once[chat] = at_once.get(chat, 0) + 1
        most[chat] = max(most.get(chat, 0), at_once[chat])
        together = max(together, sum(at_once.values()))
        await asyncio.sleep(0.03)
        at_once[chat] -= 1
        seen.append((chat, message["text"]))
        return web.Response()

    application = web.Application()
    application.router.add_post("/hook", slow)
    async with telegram() as (api, _), served(application, free_port(), leaves_within=0.1) as address:
        await api.intake.set_webhook(Params({"url": f"{address}/hook"}))
        people = [api.world.add(Person(number, "Rider")) for number in (1, 2, 3)]
        for text in "abcd":
            for person in people:
                await api.world.sends(person, {"text": text})
        async with asyncio.timeout(10), api.world.changed:
            await api.world.changed.wait_for(lambda: not api.world.waiting)
    assert set(most.values()) == {1} and together == 3
    for person in people:
        assert [text for chat, text in seen if chat == person.id] == list("abcd")


STRANGERS = [
    ("GET", "/", 404),
    ("POST", "/readyz", 405),
    ("TRACE", "/metrics", 405),
    ("GET", "//metrics", 404),
    ("GET", "/hook/telegram/..", 404),
    ("GET", "/calendar/x.ics", 404),
    ("GET", "/calendar/.ics", 404),
    ("GET", "/calendar/%00.ics", 404),
    ("GET", "/calendar/%ff%fe.ics", 404),
    ("GET", "/calendar/%ed%a0%80.ics", 404),
    ("GET", "/calendar/..%2f..%2fmetrics.ics", 404),
    ("GET", "/calendar/../metrics", 404),
    ("GET", "/calendar/%2e%2e/metrics", 404),
    ("GET", f"/calendar/{'a' * 64}.ics", 404),
    ("GET", f"/calendar/{'a' * 7_000}.ics", 404),
    ("GET", "/calendar/'%20OR%201=1--.ics", 404),
    ("GET", f"/{'x' * 9_000}", 400),
    ("GET", "/calendar/a b.ics", 400),
]


async def test_strangers_learn_nothing_from_a_path(hooked: Hooked) -> None:
    """Sent as it is written: an HTTP client would tidy it."""
    host, port = hooked.url.removeprefix("http://").partition("/")[0].split(":")
    for method, path, status in STRANGERS:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()
        writer.close()
        assert answer.split()[1] == str(status).encode(), (method, path[:40])
        assert b"Traceback" not in answer and b"nuanxin" not in answer.lower()
