"""The phone in the browser, in Debian's Chromium: what a person sees and does, in both languages, 360 pixels wide."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import Browser, Page, expect

from bot import demo
from bot.app import App
from bot.process import served
from bot.sandbox import runner as sandbox_town
from storage.database import Database
from tests.support.accessibility import faults
from tests.support.bot_api_schema import check_call
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.config import configured
from tests.support.pages_in_browser import is_as_wide_as_the_screen
from tests.support.simulator import NOON, free_port, running
from tests.support.words.forms import SKIP
from tests.support.words.membership import (
    AGREE_TO_JOIN,
    APPROVE,
    ASKED_FOR_DISTRICT,
    ASKED_FOR_ID_NUMBER,
    ASKED_FOR_INSURANCE,
    ASKED_FOR_NAME,
    SEND_APPLICATION,
)
from tests.support.words.stations import NEAREST_STATIONS

pytestmark = [needs_chromium, in_one_browser]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def address(database: Database, tmp_path: Path) -> AsyncIterator[str]:
    """The sandbox with the demo data, as `make run` starts it."""
    await demo.fill(database, NOON)
    application = web.Application(client_max_size=64 << 20)
    api = sandbox_town.serve(sandbox_town.town(), application)
    api.check = check_call
    async with served(application, free_port(), leaves_within=0.2) as url:
        port = int(url.rpartition(":")[2])
        config = sandbox_town.sandboxed(configured(tmp_path, url, token=""), port, api.world.token)
        async with running(App(config, database, lambda: NOON)):
            yield url


async def opened(browser: Browser, address: str, language: str, width: int = 360) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 740})
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(address)
    await page.get_by_role("button", name={"zh": "中文", "en": "EN"}[language], exact=True).click()
    return page


async def picture(page: Page, name: str) -> None:
    """Kept where SCREENSHOTS says, to be looked at."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")


WORDS = {
    "zh": {
        "start": "开始",
        "near": "📍 最近的驿站",
        "send": "发送位置",
        "list": "最近的驿站",
        "water": "💧 没水了",
        "picture": "🖼 图片",
        "filter": "🔎 筛选",
        "share": "分享",
    },
    "en": {
        "start": "Start",
        "near": "📍 Nearest station",
        "send": "Send location",
        "list": NEAREST_STATIONS,
        "water": "💧 Water is out",
        "picture": "🖼 Picture",
        "filter": "🔎 Filter",
        "share": "Share",
    },
}


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_rider_finds_a_station_with_one_thumb(browser: Browser, address: str, language: str) -> None:
    words = WORDS[language]
    page = await opened(browser, address, language)
    log = page.get_by_role("log")
    await picture(page, f"{language}-1-empty")
    assert await faults(page) == []
    await page.get_by_role("button", name=words["start"], exact=True).click()
    await expect(log.get_by_text("/help").first).to_be_visible()
    await picture(page, f"{language}-2-start")
    await page.get_by_role("button", name=words["near"]).click()
    await page.locator("#map").press("ArrowUp")
    await picture(page, f"{language}-3-map")
    assert await faults(page) == []
    await page.get_by_role("button", name=words["send"]).click()
    await expect(log.get_by_text(words["list"]).first).to_be_visible()
    await expect(log.locator(".card")).to_have_count(2)
    await picture(page, f"{language}-4-list")
    await page.get_by_role("button", name=words["filter"]).click()
    await expect(log.get_by_role("button", name="🔌")).to_be_visible()
    await picture(page, f"{language}-5-filter")
    await log.get_by_role("button", name="◀").click()
    await log.get_by_role("button", name="1", exact=True).click()
    await expect(log.get_by_role("button", name=words["water"])).to_be_visible()
    await picture(page, f"{language}-6-page")
    await log.get_by_role("button", name=words["water"]).click()
    await expect(page.locator("#toast")).to_be_visible()
    await log.get_by_role("button", name=words["picture"]).click()
    await expect(log.get_by_role("img")).to_be_visible()
    await page.wait_for_timeout(300)
    await picture(page, f"{language}-7-picture")
    assert await faults(page) == []
    assert await is_as_wide_as_the_screen(page)


JOINING = {
    "zh": {
        "agree": "✅ 我同意",
        "name": "您叫什么名字",
        "share": "📱 分享我的手机号",
        "skip": "跳过",
        "no": "没有",
        "send": "✔ 提交申请",
        "receipt": "A-2026-000001",
        "take": "▶ 审核最早的一份",
        "approve": "✔ 批准",
        "district": "哪个区域",
        "id": "身份证号是多少",
        "insured": "意外险吗",
    },
    "en": {
        "agree": AGREE_TO_JOIN,
        "name": ASKED_FOR_NAME,
        "share": "📱 Share my phone number",
        "skip": SKIP,
        "no": "Not insured",
        "send": SEND_APPLICATION,
        "receipt": "A-2026-000001",
        "take": "▶ Take the oldest",
        "approve": APPROVE,
        "district": ASKED_FOR_DISTRICT,
        "id": ASKED_FOR_ID_NUMBER,
        "insured": ASKED_FOR_INSURANCE,
    },
}


