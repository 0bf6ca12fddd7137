"""Many stations at once in Debian's Chromium: an area is drawn, a list is written by pins, a file is imported."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, FloatRect, Page, expect

from bot.sandbox.runner import ADMIN
from storage.database import Database
from storage.statistics import searches
from storage.statistics.searches import ALL, BARE, EVERYBODY, PLACE, WITHOUT_STATION, Seen
from storage.telegram_ids import PersonId
from tests.support.accessibility import faults
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.pages_in_browser import Sandbox, is_as_wide_as_the_screen, picture, sandboxed, signed_in
from tests.support.simulator import NOON

SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
pytestmark = [
    needs_chromium,
    in_one_browser,
    pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True),
]
SIZES = [("zh_Hans", 1_280), ("en", 360)]
FILE = """编号,名称,纬度,经度,营业时间,设施
A1,滨河驿站,37.43,116.36,早8晚10,饮水
A2,桥头驿站,37.44,116.37,24/7,茶壶
A3,缺坐标,,,24/7,饮水
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with sandboxed(database, tmp_path) as town:
        yield town


async def looked_at(page: Page, name: str) -> None:
    """No rule of accessibility is broken in either scheme, and nothing is wider than the screen."""
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await picture(page, f"{name}-{scheme}")
        assert await faults(page) == [], (name, scheme)
    assert await is_as_wide_as_the_screen(page), name


async def in_the_middle(page: Page) -> FloatRect:
    """Where the map is once all of it can be pressed."""
    canvas = page.locator("#map canvas")
    await canvas.evaluate("one => one.scrollIntoView({ block: 'center' })")
    box = await canvas.bounding_box()
    assert box is not None
    return box


@pytest.mark.parametrize(("language", "width"), SIZES)
async def test_an_area_is_drawn_and_its_stations_are_changed(
    browser: Browser, town: Sandbox, language: str, width: int
) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, language, ADMIN)
    name = f"{language}-{width}"
    await page.goto(f"{town[1]}/console/stations")
    await expect(page.locator("#list li").first).to_be_visible()
    await expect(page.locator("#draw")).to_be_visible()
    await page.locator("#draw").click()
    box = await in_the_middle(page)
    for x, y in ((0.1, 0.3), (0.8, 0.3), (0.8, 0.85), (0.1, 0.8)):
        await page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
        await page.wait_for_timeout(400)  # two clicks close together are a double click, which zooms
    await looked_at(page, f"{name}-area-drawn")
    await page.locator("#draw").click()
    await page.wait_for_url(re.compile(r"/area\?corners="))
    await expect(page.locator("input[name=key]").first).to_be_visible()
    await page.locator("#all").click()
    await expect(page.locator("#marked")).to_contain_text(str(await page.locator("input[name=key]").count()))
    await page.locator("details summary").first.press("Enter")
    await page.locator("input[name=amenities][value=donations]").check()
    await looked_at(page, f"{name}-area")
    await page.locator("button[value=more]").click()
    await expect(page.locator("form[action$=change] button.main")).to_be_visible()
    await looked_at(page, f"{name}-area-plan")
    await page.locator("form[action$=change] button.main").click()
    await expect(page.locator("h1.done")).to_contain_text(re.compile(r"\d"))
    await looked_at(page, f"{name}-area-done")


async def test_what_is_in_view_is_listed_by_keyboard_alone(browser: Browser, town: Sandbox) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town, "en", ADMIN)
    await page.goto(f"{town[1]}/console/stations")
    await expect(page.locator("#list li").first).to_be_visible()
    await page.locator("#draw").press("Enter")
    await expect(page.locator("#draw")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Escape")
    await expect(page.locator("#draw")).to_have_attribute("aria-pressed", "false")
    await page.locator("#view").press("Enter")
    await page.wait_for_url(re.compile(r"/area\?corners="))
    await expect(page.locator("input[name=key]").first).to_be_visible()


@pytest.mark.parametrize(("language", "width"), SIZES)
async def test_many_are_added_by_pins_and_lines(browser: Browser, town: Sandbox, language: str, width: int) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, language, ADMIN)
    name = f"{language}-{width}"
    await page.goto(f"{town[1]}/console/stations/list")
    await expect(page.locator("#map canvas")).to_be_visible()
    await page.locator("#list").fill("东风路驿站, 37.6012, 116.4012, 东风路 5 号\n没有位置\n")
    box = await in_the_middle(page)
    for x in (0.3, 0.6):
        await page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] / 2)
        await page.wait_for_timeout(400)
    await expect(page.locator(".pin")).to_have_count(3)
    assert len((await page.locator("#list").input_value()).split("\n")) == 4
    await looked_at(page, f"{name}-list")
    await page.locator("form[action$=plan] button.main").click()
    await expect(page.locator("tbody tr")).to_have_count(4)
    await looked_at(page, f"{name}-list-plan")
    await page.locator("form[action$=add] button.main").click()
    await expect(page.locator("h1.done")).to_be_visible()
    await looked_at(page, f"{name}-list-done")


@pytest.mark.parametrize(("language", "width"), SIZES)
async def test_a_file_is_checked_and_imported(browser: Browser, town: Sandbox, language: str, width: int) -> None:
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, language, ADMIN)
    name = f"{language}-{width}"
    await page.goto(f"{town[1]}/console/stations/import")
    await looked_at(page, f"{name}-import")
    sent = {"name": "stations.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    await page.locator("#file").set_input_files(sent)  # type: ignore[arg-type]
    await page.locator("button.main").first.click()
    await expect(page.locator("#report tbody tr")).to_have_count(3)
    await looked_at(page, f"{name}-import-checked")
    await page.locator("#report button.main").click()
    await expect(page.locator("#report .done")).to_be_visible()
    await expect(page.locator("#report button")).to_have_count(0)
    await looked_at(page, f"{name}-import-done")


@pytest.mark.parametrize(("language", "width"), SIZES)
async def test_where_stations_are_missing(browser: Browser, town: Sandbox, language: str, width: int) -> None:
    async with town[0].base.database.writing() as session:
        seen = []
        for place, people, kinds in (
            ("37.43,116.37", 60, (PLACE,)),
            ("37.51,116.45", 23, (PLACE, BARE)),
            ("37.53,116.23", 9, (BARE, PLACE)),
            ("37.61,116.61", 4, (BARE,)),
        ):
            for at in range(people):
                cells = [(ALL, EVERYBODY), (ALL, WITHOUT_STATION), *((kind, place) for kind in kinds)]
                seen += [Seen(PersonId(5_000 + at), NOON.date() - timedelta(days=1), *cell) for cell in cells]
        await searches.count_all(session, seen)
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, language, ADMIN)
    await page.goto(f"{town[1]}/console/stations/gaps")
    await expect(page.locator("#gaps tbody tr")).to_have_count(3)
    await expect(page.locator("#map canvas")).to_be_visible()
    await page.wait_for_timeout(500)
    await looked_at(page, f"{language}-{width}-missing")
    await page.locator("#gaps tbody tr").first.locator("a").last.click()
    await expect(page.locator("#place")).to_have_value(re.compile(r"^37\.51"))
