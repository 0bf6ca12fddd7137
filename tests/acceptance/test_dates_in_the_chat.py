"""Times, days, hours and repetitions as people write them or press them, played in the chat in both languages."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.activities import presses as activities_presses
from handlers.i18n.translations import Translate, plural_in, translator
from storage.activities import activities
from storage.activities.ids import ActivityId
from storage.stations import stations
from tests.support.activities import at_home, planned
from tests.support.case_scripts import at_desk, brings_pay
from tests.support.cases import case_of
from tests.support.languages import LANGUAGES
from tests.support.simulator import ADMIN, COORDINATOR, Rider, Town
from tests.support.words.activities import START
from tests.support.words.forms import REVIEW_PAGE, SKIP

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST_QUESTION = "Title, for example 3x3 basketball"
"""The town's day is Tuesday, 24 November 2026."""


async def until_start(coordinator: Rider, _: Translate) -> None:
    await coordinator.says("/activity")
    await coordinator.hears_of(_("Activities you run"))
    await coordinator.presses(_("➕ New activity"))
    await coordinator.hears_of(_(FIRST_QUESTION))
    await coordinator.says("Ping-pong")
    await coordinator.hears_of(_("What kind of activity is it?"))
    await coordinator.presses("🏀")
    await coordinator.hears_of(_(START))


async def reviewed(coordinator: Rider, _: Translate) -> str:
    await coordinator.hears_of(_("Where? Write a station's name or the place, or send a location."))
    await coordinator.says("Hall")
    await coordinator.hears_of(_("How many places? Choose, or write a number."))
    await coordinator.says("8")
    return str((await coordinator.hears_of(_(REVIEW_PAGE)))["text"])


def keyboard(message: dict[str, object]) -> list[list[str]]:
    markup = message["reply_markup"]
    assert isinstance(markup, dict)
    return [[key["text"] for key in row] for row in markup["inline_keyboard"]]


@LANGUAGES
async def test_a_new_activity_begins_when_it_was_written(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    await until_start(coordinator, _)
    await coordinator.says("some day")
    await coordinator.hears_of("I don't understand this time" if language == "en" else "没看懂这个时间")
    await coordinator.says("Fri 5 Dec 19:00" if language == "en" else "12月5日（周五）19:00")
    await coordinator.hears_of("Sat 5 Dec" if language == "en" else "12月5日（周六）")
    await coordinator.says("next Saturday 7 pm" if language == "en" else "下周六晚上七点")
    shown = await reviewed(coordinator, _)
    assert ("Sat 5 Dec 19:00" if language == "en" else "12月5日（周六）19:00") in shown
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("📝 Draft"))
    async with town.database.reading() as session:
        row = await activities.find(session, ActivityId(1))
        assert row is not None and row.starts_at == datetime(2026, 12, 5, 19, tzinfo=SHANGHAI)