async def writes(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


async def presses(page: Page, label: str) -> None:
    await page.get_by_role("log").get_by_role("button", name=label).last.click()


async def joins(page: Page, words: dict[str, str], language: str) -> None:
    """From /join to the receipt."""
    log = page.get_by_role("log")
    await writes(page, "/join")
    await expect(log.get_by_role("button", name=words["agree"])).to_be_visible()
    await picture(page, f"{language}-join-1-consent")
    await presses(page, words["agree"])
    await expect(log.get_by_text(words["name"])).to_be_visible()
    await picture(page, f"{language}-join-2-name")
    await writes(page, "李雷")
    await page.get_by_role("button", name=words["share"]).click()
    await expect(log.get_by_role("button", name="美团")).to_be_visible()
    await picture(page, f"{language}-join-3-platform")
    await presses(page, "美团")
    await expect(log.get_by_text(words["district"])).to_be_visible()
    await writes(page, "德城区")
    for question, answer in (("id", "skip"), ("insured", "no")):
        await expect(log.get_by_text(words[question])).to_be_visible()
        await presses(page, words[answer])
    await expect(log.get_by_role("button", name=words["send"])).to_be_visible()
    await picture(page, f"{language}-join-4-review")
    await presses(page, words["send"])
    await expect(log.get_by_text(words["receipt"]).last).to_be_visible()
    await picture(page, f"{language}-join-5-receipt")


async def reviews(desk: Page, words: dict[str, str], language: str) -> None:
    """The coordinator's phone, on which the oldest application is approved."""
    log = desk.get_by_role("log")
    phones = desk.get_by_role("navigation").get_by_role("button")
    coordinator = phones.filter(has_text={"zh": "协调", "en": "Coordinator"}[language])
    await coordinator.click()
    await expect(coordinator).to_have_attribute("aria-current", "true")  # it is their phone now
    await writes(desk, "/reviews")
    await presses(desk, words["take"])
    await expect(log.get_by_role("button", name=words["approve"])).to_be_visible()
    await picture(desk, f"{language}-join-6-reviewing")
    await presses(desk, words["approve"])


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_rider_joins_and_a_coordinator_reviews(browser: Browser, address: str, language: str) -> None:
    words, page = JOINING[language], await opened(browser, address, language)
    log = page.get_by_role("log")
    await joins(page, words, language)
    await reviews(await opened(browser, address, language, width=1_000), words, language)
    await expect(log.get_by_role("img").last).to_be_visible()
    await page.wait_for_timeout(300)
    await picture(page, f"{language}-join-7-card")
    assert await is_as_wide_as_the_screen(page)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_everybody_has_a_phone_and_keys_suffice(browser: Browser, address: str) -> None:
    page = await opened(browser, address, "en", width=1_000)
    log = page.get_by_role("log")
    await page.get_by_role("navigation").get_by_role("button").filter(has_text="Admin").click()
    await writes(page, "/help")
    await expect(log.get_by_text("/station", exact=True)).to_be_visible()
    await page.locator("#commands").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#menu button").first).to_be_focused()
    await picture(page, "en-8-menu")
    await page.keyboard.press("Enter")
    await expect(log.get_by_text("Where is it?").first).to_be_visible()
    await page.get_by_role("navigation").get_by_role("button").filter(has_text="Rider 2").click()
    await page.get_by_role("tab", name="Riders").click()
    await writes(page, "/station")
    await expect(log.get_by_text("private chat").first).to_be_visible()
    assert await is_as_wide_as_the_screen(page)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_files_edits_and_deletions_are_live_in_a_second_window(
    browser: Browser, address: str, tmp_path: Path
) -> None:
    page, other = await opened(browser, address, "en"), await opened(browser, address, "en")
    await writes(page, "hello <b>there</b>")
    await expect(other.get_by_text("hello <b>there</b>")).to_be_visible()
    await page.get_by_role("button", name="Edit").click()
    await writes(page, "good morning")
    await expect(other.get_by_text("good morning")).to_be_visible()
    (tmp_path / "note.txt").write_text("a note")
    await page.locator("#attach").click()
    async with page.expect_file_chooser() as choosing:
        await page.get_by_role("button", name="Document").click()
    await (await choosing.value).set_files(tmp_path / "note.txt")
    await expect(other.get_by_text("note.txt")).to_be_visible()
    await page.locator("article", has_text="good morning").get_by_role("button", name="Delete").click()
    await expect(other.get_by_text("good morning")).to_have_count(0)
