"""The chat of a rider, over real HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.sandbox.files import STICKER
from bot.sandbox.menus import menu_of
from bot.sandbox.server import Fault
from bot.telegram import menus
from handlers.stations import presses as stations_presses
from storage.stations.ids import StationKey
from storage.stations.searches import SearchRow
from storage.telegram_ids import MessageId
from tests.support.simulator import COORDINATOR, Town
from tests.support.words.chat import HELP_PAGE
from tests.support.words.stations import ASKED_FOR_ADDRESS, NEAREST_STATIONS


async def kept_searches(town: Town) -> int:
    async with town.database.reading() as session:
        return await session.scalar(select(func.count()).select_from(SearchRow)) or 0


@pytest.mark.parametrize(
    ("language", "title", "hours"),
    [("en", NEAREST_STATIONS, "open until 22:00"), ("zh-hans", "最近的驿站", "营业至 22:00")],
)
async def test_a_location_is_answered_by_a_list_and_a_venue(town: Town, language: str, title: str, hours: str) -> None:
    rider = town.rider(1, language)
    await rider.shares()
    listed = await rider.hears()
    assert title in listed["text"] and "暖新之家 <1>" in listed["text"] and hours in listed["text"]
    assert (await rider.hears())["venue"]["title"] == "暖新之家 <1>"


@pytest.mark.parametrize(
    "content",
    [
        {"location": {"latitude": 137.43, "longitude": 116.36}},
        {"location": {"latitude": float("nan"), "longitude": 116.36}},
        {"text": "x" * 4_096},
        {"text": "\u202e\u200b"},
        {"text": "/nosuchthing"},
        {"text": "hello", "forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "?"}},
        {"sticker": STICKER},
    ],
)
async def test_bad_input_gets_a_clear_answer_and_changes_nothing(town: Town, content: dict[str, Any]) -> None:
    town.api.check = None  # Telegram would not hand over a NaN; this one does
    rider = town.rider(2)
    await rider.sends(**content)
    assert (await rider.hears())["text"]
    assert await kept_searches(town) == 0


@pytest.mark.parametrize(
    "data", ["", "x", "list:1:2:3", "page:1:99", "report:1:nonsense", "clear:1", "form:a:b:c", "list:9", "language:xx"]
)
async def test_forged_buttons_do_nothing(town: Town, data: str) -> None:
    rider = town.rider(3)
    await rider.forges(data)
    assert await rider.is_answered()
    assert rider.heard == []


async def test_two_riders_nearby_confirm_that_the_water_is_out(town: Town) -> None:
    first, second, far, coordinator = (town.rider(n) for n in (11, 12, 13, COORDINATOR))
    await far.shares(39.9, 116.4)
    await far.hears()
    await far.forges(stations_presses.REPORT.data(StationKey(1), "water"))
    assert "searched near this station" in await far.is_answered()
    for rider in (first, second):
        await rider.shares()
        await rider.hears()
        await rider.presses("1")
        await rider.hears_of("12351")
        await rider.presses("Water is out")
        assert await rider.is_answered() == ""
        assert "Thank you" in await rider.is_answered()
    assert "暖新之家" in (await coordinator.hears())["text"]
    town.now += timedelta(minutes=20)
    await first.shares()
    assert "water reported out 20 min ago" in (await first.hears_of(NEAREST_STATIONS))["text"]
    await coordinator.presses("清除")
    assert await coordinator.is_answered()
    await first.shares()
    assert "water reported out" not in (await first.hears_of(NEAREST_STATIONS))["text"]


async def test_one_rider_does_not_report_the_same_twice_in_an_hour(town: Town) -> None:
    rider = town.rider(14)
    await rider.shares()
    await rider.hears()
    for said in ("Thank you! Once a second", "already"):
        await rider.forges(stations_presses.REPORT.data(StationKey(1), "crowded"))
        assert said in await rider.is_answered()
    assert not rider.answers[-1]["alert"], "a second tap is no reason for a window"


async def test_the_list_turns_filters_and_shows_venues_in_place(town: Town) -> None:
    rider = town.rider(15)
    await rider.shares()
    listed = await rider.hears()
    await rider.hears()
    await rider.presses("Filter")
    panel = await rider.hears()
    assert panel["message_id"] == listed["message_id"] and panel["edited"]
    await rider.presses("charging")
    filtered = await rider.hears()
    assert "charging" in filtered["text"]
    assert "with" not in filtered["text"] and "Second" not in filtered["text"]
    await rider.presses("📌 Map")
    assert (await rider.hears())["venue"]["title"] == "暖新之家 <1>"
    await rider.presses("🖼 Picture")
    assert (await rider.hears())["photo"][-1]["width"] == 900


async def test_a_moving_location_changes_its_list_in_place_every_30_s(town: Town) -> None:
    rider = town.rider(16)
    live = await rider.shares(live_period=900)
    listed = await rider.hears()
    await rider.hears()
    await town.until_idle()

    async def moves(latitude: float) -> None:
        place = {"latitude": latitude, "longitude": 116.36, "live_period": 900}
        await town.world.edits(rider.person, live["message_id"], {"location": place})
        await town.until_idle()

    await moves(37.44)
    assert len(rider.heard) == 2
    town.now += timedelta(seconds=31)
    changed = await rider.hears()
    assert changed["edited"] and changed["message_id"] == listed["message_id"]
    assert changed["text"].index("暖新之家") < changed["text"].index("Second")
    town.now += timedelta(seconds=31)
    await moves(37.4501)
    changed = await rider.hears()
    assert changed["edited"] and changed["message_id"] == listed["message_id"]
    assert changed["text"].index("Second") < changed["text"].index("暖新之家")


async def test_an_update_that_is_handed_over_again_is_kept_once(town: Town) -> None:
    rider = town.rider(4)
    await rider.shares()
    again = dict(town.world.waiting[0])
    await rider.hears()
    await town.until_idle()
    await town.app.updates.pipeline.handle(again)
    assert await kept_searches(town) == 1


async def test_too_many_requests_delay_an_answer_and_lose_none(town: Town) -> None:
    rider = town.rider(5)
    town.api.faults.append(
        Fault(
            429,
            '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":30}}',
            ("sendMessage",),
        )
    )
    await rider.says("hello")
    await town.until_idle()
    assert rider.heard == []
    town.now += timedelta(seconds=31)
    await town.app.updates.outbox.resend()
    assert "location" in (await rider.hears())["text"]


@pytest.mark.parametrize("fault", [(502, "<html>Bad Gateway</html>", False), (0, None, False), (0, None, True)])
async def test_an_error_page_or_a_broken_connection_loses_no_answer(
    town: Town, fault: tuple[int, str | None, bool]
) -> None:
    rider = town.rider(17)
    status, body, too_late = fault
    town.api.faults.append(Fault(status, body, ("sendMessage",), too_late))
    await rider.says("hello")
    assert "location" in (await rider.hears())["text"]


async def test_who_blocks_the_bot_is_marked_and_comes_back_by_writing(town: Town) -> None:
    rider = town.rider(18)
    await rider.says("/start")
    await rider.hears()
    await town.world.blocks(rider.person)
    await town.until_idle()
    await rider.says("hello again")
    assert "location" in (await rider.hears())["text"]


async def test_a_group_hears_only_the_way_to_the_private_chat(town: Town) -> None:
    rider = town.rider(6)
    group = town.world.add_group(-5, "g", [6])
    await town.world.sends(rider.person, {"text": "/station"}, group)
    await town.until_idle()
    said = [message for message in group.messages.values() if message["from"]["is_bot"]]
    assert len(said) == 1
    assert said[0]["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://t.me/nuanxin_bot?start=station"


async def test_a_flooded_group_hears_the_bot_twenty_times_a_minute_at_most(town: Town) -> None:
    rider = town.rider(20)
    group = town.world.add_group(-6, "g", [20])
    for _ in range(25):
        await town.world.sends(rider.person, {"text": "/station"}, group)
    await town.until_idle()
    assert sum(message["from"]["is_bot"] for message in group.messages.values()) == 20


async def test_language_erasure_and_home_area(town: Town) -> None:
    rider = town.rider(7)
    await rider.says("/language")
    await rider.hears()
    await rider.presses("中文")
    assert (await rider.hears())["edited"]
    await rider.hears_of("按钮")
    keyboard = town.world.chats[7].keyboard
    assert keyboard is not None and "最近的驿站" in keyboard["keyboard"][0][0]["text"]
    await rider.shares()
    await rider.hears_of("最近的驿站")
    await rider.presses("设为常用区域")
    assert await rider.is_answered() == ""
    assert "1 公里" in await rider.is_answered()
    await rider.says("/privacy")
    await rider.hears_of("约 1 公里")
    await rider.presses("删除常用区域")
    await rider.hears_of("删除您保存的常用区域")
    await rider.presses("确定删除")
    await rider.hears_of("未保存")
    await rider.presses("删除我的")
    await rider.hears()
    await rider.presses("确定删除")
    await rider.hears_of("无法恢复")
    await rider.presses("永久删除")
    await rider.hears_of("已删除")
    assert await kept_searches(town) == 0


async def test_a_shared_link_opens_the_page_of_the_station(town: Town) -> None:
    rider = town.rider(19)
    await rider.says("/start st_hall")
    page = await rider.hears()
    assert "暖新之家 <1>" in page["text"]
    links = [key["url"] for row in page["reply_markup"]["inline_keyboard"] for key in row if "url" in key]
    assert any("uri.amap.com" in link and "116.3669" in link for link in links)
    assert any("api.map.baidu.com" in link for link in links) and any("apis.map.qq.com" in link for link in links)
    await rider.hears()
    await rider.presses("Others")
    changed = (await rider.hears())["reply_markup"]["inline_keyboard"]
    assert any("openstreetmap" in key.get("url", "") and "116.361" in key["url"] for row in changed for key in row)
    await rider.says("/start st_gone")
    assert "no longer listed" in (await rider.hears())["text"]


@pytest.mark.gazetteer
async def test_an_address_form_survives_everything_in_between(town: Town) -> None:
    rider = town.rider(8)
    await rider.says("/station")
    await rider.hears_of("without sending your location")
    await rider.presses("Type an address")
    assert ASKED_FOR_ADDRESS in (await rider.hears())["text"]
    for text, hint in (("x", "2 to 200"), ("nowhere", "can't find"), ("silence", "isn't responding")):
        await rider.says(text)
        assert hint in (await rider.hears())["text"]
    await rider.sends(sticker=STICKER)
    assert "2 to 200" in (await rider.hears())["text"]
    await rider.says("/help")
    assert HELP_PAGE in (await rider.hears())["text"]
    assert "Your form is still open." in (await rider.hears())["text"]
    await rider.presses("Back to my form")
    assert ASKED_FOR_ADDRESS in (await rider.hears())["text"]
    await rider.says("Street")
    await rider.hears_of("Which of these")
    old = rider.button("Street 0")
    await rider.presses("Back")
    await rider.hears_of(ASKED_FOR_ADDRESS)
    await rider.forges(old[1], MessageId(old[0]))
    assert ASKED_FOR_ADDRESS in (await rider.hears())["text"]
    await rider.says("Hall")
    assert NEAREST_STATIONS in (await rider.hears_of(NEAREST_STATIONS))["text"]


async def test_menus_are_published_once_in_both_languages(town: Town) -> None:
    rider = town.rider(9)
    await rider.says("hello")
    await rider.hears()
    everything = await menus.everything(town.database, town.context, town.app.services.routes, town.now)
    await menus.publish(town.database, town.world.bot["id"], everything, town.app.telegram.api.call)
    assert {code for scope, code in town.world.commands if scope == "default"} == {"", "zh", "en"}
    names = [command["command"] for command in menu_of(town.world, rider.person)]
    assert names[0] == "station" and "broadcast" not in names
    again = [one for one in everything if not one.name.startswith("chat/")]
    assert await menus.publish(town.database, town.world.bot["id"], again, town.app.telegram.api.call) == 0