@LANGUAGES
async def test_the_calendar_is_pressed_through_and_a_time_may_be_typed(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    await until_start(coordinator, _)
    november = keyboard(coordinator.heard[-1])
    assert november[0] == ["·", "Nov" if language == "en" else "11月", "▶"]
    assert november[1][0] == ("Mo" if language == "en" else "一") and {len(row) for row in november[1:4]} == {7}
    assert november[2] == ["·", "㉔", "25", "26", "27", "28", "29"], "the past has no effect"
    await coordinator.presses("▶")
    december = await coordinator.hears_of(_(START))
    assert december["edited"] and keyboard(december)[2] == ["·", "1", "2", "3", "4", "5", "6"]
    await coordinator.presses("◀")
    await coordinator.hears_of(_(START))
    await coordinator.presses("28")
    times = await coordinator.hears_of("Sat 28 Nov" if language == "en" else "11月28日（周六）")
    assert ["18:30", "19:00", "19:30", "20:00"] in keyboard(times) and "<b>" not in times["text"]
    await coordinator.says("7:15 pm" if language == "en" else "晚上7点15分")
    assert ("Sat 28 Nov 19:15" if language == "en" else "11月28日（周六）19:15") in await reviewed(coordinator, _)
    await coordinator.changes(_("Starts"))
    await coordinator.hears_of(_(START))
    await coordinator.says("Sunday" if language == "en" else "周日")
    await coordinator.hears_of("Sun 29 Nov" if language == "en" else "11月29日（周日）")
    await coordinator.presses("19:00")
    shown = (await coordinator.hears_of(_(REVIEW_PAGE)))["text"]
    assert ("Sun 29 Nov 19:00" if language == "en" else "11月29日（周日）19:00") in shown


async def test_a_press_beyond_the_calendar_is_refused_and_an_old_page_shows_the_question(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await until_start(coordinator, translator("en"))
    _message, data = coordinator.button("28")
    mark = data.split(":")[1]
    await coordinator.forges(f"form:{mark}:pick:2026-11-20T1900")
    await coordinator.until(lambda: "in the future" in coordinator.answers[-1]["text"])
    for junk in ("2026-13", "soon", "2026-11-28T9999", ""):
        await coordinator.forges(f"form:{mark}:pick:{junk}")
        await coordinator.forges(f"form:{mark}:page:{junk}" if junk else f"form:{mark}:page:9999-99")
    await coordinator.says("tomorrow 19:00")
    await coordinator.hears_of("Where?")
    await coordinator.forges(data)
    await coordinator.hears_of("Where?")


@LANGUAGES
async def test_a_case_takes_the_day_as_it_was_written(town: Town, language: str) -> None:
    rider = await at_desk(town, 431, language)
    number = await brings_pay(rider, "last week Wednesday" if language == "en" else "上周三", evidence=False)
    assert (await case_of(town, number)).number == number
    reviews = [one["text"] for one in rider.rider.heard if translator(language)(REVIEW_PAGE) in one.get("text", "")]
    assert ("Wed 18 Nov" if language == "en" else "11月18日（周三）") in reviews[-1]


@LANGUAGES
async def test_a_station_takes_its_hours_as_they_are_written(town: Town, language: str) -> None:
    _ = translator(language)
    admin = await at_home(town, ADMIN, language)
    await admin.says("/station_add")
    await admin.hears_of("37.43, 116.36")
    await admin.shares(37.5, 116.5)
    await admin.hears_of(_("What is it called?"))
    await admin.says("North")
    await admin.hears()
    await admin.presses(_(SKIP))
    await admin.hears_of("8:30-17:30")
    await admin.says("whenever" if language == "en" else "不定")
    hint = (await admin.hears())["text"]
    assert "PH" not in hint and "Mo-Fr" not in hint and "OpenStreetMap" not in hint
    written = {"en": "Mon-Fri 8:30-17:30, closed on public holidays", "zh_Hans": "周一至周五 8:30-17:30（节假日休息）"}
    await admin.says(written[language])
    await admin.hears_of(_("What does it have? Press everything that applies, then “That's all”."))
    for question in (
        "A phone number that riders can call?",
        "Anything that helps to find it, or that riders should know? (up to 1000 characters)",
        REVIEW_PAGE,
    ):
        await admin.presses(_(SKIP))
        shown = (await admin.hears_of(_(question)))["text"]
    english, chinese = "Mon to Fri 08:30-17:30; closed on public holidays", "周一至周五 08:30-17:30；节假日休息"
    assert (english if language == "en" else chinese) in shown
    await admin.presses(_("✔ Add"))
    await admin.until(lambda: len(admin.unheard) > 0)
    async with town.database.reading() as session:
        (row,) = await stations.named(session, "North", 2)
        assert row.opening_hours == "Mo-Fr 08:30-17:30; PH off"


@LANGUAGES
async def test_a_series_that_ends_is_said_to_end(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_home(town, COORDINATOR, language)
    await planned(town)
    await coordinator.forges(activities_presses.SHOW.data(ActivityId(1)))
    await coordinator.hears_of(_("✅ Published"))
    await coordinator.presses(_("🔁 Repeat"))
    asked = (await coordinator.hears())["text"]
    assert not re.search(r"FREQ|RRULE|RFC", asked)
    await coordinator.says("for four weeks" if language == "en" else "连续四周")
    await coordinator.hears()
    await coordinator.presses(_("Skip those days"))
    assert _("Four weeks in a row") in (await coordinator.hears_of(_(REVIEW_PAGE)))["text"]
    await coordinator.presses(_("✔ Create series"))
    said = (await coordinator.hears_of("🔁"))["text"]
    whole = "🔁 {n} more planned; that is the whole series:"
    assert plural_in(language, whole, whole, 3).format(n=3) in said
