"""The statistics in Debian's Chromium: charts are drawn and clicked through, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, Page, expect

from bot.app import App
from bot.sandbox.runner import ADMIN
from storage.cases import statistics as case_statistics
from storage.database import Database
from storage.membership import memberships
from storage.statistics import searches
from storage.statistics.searches import ALL, AMENITY, BARE, EVERYBODY, HOUR, PLACE, WITHOUT_STATION, Seen
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
PLACES = ("37.43,116.37", "37.45,116.31", "37.61,116.61")


async def busy(app: App) -> None:
    """Two years in which riders searched, joined, and brought cases."""
    async with app.base.database.writing(apart=True) as session:
        seen = []
        for week in range(70):
            day = NOON.date() - timedelta(weeks=week)
            for at in range(6 + week * 7 % 40):
                place = PLACES[at % 3]
                cells = [(ALL, EVERYBODY), (HOUR, f"{(7 + at) % 24:02d}"), (PLACE, place), (AMENITY, "water")]
                if at % 3 == 2:
                    cells += [(ALL, WITHOUT_STATION), (BARE, place)]
                seen += [Seen(PersonId(5_000 + at), day, *cell) for cell in cells]
        await searches.count_all(session, seen)
        for at in range(300):
            joined = NOON - timedelta(days=at * at % 400)
            await memberships.create(session, PersonId(9_000 + at), {"name": "李雷"}, joined)
        for platform, people in (("美团", 14), ("饿了么", 8), ("滴滴", 3)):
            for _ in range(people):
                await case_statistics.add(session, "legal", f"{NOON:%Y-%m}", "pay", platform)


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


@pytest.mark.parametrize(("language", "width"), [("zh_Hans", 360), ("en", 1_280)])
async def test_charts_are_clicked_through(browser: Browser, town: Sandbox, language: str, width: int) -> None:
    app, url = town
    await busy(app)
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, language, ADMIN)
    name = f"{language}-{width}"
    await page.goto(f"{url}/console/statistics")
    await expect(page.locator(".plot canvas")).to_be_visible()
    await looked_at(page, f"{name}-statistics")
    if width == 360:
        await page.locator(".figures tbody a").nth(2).press("Enter")
    else:
        await page.locator(".figures tbody a").nth(2).click()
    await expect(page.locator(".figures a[aria-current]")).to_have_count(1)
    assert "of=" in page.url

    await page.goto(f"{url}/console/statistics/members?unit=year&against=year")
    plot = page.locator(".plot .u-over").first
    await expect(plot).to_be_visible()
    await looked_at(page, f"{name}-members")
    await page.locator("details summary").first.press("Enter")
    await expect(page.locator("details table").first).to_be_visible()
    await looked_at(page, f"{name}-members-table")
    box = await plot.bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + box["width"] * 10.5 / 12, box["y"] + box["height"] / 2)
    await expect(page.locator(".told").first).to_contain_text("2026")
    await page.mouse.click(box["x"] + box["width"] * 10.5 / 12, box["y"] + box["height"] / 2)
    await page.wait_for_url(re.compile(r"/members\?unit=month&back=0"))

    await page.goto(f"{url}/console/statistics/cases?unit=month")
    await expect(page.get_by_text("美团")).to_be_visible()
    await expect(page.get_by_text("滴滴")).to_have_count(0)
    await looked_at(page, f"{name}-cases")
    await page.goto(f"{url}/console/statistics/gaps?unit=year")
    await looked_at(page, f"{name}-gaps")
    await page.locator(".figures tbody a").first.click()
    await page.wait_for_url(re.compile(r"/console/stations\?at="))
    await expect(page.locator("#shown")).not_to_be_empty()


async def test_without_the_library_the_table_is_open(browser: Browser, town: Sandbox) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town, "en", ADMIN)
    await busy(town[0])
    await page.route("**/uPlot.iife.min.js", lambda route: route.abort())
    await page.goto(f"{town[1]}/console/statistics/members?unit=month")
    await expect(page.locator("details table").first).to_be_visible()
    await expect(page.locator(".plot").first).to_be_hidden()
