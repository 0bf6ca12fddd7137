"""Broadcasts in Debian's Chromium: one is written beside its preview, approved by somebody else, and followed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.runner import ADMIN
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.pages_in_browser import LANGUAGE, LOCALE, Sandbox, is_sound, sandboxed, signed_in
from tests.support.settings import change_settings
from tests.support.simulator import NOON

pytestmark = [
    needs_chromium,
    in_one_browser,
    pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True),
]
TEXT = "**周六免费理发**\n上午九点到暖新之家，||前二十位送洗发水||。看[名单](https://example.org/list)。"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with sandboxed(database, tmp_path) as town:
        yield town


@pytest.mark.parametrize(("language", "width"), [("zh", 1_280), ("en", 360)])
async def test_a_broadcast_is_written_approved_and_followed(
    browser: Browser, town: Sandbox, language: str, width: int
) -> None:
    app, url = town
    async with app.base.database.writing() as session:
        await people.seen_all(session, {PersonId(440 + at): "zh_Hans" for at in range(9)}, NOON)
    change_settings(app, approval_above=5)
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale=LOCALE[language])
    page = await signed_in(context, town, LANGUAGE[language])
    await page.goto(f"{url}/console/broadcasts/new")
    await expect(page.locator("#reached p").first).to_be_visible()
    await expect(page.locator("#reason")).to_be_hidden()
    await page.locator("#content").press_sequentially(TEXT)
    await page.locator("#opens").fill("报名 https://example.org/form")
    await page.locator("#topic").select_option("news")
    await expect(page.locator("#preview b")).to_have_text("周六免费理发")
    await expect(page.locator("#preview .key").first).to_have_text("报名 ↗ example.org")
    everybody = await page.locator("#reached").text_content()
    await page.locator("#language").select_option("en")
    await expect(page.locator("#reached")).not_to_have_text(everybody or "")
    await page.locator("#language").select_option("all")
    await expect(page.locator("#reached")).to_have_text(everybody or "")
    await is_sound(page, f"{language}-{width}-broadcast-new")
    await page.locator("#topic").select_option("urgent")
    await expect(page.locator("#reason")).to_be_visible()
    await page.locator("form#write button.main").click()
    await expect(page.locator("#fault-reason")).to_be_visible()
    await is_sound(page, f"{language}-{width}-broadcast-fault")
    await page.locator("#topic").select_option("news")
    await page.locator("form#write button.main").click()
    await is_sound(page, f"{language}-{width}-broadcast-draft")
    await page.locator("button.main").click()
    here = page.url

    other = await browser.new_context(viewport={"width": width, "height": 800}, locale=LOCALE[language])
    second = await signed_in(other, town, LANGUAGE[language], ADMIN)
    await second.goto(f"{url}/console/broadcasts")
    await expect(second.locator(".warning")).to_be_visible()
    await is_sound(second, f"{language}-{width}-broadcasts")
    await second.locator("tbody a").first.click()
    await is_sound(second, f"{language}-{width}-broadcast-waits")
    await second.locator("button[formaction$=approve]").click()
    await app.services.scheduler.tick("broadcasts")
    await page.goto(here)
    await expect(page.locator("button[formaction$=recall]")).to_have_count(1)
    await page.locator("details").last.evaluate("one => one.open = true")
    await is_sound(page, f"{language}-{width}-broadcast-sent")
