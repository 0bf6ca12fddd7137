"""The sandbox answers as Telegram does, where bots depend on it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bot.sandbox.entities import parse_html, units
from bot.sandbox.limits import Limits
from bot.sandbox.params import Json, Refusal
from bot.sandbox.people import Person
from bot.sandbox.server import METHODS, BotApi
from tests.support.bot_api_schema import schema
from tests.support.simulator import TOKEN, telegram


class Client:
    """A bot that is not ours."""

    def __init__(self, api: BotApi, address: str, session: aiohttp.ClientSession) -> None:
        self.api, self.address, self.session = api, address, session

    async def call(self, method: str, **params: Any) -> Json:
        async with self.session.post(f"{self.address}/bot{TOKEN}/{method}", json=params) as answer:
            return dict(await answer.json())

    async def refuses(self, method: str, **params: Any) -> str:
        answer = await self.call(method, **params)
        assert not answer["ok"]
        return str(answer["description"])


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with telegram() as (api, address), aiohttp.ClientSession() as session:
        api.world.add(Person(1, "A", started=True))
        api.world.add(Person(2, "B"))
        yield Client(api, address, session)


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("<b>a &lt; b</b> c", "a < b c", [("bold", 0, 5)]),
        ("x 👍 <i>y</i>", "x 👍 y", [("italic", 5, 1)]),
        ("<b><i>n</i></b>", "n", [("bold", 0, 1), ("italic", 0, 1)]),
        ('<a href="https://a.b/?x=1&amp;y">l</a>', "l", [("text_link", 0, 1)]),
        ("  <code>t</code>  ", "t", [("code", 0, 1)]),
        ("&#128077; &unknown; &", "👍 &unknown; &", []),
        ("<b></b>z", "z", []),
    ],
)
def test_html_becomes_entities(source: str, text: str, entities: list[tuple[str, int, int]]) -> None:
    found = parse_html(source)
    assert found.text == text
    assert [(one["type"], one["offset"], one["length"]) for one in found.entities] == entities


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<blink>x</blink>", 'Unsupported start tag "blink" at byte offset 0'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
    ],
)
def test_html_errors_are_telegrams(source: str, said: str) -> None:
    with pytest.raises(Refusal, match="can't parse entities") as refusal:
        parse_html(source)
    assert said in refusal.value.description


async def test_limits_count_utf_16_units(client: Client) -> None:
    assert units("👍") == 2
    assert (await client.call("sendMessage", chat_id=1, text="👍" * 2_048))["ok"]
    assert "message is too long" in await client.refuses("sendMessage", chat_id=1, text="👍" * 2_048 + "x")
    assert "message text is empty" in await client.refuses("sendMessage", chat_id=1, text=" ")


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ({"text": "x", "callback_data": "y" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x"}, "Text buttons are unallowed"),
        ({"text": "", "callback_data": "y"}, "Text must be non-empty"),
        ({"text": "x", "url": "javascript:1"}, "Wrong HTTP URL"),
    ],
)
async def test_wrong_buttons_are_refused(client: Client, button: Json, said: str) -> None:
    client.api.check = None
    markup = {"inline_keyboard": [[button]]}
    assert said in await client.refuses("sendMessage", chat_id=1, text="x", reply_markup=markup)


async def test_edits(client: Client) -> None:
    sent = (await client.call("sendMessage", chat_id=1, text="x"))["result"]["message_id"]
    target = {"chat_id": 1, "message_id": sent}
    assert "message is not modified" in await client.refuses("editMessageText", **target, text="x")
    assert (await client.call("editMessageText", **target, text="y"))["result"]["edit_date"]
    assert "to edit not found" in await client.refuses("editMessageText", chat_id=1, message_id=999, text="y")
    assert (await client.call("deleteMessage", **target))["result"] is True
    assert "to delete not found" in await client.refuses("deleteMessage", **target)


async def test_who_can_be_reached(client: Client) -> None:
    assert "chat not found" in await client.refuses("sendMessage", chat_id=77, text="x")
    assert "can't initiate conversation" in await client.refuses("sendMessage", chat_id=2, text="x")
    await client.api.world.blocks(client.api.world.people[1])
    assert "blocked by the user" in await client.refuses("sendMessage", chat_id=1, text="x")


async def test_queries_are_answered_once_and_in_time(client: Client) -> None:
    world = client.api.world
    query = await world.presses(world.people[1], 1, "x")
    assert (await client.call("answerCallbackQuery", callback_query_id=query))["result"] is True
    assert "query is too old" in await client.refuses("answerCallbackQuery", callback_query_id=query)
    late = await world.presses(world.people[1], 1, "x")
    world.queries[late].at -= world.QUERY_LIVES + 1
    assert "query is too old" in await client.refuses("answerCallbackQuery", callback_query_id=late)


async def test_updates_wait_until_they_are_confirmed(client: Client) -> None:
    world = client.api.world
    await world.sends(world.people[1], {"text": "one"})
    await world.sends(world.people[1], {"text": "two"})
    first = (await client.call("getUpdates", limit=1))["result"]
    assert [one["message"]["text"] for one in first] == ["one"]
    again = (await client.call("getUpdates"))["result"]
    assert [one["message"]["text"] for one in again] == ["one", "two"]
    assert (await client.call("getUpdates", offset=again[-1]["update_id"] + 1))["result"] == []


async def test_a_newer_question_ends_the_older_one(client: Client) -> None:
    older = asyncio.create_task(client.refuses("getUpdates", timeout=20))
    async with client.api.world.changed:
        await client.api.world.changed.wait_for(lambda: client.api.intake.poll_turn == 1)
    await client.call("getUpdates", timeout=0)
    assert "terminated by other getUpdates" in await older


async def test_a_webhook_ends_the_question_that_waits(client: Client) -> None:
    waiting = asyncio.create_task(client.refuses("getUpdates", timeout=20))
    async with client.api.world.changed:
        await client.api.world.changed.wait_for(lambda: client.api.intake.poll_turn == 1)
    async with asyncio.timeout(5):
        await client.call("setWebhook", url="http://127.0.0.1:1/hook")
        assert "Conflict" in await waiting


async def test_only_allowed_updates_come(client: Client) -> None:
    world = client.api.world
    await client.call("getUpdates", allowed_updates=["callback_query"])
    await world.sends(world.people[1], {"text": "one"})
    assert (await client.call("getUpdates"))["result"] == []


async def test_files_go_in_and_out(client: Client) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 200), "red").save(picture, "PNG")
    form = aiohttp.FormData({"chat_id": "1", "caption": "<b>c</b>", "parse_mode": "HTML"})
    form.add_field("photo", picture.getvalue(), filename="p.png")
    async with client.session.post(f"{client.address}/bot{TOKEN}/sendPhoto", data=form) as answer:
        photo = (await answer.json())["result"]["photo"][-1]
    assert (photo["width"], photo["height"]) == (300, 200)
    path = (await client.call("getFile", file_id=photo["file_id"]))["result"]["file_path"]
    async with client.session.get(f"{client.address}/file/bot{TOKEN}/{path}") as answer:
        assert await answer.read() == picture.getvalue()
    again = {"chat_id": 1, "photo": photo["file_id"]}
    assert (await client.call("sendPhoto", **again))["ok"]
    assert "caption is too long" in await client.refuses("sendPhoto", **again, caption="y" * 1_025)
    copied = await client.call("copyMessage", chat_id=1, from_chat_id=1, message_id=1)
    assert copied["result"]["message_id"]


async def test_too_many_messages_are_told_to_wait(client: Client) -> None:
    now = [0.0]
    client.api.limits = Limits(lambda: now[0], per_second=2)
    for _ in range(2):
        assert (await client.call("sendMessage", chat_id=1, text="x"))["ok"]
    refused = await client.call("sendMessage", chat_id=1, text="x")
    assert (refused["error_code"], refused["parameters"]) == (429, {"retry_after": 1})
    now[0] = 1.0
    assert (await client.call("sendMessage", chat_id=1, text="x"))["ok"]


async def test_a_wrong_token_and_an_unknown_method(client: Client) -> None:
    async with client.session.post(f"{client.address}/bot1:x/getMe") as answer:
        assert answer.status == 401
    async with client.session.post(f"{client.address}/bot{TOKEN}/sendNothing") as answer:
        assert answer.status == 404


def test_every_method_is_in_the_published_schema() -> None:
    assert METHODS.keys() <= schema()["methods"].keys()
