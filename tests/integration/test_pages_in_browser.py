"""The pages in Debian's Chromium: a rider finds a station, a coordinator decides about fifty applications at once."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from aiohttp import web
from playwright.async_api import Browser, BrowserContext, FrameLocator, Page, expect

from bot import demo
from bot.app import App
from bot.process import served
from bot.sandbox import runner as sandbox_town
from bot.sandbox.runner import ADMIN, COORDINATOR, COUNSEL
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.files import evidence
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Side
from storage.console import passes
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed, Outcome
from storage.deliveries.table import State
from storage.membership import applications
from storage.operations import errors
from storage.people import people
from storage.people.access import Role
from storage.people.notices import RoleTaken
from storage.telegram_ids import PersonId
from tests.support.accessibility import faults
from tests.support.applications import ANSWERS
from tests.support.applications import picture as picture_bytes
from tests.support.bot_api_schema import check_call
from tests.support.browsers import launched, needs_chromium
from tests.support.case_scripts import keep_evidence
from tests.support.simulator import NOON, configured, free_port, running

pytestmark = [
    needs_chromium,
    pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True),
]
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
ONE_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>"
)
DRAWN_IN_SOFTWARE = ("--use-angle=swiftshader", "--enable-unsafe-swiftshader")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched(*DRAWN_IN_SOFTWARE) as browser:
        yield browser


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[tuple[App, str]]:
    """The sandbox with the demo data, and its address."""
    await demo.fill(database, NOON)
    application = web.Application(client_max_size=64 << 20)
    world = sandbox_town.town(NOON.timestamp)
    api = sandbox_town.serve(world, application)
    api.check = check_call
    listening = free_port()
    port = listening.getsockname()[1]
    config = sandbox_town.sandboxed(configured(tmp_path, "", token=""), port, api.world.token)
    app = App(config, database, lambda: NOON)
    app.add_routes(application)
    async with served(application, listening, leaves_within=0.2) as url, running(app):
        yield app, url


async def picture(page: Page, name: str) -> None:
    """Kept where SCREENSHOTS says, to be looked at."""
    if folder := os.environ.get("SCREENSHOTS"):
        await page.screenshot(path=Path(folder) / f"{name}.png", full_page=True, caret="initial")


async def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def listened_to(page: Page) -> Page:
    """What its scripts or its policy complain about fails the test."""
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    return page


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
async def test_a_rider_finds_a_station_on_the_map(
    browser: Browser, town: tuple[App, str], language: str, width: int
) -> None:
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


async def signed_in(
    context: BrowserContext, town: tuple[App, str], language: str = "zh_Hans", person_id: PersonId = COORDINATOR
) -> Page:
    """Their browser, by a link of /console."""
    app, url = town
    async with app.base.database.writing() as session:
        await people.seen_all(session, {person_id: language}, NOON)
        token = await passes.issue(session, person_id, passes.Kind.LINK, NOON)
    page = listened_to(await context.new_page())
    await page.goto(f"{url}/console/enter#{token}")
    assert token not in page.url
    assert await faults(page) == []
    await page.locator("#enter button").click()
    await expect(page.locator("#found")).to_be_visible()
    return page


async def fifty_apply(database: Database) -> None:
    async with database.writing() as session:
        for at in range(55):
            answers = {**ANSWERS, "phone": f"+8613800{at:06d}", "id_number": None}
            await applications.apply(session, PersonId(1_000 + at), answers, 1, NOON - timedelta(minutes=60 - at))


@pytest.mark.parametrize(("language", "width"), [("zh", 1_280), ("en", 360)])
async def test_a_coordinator_approves_fifty_at_once_and_undoes(
    browser: Browser, town: tuple[App, str], language: str, width: int
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


async def a_case_is_told(database: Database) -> None:
    """With a picture, a PDF and a sheet as evidence."""
    files = {"photo.jpg": picture_bytes(), "工资单.pdf": ONE_PAGE, "考勤.xlsx": b"PK\x03\x04"}
    async with database.writing() as session:
        content, due = CaseContent("pay", "美团", "2026-10-30", "李雷"), NOON + timedelta(hours=3)
        row = await cases.open_case(session, "legal", "L", PersonId(440), content, 1, 2026, due, NOON)
        told = Said(text="站点从九月起就没发过工资，站长说要等平台结算。\n我和四个同事都一样。")
        await case_messages.say(session, row, Side.RIDER, PersonId(440), None, told, NOON)
        for name, bytes_ in files.items():
            said = Said("document", file_id="F", file_name=name, mime="", size=len(bytes_))
            await case_messages.say(session, row, Side.RIDER, PersonId(440), None, said, NOON)
        for kept, bytes_ in zip(await evidence.of_case(session, row.id), files.values(), strict=True):
            await keep_evidence(session, kept.id, bytes_)


@pytest.mark.parametrize(("language", "width"), [("zh", 1_280), ("en", 360)])
async def test_a_lawyer_works_on_a_case(browser: Browser, town: tuple[App, str], language: str, width: int) -> None:
    await a_case_is_told(town[0].base.database)
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, {"zh": "zh_Hans", "en": "en"}[language], COUNSEL)
    await picture(page, f"{language}-cases")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("#desk").select_option("legal")
    await page.locator("#kind").select_option("pay")
    await expect(page.locator("#rows tr")).to_have_count(1)
    await page.locator("#rows button").click()
    await expect(page.locator("#talk li")).to_have_count(4)
    await expect(page.locator(".evidence img")).to_have_js_property("naturalWidth", 60)
    async with page.expect_response("**/evidence/*") as opened:
        await page.locator(".evidence summary").click()
    assert (await (await opened.value).all_headers())["content-type"] == "application/pdf"
    assert await faults(page) == []
    await picture(page, f"{language}-case")
    await page.locator("#text").fill("请先保存好工资条。")
    await page.locator("form[action$=answer] button").click()
    await expect(page.locator("#talk .handler")).to_contain_text("请先保存好工资条。")
    await page.locator("form[action$=close]").evaluate("one => one.parentElement.open = true")
    await picture(page, f"{language}-case-answered")
    assert await is_as_wide_as_the_screen(page)
    await page.locator("form[action$=close] button").first.click()
    await expect(page.locator(".done")).to_be_visible()


async def test_a_coordinator_goes_through_the_figures(browser: Browser, town: tuple[App, str]) -> None:
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


async def test_an_admin_looks_at_the_system(browser: Browser, town: tuple[App, str]) -> None:
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


async def test_an_admin_drags_a_station_to_its_door(browser: Browser, town: tuple[App, str]) -> None:
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


async def test_a_coordinator_looks_who_comes(browser: Browser, town: tuple[App, str]) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 800})
    page = await signed_in(context, town)
    await page.goto(f"{town[1]}/console/activities")
    await picture(page, "zh-activities")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)
    await page.locator("section a").first.click()
    await expect(page.locator(".card")).to_be_visible()
    await picture(page, "zh-activity")
    assert await faults(page) == [] and await is_as_wide_as_the_screen(page)


async def test_the_pages_of_riders_break_no_rule(browser: Browser, town: tuple[App, str]) -> None:
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
