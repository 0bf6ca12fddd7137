"""Phones side by side, and what an app of Telegram's shows: marks, replies, reactions, codes, people to pick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from playwright.async_api import Page, expect

from bot.pictures.membership_card import paint_code
from bot.process import served
from bot.sandbox.clock import SandboxClock
from bot.sandbox.params import Json, Params, Upload
from bot.sandbox.runner import COORDINATOR, RIDER, serve, town
from bot.sandbox.server import METHODS
from bot.sandbox.wishes import Controls
from bot.sandbox.world import World
from tests.support.accessibility import faults
from tests.support.browsers import in_one_browser, launched, needs_chromium
from tests.support.simulator import free_port

pytestmark = [needs_chromium, in_one_browser]


@dataclass(frozen=True)
class Bot:
    """The bot's side, which the test plays itself."""

    world: World
    clock: SandboxClock

    def call(self, method: str, files: dict[str, Upload] | None = None, **params: Any) -> Json:
        return dict(METHODS[method](self.world, Params({"chat_id": RIDER, **params}, files or {})))

    def says(self, text: str, **params: Any) -> int:
        return int(self.call("sendMessage", text=text, **params)["message_id"])

    def heard(self) -> Json:
        """The newest update of its kind."""
        return dict(self.world.waiting[-1])


@pytest.fixture
async def bot() -> AsyncIterator[tuple[Bot, str]]:
    clock = SandboxClock("Asia/Shanghai")
    world, application = town(clock.seconds), web.Application(client_max_size=64 << 20)
    world.allowed = {"message", "callback_query", "message_reaction", "inline_query"}
    serve(world, application, Controls(clock))
    for person in world.people.values():
        person.started = True
    async with served(application, free_port(), leaves_within=0.2) as address:
        yield Bot(world, clock), address


@pytest.fixture
async def phones(bot: tuple[Bot, str]) -> AsyncIterator[Page]:
    """Two, the rider's and the coordinator's."""
    async with launched() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
        await page.goto(bot[1])
        await page.get_by_role("button", name="EN", exact=True).click()
        await expect(page.locator("#people-2 [aria-current=true]")).to_contain_text("周协调")
        yield page


async def test_two_phones_and_all_that_telegram_shows(bot: tuple[Bot, str], phones: Page) -> None:
    await marks_and_the_end(bot[0], phones)
    await answers_and_reactions(bot[0], phones)
    await buttons_and_people(bot[0], phones)
    await a_code_is_scanned(bot[0], phones)
    await keys_and_the_clock(bot[0], phones)
    assert await faults(phones) == []


async def marks_and_the_end(bot: Bot, page: Page) -> None:
    """Who does not look has a mark with the first words; who reads further up is left there."""
    for number in range(30):
        bot.says(f"message {number}")
    log, newer = page.locator("#log"), page.locator("#newer")
    await expect(log.get_by_text("message 29")).to_be_in_viewport()
    await log.evaluate("log => { log.scrollTop = 0; }")
    await expect(newer).to_be_visible()
    bot.says("further down")
    await expect(newer).to_contain_text("1")
    await expect(log.get_by_text("message 29")).not_to_be_in_viewport()
    await newer.click()
    await expect(log.get_by_text("further down")).to_be_in_viewport()
    bot.says("a word for 陈律师", chat_id=int(COORDINATOR) + 1)
    mark = page.locator("#people button", has_text="陈律师")
    await expect(mark).to_contain_text("a word for")
    await mark.click()
    await expect(page.locator("#log").get_by_text("a word for")).to_be_visible()
    await page.locator("#people button", has_text="小李").click()
    await expect(mark).not_to_contain_text("a word for")


async def answers_and_reactions(bot: Bot, page: Page) -> None:
    said = bot.says("the long story", disable_notification=True, protect_content=True)
    article = page.locator(f"#log [data-id='{said}']")
    await expect(article.get_by_role("img", name="Sent silently")).to_be_visible()
    await article.get_by_role("button", name="More").click()
    await expect(page.locator("#menu")).not_to_contain_text("Forward")
    await page.locator("#menu").get_by_role("button", name="👍").click()
    await expect(article.get_by_role("button", name="👍 小李")).to_be_visible()
    await article.get_by_role("button", name="More").click()
    await page.locator("#menu").get_by_role("button", name="Reply").click()
    await page.locator("#text").fill("tell me")
    await page.keyboard.press("Enter")
    await expect(page.locator("#log").get_by_role("button", name="the long story")).to_be_visible()
    assert bot.heard()["message"]["reply_to_message"]["message_id"] == said
    METHODS["pinChatMessage"](bot.world, Params({"chat_id": RIDER, "message_id": said}))
    await expect(page.locator("#pinned")).to_contain_text("the long story")
    METHODS["sendChatAction"](bot.world, Params({"chat_id": RIDER, "action": "typing"}))
    await expect(page.locator("#status")).to_have_text("typing…")


