"""`make tour`: plays the sandbox in Chromium, in both languages, and puts the pictures of docs/tour.md together."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web
from PIL import Image
from playwright.async_api import Page, expect

from bot import demo
from bot.app import App, system_clock
from bot.config.config import load
from bot.demo import figures
from bot.process import served
from bot.sandbox import runner as sandbox
from storage import schema
from storage.database import Database, open_database
from storage.encryption import Vault
from storage.telegram_ids import PersonId
from tests.support.browsers import CHROMIUM, launched
from tests.support.simulator import free_port, running
from tests.support.words.statistics import MISSING_STATIONS

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WIDE, HIGH = 360, 740
WORDS = {
    "zh": {
        "start": "开始",
        "near": "📍 最近的驿站",
        "send": "发送位置",
        "gaps": "🗺 驿站缺口",
        "admin": "主管",
        "coordinator": "协调",
    },
    "en": {
        "start": "Start",
        "near": "📍 Nearest station",
        "send": "Send location",
        "gaps": MISSING_STATIONS,
        "admin": "Admin",
        "coordinator": "Coordinator",
    },
}


async def fill(database: Database) -> None:
    """Demo data, and a day of searches by people who do not exist."""
    now = system_clock()
    await demo.fill(database, now, PersonId(sandbox.COORDINATOR))
    await figures.add(database, now, "Asia/Shanghai")


@contextlib.asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[str]:
    database = open_database(f"sqlite+aiosqlite:///{folder}/tour.db", Vault([bytes(32)]))
    await schema.migrate(database)
    await fill(database)
    application = web.Application(client_max_size=64 << 20)
    world = sandbox.town()
    sandbox.serve(world, application)
    async with served(application, free_port(), leaves_within=0.2) as url:
        config = sandbox.sandboxed(load(folder / "none.toml"), int(url.rpartition(":")[2]), world.token)
        async with running(App(config, database)):
            yield url


class Phone:
    def __init__(self, page: Page, language: str, folder: Path) -> None:
        self.page, self.words, self.folder, self.language = page, WORDS[language], folder, language
        self.log = page.get_by_role("log")
        self.taken: list[Path] = []

    async def writes(self, text: str) -> None:
        await self.page.locator("#text").fill(text)
        await self.page.keyboard.press("Enter")

    async def presses(self, label: str) -> None:
        await self.log.get_by_role("button", name=label).last.click()

    async def takes(self, name: str) -> None:
        """Takes this person's phone."""
        button = self.page.get_by_role("navigation").get_by_role("button").filter(has_text=name)
        await button.first.click()
        await expect(button.first).to_have_attribute("aria-current", "true")

    async def shows(self, words: str) -> None:
        await expect(self.log.get_by_text(words).last).to_be_visible(timeout=15_000)

    async def picture(self) -> None:
        await self.page.wait_for_timeout(600)
        file = self.folder / f"{self.language}-{len(self.taken)}.png"
        await self.page.screenshot(path=file)
        self.taken.append(file)


async def play(phone: Phone) -> None:
    words = phone.words
    await phone.page.get_by_role("button", name=words["start"], exact=True).click()
    await phone.shows("/help")
    await phone.page.get_by_role("button", name=words["near"]).click()
    await phone.page.get_by_role("button", name=words["send"]).click()
    await expect(phone.log.locator(".card").last).to_be_visible()
    await phone.picture()
    await phone.writes("/activities")
    await phone.shows("3x3")
    await phone.picture()
    await phone.writes("/legal")
    await phone.shows("12348")
    await phone.picture()
    await phone.takes(words["coordinator"])
    await phone.writes("/stats")
    await phone.shows("📊")
    await phone.presses(words["gaps"])
    await phone.page.wait_for_timeout(600)
    await phone.log.get_by_role("img").last.scroll_into_view_if_needed()
    await phone.picture()
    await phone.takes(words["admin"])
    await phone.writes("/system")
    await phone.shows("🗄")
    await phone.picture()
    await phone.writes("/settings")
    await phone.shows("22:00-07:00")
    await phone.page.wait_for_timeout(600)
    await phone.log.get_by_text("22:00-07:00").last.scroll_into_view_if_needed()
    await phone.picture()


def strip(files: list[Path], name: str) -> None:
    """The screens side by side."""
    width = len(files) * (WIDE + 16) - 16
    whole = Image.new("RGB", (width, HIGH), "#ffffff")
    for at, file in enumerate(files):
        with Image.open(file) as screen:
            whole.paste(screen, (at * (WIDE + 16), 0))
    whole.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(PICTURES / name, optimize=True)


async def main() -> None:
    if CHROMIUM is None:
        sys.exit("make tour needs Debian's chromium")
    async with launched() as browser:
        for language in WORDS:
            with tempfile.TemporaryDirectory() as name:
                async with playing(Path(name)) as address:
                    page = await browser.new_page(viewport={"width": WIDE, "height": HIGH})
                    await page.goto(address)
                    label = {"zh": "中文", "en": "EN"}[language]
                    await page.get_by_role("button", name=label, exact=True).click()
                    phone = Phone(page, language, Path(name))
                    await play(phone)
                    strip(phone.taken[:3], f"tour-{language}-rider.png")
                    strip(phone.taken[3:], f"tour-{language}-office.png")
                    await page.close()


if __name__ == "__main__":
    asyncio.run(main())
