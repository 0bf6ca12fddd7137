"""The pages in Debian's Chromium: a rider finds a station, a coordinator decides about fifty applications at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.async_api import Browser, FrameLocator, Page, expect

from bot.sandbox.runner import ADMIN, COORDINATOR
from storage.cases import cases
from storage.cases.table import CaseContent
from storage.console import passes
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed, Outcome
from storage.deliveries.table import State
from storage.membership import applications
from storage.operations import errors
from storage.people.access import Role
from storage.people.notices import RoleTaken
from storage.telegram_ids import PersonId
from tests.support.accessibility import faults
from tests.support.applications import ANSWERS
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.pages_in_browser import (
    Sandbox,
    is_as_wide_as_the_screen,
    listened_to,
    picture,
    sandboxed,
    signed_in,
)
from tests.support.simulator import NOON

pytestmark = [
    needs_chromium,
    in_one_browser,
    pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True),
]
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with sandboxed(database, tmp_path) as town:
        yield town


WORDS = {
    "zh": {"tab": "中文", "water": "饮水", "out": "没水了", "thanks": "收到", "none": "您还不是工会会员"},
    "en": {"tab": "EN", "water": "water", "out": "Water is out", "thanks": "Thank you", "none": "not a member"},
}


async def app_in(page: Page, url: str, words: dict[str, str]) -> FrameLocator:
    """The Mini App in the frame of the rider's phone, opened by the button below the chat."""
    await page.goto(url)
    await page.get_by_role("button", name=words["tab"], exact=True).click()
    await page.locator("[data-part=app]").first.click()
    return page.frame_locator("#frame iframe")


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1_280)])
async def test_a_rider_finds_a_station_on_the_map(browser: Browser, town: Sandbox, language: str, width: int) -> None:
    words = WORDS[language]
    page = listened_to(await browser.new_page(viewport={"width": width, "height": 780}))
    frame = await app_in(page, town[1], words)
    await expect(frame.locator("#list li").first).to_be_visible()
    await expect(frame.locator("#map canvas")).to_be_visible()
    await picture(page, f"{language}-map")
    before = await frame.locator("#shown").text_content() or ""
    await frame.get_by_role("button", name=words["water"]).click()
    await expect(frame.get_by_role("button", name=words["water"])).to_have_attribute("aria-pressed", "true")
    await expect(frame.locator("#shown")).not_to_have_text(before)
    await frame.locator("#here").click()
    nearest = frame.locator("#sheet button[data-key]")
    await expect(nearest).to_have_count(5)
    await picture(page, f"{language}-nearest")
    await nearest.first.press("Enter")
    await expect(frame.get_by_role("button", name=words["out"])).to_be_visible()
    await picture(page, f"{language}-station")
    await frame.get_by_role("button", name=words["out"]).click()
    await expect(frame.locator("#sheet .done")).to_contain_text(words["thanks"])
    await frame.locator("#tabs a").last.click()
    await expect(frame.get_by_text(words["none"])).to_be_visible()
    await picture(page, f"{language}-mine")
    assert await is_as_wide_as_the_screen(page)


async def fifty_apply(database: Database) -> None:
    async with database.writing() as session:
        for at in range(55):
            answers = {**ANSWERS, "phone": f"+8613800{at:06d}", "id_number": None}
            await applications.apply(session, PersonId(1_000 + at), answers, 1, NOON - timedelta(minutes=60 - at))


