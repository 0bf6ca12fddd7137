"""The chat, over real HTTP, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot import menus
from bot.app import App
from bot.config import Config, People, load
from bot.config import Telegram as TelegramSection
from handlers.house import Address, GeocodingFailed
from storage import stations
from storage.database import Database
from storage.searches import SearchRow
from storage.stations import Amenity, Station
from tests.telegram import TOKEN, Rider, Telegram

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
HALL = Station(
    "hall", "暖新之家 <1>", 37.431, 116.361, "德州", "08:00-22:00", int(Amenity.water | Amenity.charging), "12351"
)


class Town:
    """The bot, its Telegram, and a clock that is set by hand."""

    def __init__(self, database: Database, telegram: Telegram, config: Config) -> None:
        self.now = NOON
        self.telegram = telegram
        self.database = database
        self.app = App(config, database, lambda: self.now)

    def rider(self, person_id: int, language: str = "en") -> Rider:
        return Rider(self.telegram, person_id, language)


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with Telegram() as telegram:
        defaults = load(tmp_path / "none.toml")
        section = TelegramSection.model_validate({"token": TOKEN, "api_base_url": telegram.url})
        config = defaults.model_copy(update={"telegram": section, "people": People(coordinators=[900])})
        async with database.writing() as session:
            await stations.put_all(session, [HALL, Station("b", "Second", 37.45, 116.36)], NOON)
        town = Town(database, telegram, config)
        await town.app.start()
        running = asyncio.create_task(town.app.run())
        yield town
        town.app.polling.close()
        await running
        await town.app.close()


@pytest.mark.parametrize(
    ("language", "title", "hours"),
    [("en", "Nearest stations", "open until 22:00"), ("zh-hans", "最近的驿站", "营业至 22:00")],
)
async def test_a_location_is_answered_by_a_list_and_a_venue(town: Town, language: str, title: str, hours: str) -> None:
    rider = town.rider(1, language)
    await rider.sends(location={"latitude": 37.43, "longitude": 116.36})
    listed = await rider.hears()
    assert title in listed["text"] and "暖新之家 &lt;1&gt;" in listed["text"] and hours in listed["text"]
    venue = await rider.hears()
    assert (venue["method"], venue["title"]) == ("sendVenue", "暖新之家 <1>")


@pytest.mark.parametrize(
    "content",
    [
        {"location": {"latitude": 137.43, "longitude": 116.36}},
        {"location": {"latitude": float("nan"), "longitude": 116.36}},
        {"text": "x" * 4_000},
        {"text": "\u202e\u200b"},
        {"text": "/nosuchthing"},
        {"sticker": {"file_id": "1", "file_unique_id": "1", "width": 1, "height": 1, "type": "regular",
                     "is_animated": False, "is_video": False}},
    ],
)  # fmt: skip
async def test_bad_input_gets_a_clear_answer_and_changes_nothing(town: Town, content: dict[str, object]) -> None:
    rider = town.rider(2)
    await rider.sends(**content)
    assert (await rider.hears())["method"] == "sendMessage"
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SearchRow)) == 0


@pytest.mark.parametrize(
    "data", ["", "x", "list:1:2:3", "page:1:99", "report:1:nonsense", "clear:1", "form:a:b:c", "list:9"]
)
async def test_forged_buttons_do_nothing(town: Town, data: str) -> None:
    rider = town.rider(3)
    await rider.presses(data)
    await town.telegram.until(lambda: any(method == "answerCallbackQuery" for method, _ in town.telegram.calls))
    assert rider.said_to_me() == []


async def test_two_riders_nearby_confirm_that_the_water_is_out(town: Town) -> None:
    (first, second, far) = (town.rider(n) for n in (11, 12, 13))
    await far.presses("report:1:water")
    for rider in (first, second):
        await rider.sends(location={"latitude": 37.43, "longitude": 116.36})
        await rider.hears()
        await rider.presses("report:1:water")
    coordinator = town.rider(900)
    assert "暖新之家" in (await coordinator.hears())["text"]
    town.now += timedelta(minutes=20)
    await first.sends(location={"latitude": 37.43, "longitude": 116.36})
    await first.hears()
    assert "water reported out 20 min ago" in (await first.hears())["text"]


async def test_an_update_that_is_handed_over_again_is_kept_once(town: Town) -> None:
    rider = town.rider(4)
    await rider.sends(location={"latitude": 37.43, "longitude": 116.36})
    again = dict(town.telegram.waiting[0])
    await rider.hears()
    await town.telegram.until(lambda: not town.telegram.waiting)
    await town.app.answering.handle(again)
    async with town.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(SearchRow)) == 1


async def test_too_many_requests_delay_an_answer_and_lose_none(town: Town) -> None:
    rider = town.rider(5)
    busy = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 30}}
    town.telegram.faults.append((429, busy))
    await rider.sends(text="hello")
    await town.telegram.until(lambda: not town.telegram.waiting)
    assert rider.said_to_me() == []
    town.now += timedelta(seconds=31)
    await town.app.answering.resend()
    assert "location" in (await rider.hears())["text"]


async def test_a_group_hears_only_the_way_to_the_private_chat(town: Town) -> None:
    user = {"id": 6, "is_bot": False, "first_name": "Rider", "language_code": "en"}
    body = {"message_id": 1, "date": 1, "chat": {"id": -5, "type": "group", "title": "g"}, "from": user}
    await town.telegram.hand_over("message", {**body, "location": {"latitude": 37.43, "longitude": 116.36}})
    await town.telegram.until(lambda: any(params.get("chat_id") == -5 for _, params in town.telegram.calls))
    ((method, params),) = [call for call in town.telegram.calls if call[1].get("chat_id") == -5]
    assert method == "sendMessage"
    assert params["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/nuanxin_bot"


async def test_language_erasure_and_home_area(town: Town) -> None:
    rider = town.rider(7)
    await rider.presses("language:zh_Hans")
    assert (await rider.hears())["method"] in ("setMyCommands", "editMessageText")
    await rider.sends(text="/privacy")
    while "保存" not in (heard := await rider.hears()).get("text", ""):
        assert heard
    await rider.presses("erasenow")
    while "已删除" not in (heard := await rider.hears()).get("text", ""):
        assert heard


class Gazetteer:
    """A geocoder that knows two streets of one name, and one hall."""

    async def find(self, text: str, language: str) -> list[Address]:
        if text == "silence":
            raise GeocodingFailed
        known = {"Hall": 1, "Street": 2}
        return [Address(f"{text} {n}", 37.43, 116.36) for n in range(known.get(text, 0))]


async def test_an_address_form_survives_everything_in_between(town: Town) -> None:
    town.app.house.geocoder = Gazetteer()
    rider = town.rider(8)
    await rider.presses("address")
    assert "Where?" in (await rider.hears())["text"]
    for text, hint in (("x", "2 to 200"), ("nowhere", "don't find"), ("silence", "does not answer")):
        await rider.sends(text=text)
        assert hint in (await rider.hears())["text"]
    await rider.sends(text="/help")
    assert "What I can do" in (await rider.hears())["text"]
    assert "kept" in (await rider.hears())["text"]
    await rider.hears()
    await rider.sends(text="Street")
    which = await rider.hears()
    assert "Which of these" in which["text"]
    old = which["reply_markup"]["inline_keyboard"]
    await rider.presses(old[-1][0]["callback_data"])  # back
    while "Where?" not in (heard := await rider.hears()).get("text", ""):
        assert heard
    await rider.presses(old[0][0]["callback_data"])  # the old button
    assert "Where?" in (await rider.hears())["text"]
    await rider.sends(text="Hall")
    assert "Nearest stations" in (await rider.hears())["text"]


async def test_menus_are_published_once_in_both_languages(town: Town) -> None:
    def is_complete() -> bool:
        menus_of = [params for method, params in town.telegram.published if method == "setMyCommands"]
        return {params.get("language_code", "") for params in menus_of} == {"", "zh", "en"}

    rider = town.rider(9)
    await rider.sends(text="hello")
    await rider.hears()
    everything = list(menus.everything(town.app.house, town.app.answering.routes))
    await menus.publish(town.database, 42, iter(everything), town.app._call)
    assert is_complete()
    assert await menus.publish(town.database, 42, iter(everything), town.app._call) == 0