async def buttons_and_people(bot: Bot, page: Page) -> None:
    long = "a button that is much longer than a phone is wide, and goes on and on and on"
    quote = "<blockquote expandable>" + "a line of consent\n" * 9 + "</blockquote>"
    bot.says(quote, parse_mode="HTML", reply_markup={"inline_keyboard": [[{"text": long, "callback_data": "x"}] * 2]})
    keys = page.locator("#log article").last.locator(".inline button")
    assert await keys.first.evaluate("key => key.scrollWidth > key.clientWidth && key.clientHeight < 60")
    folded = page.locator("#log blockquote").last
    low = await folded.evaluate("quote => quote.clientHeight")
    await page.locator("#log").get_by_role("button", name="Show more").last.click()
    assert await folded.evaluate("quote => quote.clientHeight") > low
    bot.says("a button", reply_markup={"inline_keyboard": [[{"text": "Note it", "callback_data": "y"}]]})
    await page.locator("#log").get_by_role("button", name="Note it").click()
    while "callback_query" not in bot.heard():  # noqa: ASYNC110 (the world tells nobody)
        await asyncio.sleep(0.05)
    query = {"callback_query_id": bot.heard()["callback_query"]["id"], "text": "Noted"}
    METHODS["answerCallbackQuery"](bot.world, Params(query))
    await expect(page.locator("#toast")).to_have_text("Noted")
    await page.locator("#people button", has_text="小王").click()
    await expect(page.locator("#toast")).to_be_hidden(timeout=1_000)  # it was for the other person
    await page.locator("#people button", has_text="小李").click()
    key = {"text": "Choose", "request_users": {"request_id": 3, "max_quantity": 2}}
    bot.says("who?", reply_markup={"keyboard": [[key]], "input_field_placeholder": "two at most"})
    await expect(page.locator("#text")).to_have_attribute("placeholder", "two at most")
    await page.locator("#keyboard").get_by_role("button", name="Choose").click()
    for name in ("陈律师", "赵主管"):
        await page.locator("#pick").get_by_label(name).check()
    await page.locator("#pick").get_by_role("button", name="Done").click()
    await expect(page.locator("#log").get_by_text("Chose")).to_be_visible()
    assert len(bot.heard()["message"]["users_shared"]["users"]) == 2


async def a_code_is_scanned(bot: Bot, page: Page) -> None:
    link = f"https://t.me/{bot.world.bot['username']}?start=in_7_abc"
    bot.call("sendPhoto", files={"photo": Upload("code.png", paint_code(link, "Door"))})
    await page.locator("#log").get_by_role("img", name="Photo").last.click()
    await page.locator("#scan").click()
    await page.locator("#scanners").get_by_role("button", name="小王").click()
    await expect(page.locator("#people-2 [aria-current=true]")).to_contain_text("小王")
    await expect(page.locator("#log-2").get_by_text("/start in_7_abc")).to_be_visible()
    assert bot.heard()["message"]["from"]["id"] == int(RIDER) + 1


async def keys_and_the_clock(bot: Bot, page: Page) -> None:
    first = "document.querySelectorAll('textarea, button, a, input, [tabindex]')[0].id"
    assert await page.evaluate(first) == "text"
    await page.locator("#chats").get_by_role("tab", name="Nuanxin bot").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#chats").get_by_role("tab", name="Riders")).to_be_focused()
    await expect(page.locator("#chats [aria-selected=true]")).to_contain_text("Riders")
    await page.locator("#attach").click()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("#menu button").nth(1)).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.locator("#attach")).to_be_focused()
    await page.locator("#openClock").click()
    await page.get_by_role("button", name="+1 hour").click()
    await expect(page.locator("#openClock")).to_contain_text(",")  # the day is shown once it differs
    assert bot.clock.ahead.total_seconds() == 3_600
    await page.get_by_role("button", name="Close").click()