@pytest.mark.parametrize(("language", "width"), [("zh", 1_280), ("en", 360)])
async def test_a_coordinator_approves_fifty_at_once_and_undoes(
    browser: Browser, town: Sandbox, language: str, width: int
) -> None:
    app, _ = town
    await fifty_apply(app.base.database)
    locale = {"zh": "zh-CN", "en": "en-GB"}[language]
    context = await browser.new_context(viewport={"width": width, "height": 800}, locale=locale)
    page = await signed_in(context, town, {"zh": "zh_Hans", "en": "en"}[language])
    await expect(page.locator("#rows tr")).to_have_count(50)
    await picture(page, f"{language}-applications")
    assert await faults(page) == []
    await page.locator("#more a").click()
    await expect(page.locator("#rows tr")).to_have_count(55)
    await page.locator("select[name=state]").select_option("asked")
    await expect(page.locator("#rows tr")).to_have_count(0)
    await page.locator("select[name=state]").select_option("waiting")
    await expect(page.locator("#rows tr")).to_have_count(50)
    await page.locator("#all").click()
    await page.locator("#decide").click()
    await expect(page.locator("tbody tr")).to_have_count(50)
    await picture(page, f"{language}-plan")
    assert await faults(page) == []
    await page.locator("button.main").click()
    await expect(page.locator("h1")).to_contain_text("50")
    await picture(page, f"{language}-done")
    await page.locator("button.danger").click()
    await expect(page.locator("h1")).to_contain_text("50")
    await page.locator("main a").last.click()
    await page.locator("#rows button").first.click()
    await expect(page.get_by_text("李雷")).to_be_visible()
    await picture(page, f"{language}-application")
    assert await faults(page) == []
    assert await is_as_wide_as_the_screen(page)
    async with app.base.database.writing() as session:
        await passes.end_all(session, PersonId(COORDINATOR), NOON)
    await expect(page.locator("#ended")).to_be_visible(timeout=1_500)
    await expect(page.get_by_text("李雷")).to_have_count(0)


async def test_a_coordinator_goes_through_the_figures(browser: Browser, town: Sandbox) -> None:
    async with town[0].base.database.writing() as session:
        for at in range(11):
            await cases.open_case(session, "legal", "L", PersonId(440 + at), CaseContent(), 1, 2026, NOON, NOON)
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town)
    await page.goto(f"{town[1]}/console/statistics?unit=month")
    await picture(page, "zh-figures")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.get_by_role("link", name="案件").click()
    await expect(page.locator(".chart .part").first).to_be_visible()
    await picture(page, "zh-figures-cases")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)


async def test_an_admin_looks_at_the_system(browser: Browser, town: Sandbox) -> None:
    async with town[0].base.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(8), RoleTaken(Role.ADMIN), NOON))
        (one,) = [one for one in await delivery_queue.claim(session, NOON, 50) if one.recipient == 8]
        odd = Outcome(one.id, State.FAILED, 5, trouble="Bad Request: chat not found")
        await delivery_queue.settle(session, [odd], NOON)
        await errors.note(session, "f", "RuntimeError", "bot/pictures/poster.py:41", "E-1234", NOON)
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town, person_id=ADMIN)
    await page.goto(f"{town[1]}/console/system")
    await expect(page.get_by_text("chat not found")).to_be_visible()
    await picture(page, "zh-system")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("form[action$=retry] button.main").click()
    await expect(page.locator(".done")).to_contain_text("1")


async def test_an_admin_drags_a_station_to_its_door(browser: Browser, town: Sandbox) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town, person_id=ADMIN)
    await page.goto(f"{town[1]}/console/stations")
    await expect(page.locator("#list li").first).to_be_visible()
    await picture(page, "zh-stations")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("#list button").first.click()
    await expect(page.locator(".pin")).to_be_visible()
    before = await page.locator("#place").input_value()
    await page.locator(".pin").drag_to(page.locator("#map"), target_position={"x": 60, "y": 60}, force=True)
    await expect(page.locator("#place")).not_to_have_value(before)
    moved = await page.locator("#place").input_value()
    await picture(page, "zh-station-office")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("form[action$=change] button.main").click()
    await expect(page.locator(".done")).to_be_visible()
    await expect(page.locator("#place")).to_have_value(moved)


async def test_a_coordinator_looks_who_comes(browser: Browser, town: Sandbox) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town)
    await page.goto(f"{town[1]}/console/activities")
    await picture(page, "zh-activities")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("section a").first.click()
    await expect(page.locator(".card")).to_be_visible()
    await picture(page, "zh-activity")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)


async def test_the_pages_of_riders_break_no_rule(browser: Browser, town: Sandbox) -> None:
    """axe-core, on the pages themselves: it can't look into the frame of the phone. And the keyboard suffices."""
    context = await browser.new_context(viewport={"width": 360, "height": 780})
    page = await signed_in(context, town)
    await page.goto(f"{town[1]}/app/map")
    await expect(page.locator("#list li").first).to_be_visible()
    await page.locator("#list button").first.press("Enter")
    await expect(page.locator("#sheet article")).to_be_visible()
    for scheme in SCHEMES:
        await page.emulate_media(color_scheme=scheme)
        await picture(page, f"{scheme}-map")
        assert await faults(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("#list button").first).to_be_focused()
    await page.goto(f"{town[1]}/app/me")
    assert await faults(page) == []
