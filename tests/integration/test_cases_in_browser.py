"""Cases in Debian's Chromium: a lawyer works on one, answers several at once, and joins them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.sandbox.runner import COUNSEL
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.files import evidence
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Side
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.accessibility import faults
from tests.support.applications import picture as picture_bytes
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.case_scripts import keep_evidence
from tests.support.pages_in_browser import (
    LANGUAGE,
    Sandbox,
    is_as_wide_as_the_screen,
    is_sound,
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
ONE_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>"
)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with launched() as browser:
        yield browser


@pytest.fixture
async def town(database: Database, tmp_path: Path) -> AsyncIterator[Sandbox]:
    async with sandboxed(database, tmp_path) as town:
        yield town


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
async def test_a_lawyer_works_on_a_case(browser: Browser, town: Sandbox, language: str, width: int) -> None:
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


async def three_are_told(database: Database) -> None:
    """All in the lawyer's hands; one rider has withheld how they are called."""
    async with database.writing() as session:
        await people.seen_all(session, {PersonId(440 + at): "zh_Hans" for at in range(3)}, NOON)
        for at, name in enumerate(("李雷", "王芳", "")):
            content, due = CaseContent("ban", "美团", "2026-11-20", name), NOON + timedelta(hours=3 + at)
            row = await cases.open_case(session, "legal", "L", PersonId(440 + at), content, 1, 2026, due, NOON)
            said = Said(text="南站一罚就是 200，没人讲理由。")
            await case_messages.say(session, row, Side.RIDER, PersonId(440 + at), None, said, NOON)
            await cases.claim(session, row.id, PersonId(COUNSEL), ["legal"], NOON)


@pytest.mark.parametrize(("language", "width"), [("zh", 360), ("en", 1_280)])
async def test_a_lawyer_answers_several_cases_at_once_and_joins_them(
    browser: Browser, town: Sandbox, language: str, width: int
) -> None:
    await three_are_told(town[0].base.database)
    context = await browser.new_context(viewport={"width": width, "height": 800})
    page = await signed_in(context, town, LANGUAGE[language], COUNSEL)
    await page.locator("#mine").check()
    await expect(page.locator("#rows input[type=checkbox]")).to_have_count(3)
    await expect(page.locator("[data-ticked]").first).to_be_disabled()
    await page.locator("#all").click()
    await expect(page.locator("#marked")).to_contain_text("3")
    await is_sound(page, f"{language}-{width}-cases-ticked")
    await page.locator("[formaction$=answers]").click()
    await is_sound(page, f"{language}-{width}-answers")
    await page.locator("#text").fill("{称呼}，您的案件 {编号}：请把{材料}发到这里。")
    await page.locator("form button.main").click()
    await page.locator("#blank1").fill("罚款截图")
    await page.locator("fieldset button").click()
    await expect(page.locator(".talk li").first).to_contain_text("李雷，您的案件 L-2026-000001：请把罚款截图发到这里。")
    await expect(page.locator(".talk .warning")).to_have_count(1)
    await is_sound(page, f"{language}-{width}-answers-look")
    await page.locator(".talk input").fill("师傅")
    await page.locator("[formaction$=look]").last.click()
    await expect(page.locator(".talk .warning")).to_have_count(0)
    await page.locator("button.main").click()
    await expect(page.locator("main li")).to_have_count(3)
    await is_sound(page, f"{language}-{width}-answers-sent")

    await page.locator("main > p:last-child a").click()
    await page.locator("#all").click()
    await page.locator("[formaction$=joining]").click()
    await is_sound(page, f"{language}-{width}-joining")
    await page.locator("#title").fill("南站罚款 200")
    await page.locator("button[value=new]").click()
    await page.locator("main > p a").first.click()
    await expect(page.locator("h1")).to_contain_text("L-2026-C00001 · 南站罚款 200")
    await page.locator("td button").first.click()
    await expect(page.locator(".done")).to_be_visible()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await is_sound(page, f"{language}-{width}-collective")
    await page.locator("tbody a").first.click()
    await is_sound(page, f"{language}-{width}-case-joined")
