"""Finding a station: what a rider hears, in both languages, and what they may type instead of sending a location."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage.stations import stations
from storage.stations.stations import Amenity, Station
from tests.support.simulator import COORDINATOR, DEZHOU, NOON, Rider, Town
from tests.support.words.membership import AGREE_TO_JOIN, ASKED_FOR_NAME
from tests.support.words.stations import NEAREST_STATIONS

TOILET = Station("toilet", "东风路骑手驿站", 37.445, 116.36, "德州", "24/7", int(Amenity.toilet))
AROUND = [
    Station("night", "解放路夜间驿站", 37.4302, 116.36, "德州", "18:00-06:00"),
    Station("soon", "Opening soon", 37.4301, 116.36, "德州", "12:10-22:00"),
    TOILET,
    Station("far", "东风路第二驿站", 37.46, 116.36, "德州", "24/7"),
]
FAR_AWAY = (30.25, 120.17)


async def has(town: Town, *added: Station) -> None:
    """The town has these stations as well as its hall, which is open."""
    async with town.database.writing() as session:
        await stations.put_all(session, added, NOON)
        await stations.announce_change(session)
    await town.app.services.directory.refresh()


async def shares(rider: Rider, latitude: float = DEZHOU[0], longitude: float = DEZHOU[1]) -> tuple[str, Any]:
    """The list and the pin that answer a location."""
    await rider.shares(latitude, longitude)
    listed = (await rider.hears())["text"]
    return listed, await rider.hears()


def labels(message: Any) -> list[list[str]]:
    return [[key["text"] for key in row] for row in message["reply_markup"]["inline_keyboard"]]


@pytest.mark.parametrize(
    ("language", "pin", "buttons", "closed"),
    [
        (
            "en",
            "140 m · 🟢 open until 22:00 · 德州",
            [["🧭 Amap", "ℹ️ More"], ["Baidu", "Tencent", "Others"]],
            "🔴 1 more is closed, 20 m away, opens 18:00: 解放路夜间驿站",
        ),
        (
            "zh-hans",
            "140 米 · 🟢 营业至 22:00 · 德州",
            [["🧭 高德导航", "ℹ️ 更多"], ["百度", "腾讯", "其他地图"]],
            "🔴 另有 1 家已打烊，最近的在 20 米外，18:00 开门：解放路夜间驿站",
        ),
    ],
)
async def test_the_last_message_is_the_pin_of_the_nearest_open_station(
    town: Town, language: str, pin: str, buttons: list[list[str]], closed: str
) -> None:
    await has(town, *AROUND)
    rider = town.rider(1, language)
    listed, pinned = await shares(rider)
    assert pinned["venue"] == {**pinned["venue"], "title": "暖新之家 <1>", "address": pin}
    assert labels(pinned) == buttons
    assert closed in listed
    entries = [line for line in listed.splitlines() if line[:2] in ("1.", "2.", "3.", "4.")]
    assert [entry.partition(" —")[0] for entry in entries] == [
        "1. 暖新之家 <1>",
        "2. 东风路骑手驿站",
        "3. Opening soon",
    ]
    await rider.presses(buttons[0][1])
    assert "12351" in (await rider.hears())["text"]


async def test_what_is_asked_for_is_named_in_the_heading_and_on_a_new_pin(town: Town) -> None:
    await has(town, TOILET)
    rider = town.rider(2, "zh-hans")
    await shares(rider)
    for button in ("筛选", "厕所"):
        await rider.presses(button)
        panel = await rider.hears()
    assert panel["text"].startswith("📍 附近有厕所的驿站")
    pin = (await rider.hears())["venue"]
    assert pin["title"] == "东风路骑手驿站" and "🚻 厕所" in pin["address"]


@pytest.mark.parametrize(
    ("language", "said"), [("en", "💰 fee · 🧾 customers only"), ("zh-hans", "💰 收费 · 🧾 仅限顾客")]
)
async def test_who_may_use_a_station_stands_wherever_it_is_shown(town: Town, language: str, said: str) -> None:
    everything = sum(Amenity)
    await has(town, Station("cafe", "路口咖啡", 37.4301, 116.36, "德州", "24/7", everything))
    rider = town.rider(12, language)
    listed, pin = await shares(rider)
    assert f"+22 · {said}" in listed and said in pin["venue"]["address"]
    await rider.presses(labels(pin)[0][1])
    assert f" · {said}\n" in (await rider.hears())["text"]


async def test_an_empty_filter_offers_the_nearest_match_and_a_way_out(town: Town) -> None:
    await has(town, TOILET)
    rider = town.rider(3)
    await shares(rider)
    await rider.presses("Filter")
    await rider.hears()
    await rider.presses("toilet")
    await rider.until(lambda: "venue" in rider.heard[-1])
    rider.skips_the_rest()
    for button in ("Filter", "1 km"):
        await rider.presses(button)
        shown = await rider.hears()
    assert "No station found" in shown["text"] and "1. 东风路骑手驿站 — 1.7 km" in shown["text"]
    await rider.presses("Clear the filter")
    assert "暖新之家" in (await rider.hears_of(NEAREST_STATIONS))["text"]
    assert "暖新之家" in (await rider.hears())["venue"]["title"]
    await rider.presses("Filter")
    short = await rider.hears()
    assert len(labels(short)) == 7 and labels(short)[-1] == ["◀ Back"]
    await rider.presses("all amenities")
    assert len(labels(await rider.hears())) <= 14
    await rider.presses("Short list")
    assert labels(await rider.hears()) == labels(short)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (FAR_AWAY, "The nearest one is about 870 km away: 暖新之家 <1>, 德州."),
        ((0.0, 0.0), "The nearest one is more than 1,000 km away"),
    ],
)
async def test_beyond_50_km_nothing_is_near(town: Town, place: tuple[float, float], said: str) -> None:
    rider = town.rider(4)
    await rider.shares(*place)
    text = (await rider.hears())["text"]
    assert "Nothing near you yet" in text and said in text
    await town.until_idle()
    assert len(rider.heard) == 1


async def test_the_name_of_a_station_finds_it(town: Town) -> None:
    await has(town, *AROUND)
    rider = town.rider(5, "zh-hans")
    await rider.says("东风路骑手驿站")
    assert "🏠 东风路骑手驿站" in (await rider.hears())["text"]
    assert (await rider.hears())["venue"]["title"] == "东风路骑手驿站"
    await rider.says("东风路")
    assert labels(await rider.hears()) == [["东风路骑手驿站"], ["东风路第二驿站"]]
    await rider.presses("东风路第二驿站")
    assert "🏠 东风路第二驿站" in (await rider.hears())["text"]
    await rider.says("没有这个驿站")
    assert "把您的位置发给我" in (await rider.hears())["text"]


async def test_who_asks_for_a_toilet_is_shown_one(town: Town) -> None:
    await has(town, TOILET)
    rider = town.rider(6, "zh-hans")
    await rider.says("哪里有厕所")
    assert "附近有厕所的驿站" in (await rider.hears())["text"]
    await rider.says("东风路")
    assert "请发送位置" in (await rider.hears())["text"]
    listed, pin = await shares(rider)
    assert listed.startswith("📍 附近有厕所的驿站") and pin["venue"]["title"] == "东风路骑手驿站"
    await rider.says("附近哪里能充电")
    assert "附近有充电的驿站" in (await rider.hears())["text"]
    assert (await rider.hears())["venue"]["title"] == "暖新之家 <1>"
    await rider.presses("设为常用区域")
    town.now += timedelta(hours=1)
    await rider.says("厕所在哪里")
    assert "常用区域附近有厕所的驿站" in (await rider.hears())["text"]


async def test_another_wish_takes_the_place_of_the_one_that_waits_for_a_location(town: Town) -> None:
    rider = town.rider(6)
    await rider.says("I need a toilet")
    assert "with: " in (await rider.hears_of("Where are you?"))["text"]
    await rider.says("my phone is dead")
    assert "charg" in (await rider.hears_of("Where are you?"))["text"]
    listed, _ = await shares(rider)
    assert "charg" in listed


async def test_words_of_danger_come_before_any_station(town: Town) -> None:
    await has(town, Station("bad", "不想活了驿站", 37.43, 116.36))
    rider = town.rider(7, "zh-hans")
    await rider.says("不想活了")
    assert "110" in (await rider.hears())["text"]
    await town.until_idle()
    assert len(rider.heard) == 1


async def test_in_mid_form_the_station_stays_in_sight_above_one_button(town: Town) -> None:
    rider = town.rider(8)
    await rider.says("/join")
    await rider.hears()
    await rider.presses(AGREE_TO_JOIN)
    await rider.hears_of(ASKED_FOR_NAME)
    _, pin = await shares(rider)
    assert labels(pin)[-1] == ["↩ Back to my form: Joining the union"]
    await town.until_idle()
    assert rider.unheard == []
    await rider.presses("Back to my form")
    await rider.hears_of(ASKED_FOR_NAME)
    await rider.says("李雷")
    assert "name" not in (await rider.hears())["text"]


@pytest.mark.both_databases
async def test_the_newest_report_of_a_rider_replaces_the_contrary(town: Town) -> None:
    first, second = town.rider(9), town.rider(10)
    for rider in (first, second):
        await shares(rider)
        await rider.presses("More")
        await rider.hears_of("12351")
        assert await rider.is_answered() == ""
    said = []
    for rider, label in (
        (first, "Water is out"),
        (first, "All fine"),
        (second, "Water is out"),
        (first, "Water is out"),
    ):
        await rider.presses(label)
        said.append(await rider.is_answered())
    assert ["replaces" in one for one in said] == [False, True, False, False]
    assert "Two riders" in said[-1]
    listed, _ = await shares(second)
    assert "water reported out" in listed
    await first.presses("All fine")
    assert "replaces" in await first.is_answered()
    listed, _ = await shares(second)
    assert "water reported out" not in listed


@pytest.mark.parametrize(
    ("language", "labels_", "said"),
    [
        ("en", ("More", "Something else", "Charger broken", "charging"), "charger reported broken"),
        ("zh-hans", ("更多", "其他问题", "充电坏了", "充电"), "充电"),
    ],
)
async def test_a_broken_charger_stands_behind_for_who_wants_to_charge(
    town: Town, language: str, labels_: tuple[str, str, str, str], said: str
) -> None:
    """Of nine reports the page shows four and a button for the others."""
    more, other, broken, charging = labels_
    await has(town, Station("far", "远处驿站", 37.46, 116.36, "德州", "24/7", int(Amenity.charging)))
    coordinator = town.rider(COORDINATOR, language)
    await coordinator.says("/start")
    for person_id in (21, 22):
        rider = town.rider(person_id, language)
        await shares(rider)
        await rider.presses(more)
        await rider.hears_of("12351")
        await rider.presses(other)
        await rider.until(lambda rider=rider: any(broken in key for row in labels(rider.heard[-1]) for key in row))
        await rider.presses(broken)
        await rider.until(lambda rider=rider: "!" in str(rider.answers) or "！" in str(rider.answers))
        rider.skips_the_rest()
    town.deliver()
    assert "暖新之家" in (await coordinator.hears_of("🔌"))["text"]
    listed, _ = await shares(rider)
    assert said in listed.partition("远处驿站")[0] and "⚠️ 🔌" in listed
    await rider.says(f"{charging}?" if language == "en" else "哪里能充电")
    assert "1. 远处驿站" in (await rider.hears_of("1. "))["text"]
    await rider.hears()
    town.now += timedelta(hours=13)
    listed, _ = await shares(rider)
    assert "⚠️" not in listed


async def test_list_and_pin_follow_a_rider_and_no_move_is_lost(town: Town) -> None:
    await has(town, TOILET)
    rider = town.rider(11)
    live = await rider.shares(live_period=900)
    listed = await rider.hears()
    assert "The list and the pin follow your live location" in listed["text"]
    await rider.hears()
    await town.until_idle()

    def pins() -> list[int]:
        """Those in the chat: one of a station that is no longer the nearest is deleted."""
        return [number for number, sent in town.world.chats[11].messages.items() if "venue" in sent]

    async def moves(latitude: float) -> None:
        place = {"latitude": latitude, "longitude": 116.36, "live_period": 900}
        await town.world.edits(rider.person, live["message_id"], {"location": place})
        await town.until_idle()

    await moves(37.432)
    await moves(37.4449)
    assert rider.unheard == []
    town.now += timedelta(seconds=31)
    town.deliver()
    changed, pin = await rider.hears(), await rider.hears()
    assert changed["edited"] and changed["message_id"] == listed["message_id"]
    assert "1. 东风路骑手驿站 — 10 m" in changed["text"] and pin["venue"]["title"] == "东风路骑手驿站"
    town.deliver()
    await town.until(lambda: pins() == [pin["message_id"]])
    town.now += timedelta(seconds=31)
    await moves(37.4448)
    assert "1. 东风路骑手驿站 — 20 m" in (await rider.hears())["text"]
    town.now += timedelta(seconds=31)
    await moves(37.431)
    assert "1. 暖新之家" in (await rider.hears())["text"]
    last = await rider.hears()
    assert last["venue"]["title"] == "暖新之家 <1>"
    town.deliver()
    await town.until(lambda: pins() == [last["message_id"]])
