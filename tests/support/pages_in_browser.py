"""The pages in Debian's Chromium: the sandbox with the demo data, and people's browsers."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Page, expect

from bot import demo
from bot.app import App
from bot.process import served
from bot.sandbox import runner as sandbox_town
from bot.sandbox.runner import COORDINATOR
from storage.console import passes
from storage.database import Database
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.accessibility import faults
from tests.support.bot_api_schema import check_call
from tests.support.config import configured
from tests.support.simulator import NOON, free_port, running

LANGUAGE = {"zh": "zh_Hans", "en": "en"}
LOCALE = {"zh": "zh-CN", "en": "en-GB"}
Sandbox = tuple[App, str]
"""The bot, and its address."""


@asynccontextmanager
async def sandboxed(database: Database, folder: Path) -> AsyncIterator[Sandbox]:
    """The sandbox with the demo data."""
    await demo.fill(database, NOON)
    application = web.Application(client_max_size=64 << 20)
    world = sandbox_town.town(NOON.timestamp)
    api = sandbox_town.serve(world, application)
    api.check = check_call
    listening = free_port()
    port = listening.getsockname()[1]
    config = sandbox_town.sandboxed(configured(folder, "", token=""), port, api.world.token)
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


async def is_sound(page: Page, name: str) -> None:
    """Pictures the page; nothing of it breaks a rule of axe-core, or is wider than the screen."""
    await picture(page, name)
    assert await faults(page) == []
    assert await is_as_wide_as_the_screen(page)


def listened_to(page: Page) -> Page:
    """What its scripts or its policy complain about fails the test."""
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    page.on("console", lambda said: pytest.fail(said.text) if "Content Security Policy" in said.text else None)
    return page


async def signed_in(
    context: BrowserContext, town: Sandbox, language: str = "zh_Hans", person_id: PersonId = COORDINATOR
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
