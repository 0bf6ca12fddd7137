"""`make journeys`, or `python -m tests.support.journeys [NUMBER …]` for some of them; PICTURES keeps screenshots."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.support.journeys.journey import Journey
from tests.support.journeys.phone import LANGUAGES, Count, Phone
from tests.support.journeys.played import JOURNEYS
from tests.support.journeys.town import fill, town

WIDE, HIGH = 360, 740


async def play(browser: Browser, folder: Path, journey: Journey, language: str) -> Count:
    pictures = os.environ.get("PICTURES")
    kept = None if pictures is None else Path(pictures) / f"{journey.number:02}"
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    async with town(folder, f"{journey.number}-{language}") as there:
        context = await browser.new_context(viewport={"width": WIDE, "height": HIGH})
        page = await context.new_page()
        await page.goto(there.address)
        await page.get_by_role("button", name={"zh": "中文", "en": "EN"}[language], exact=True).click()
        phone = Phone(page, there, language, kept)
        try:
            await journey.play(phone)
        except BaseException:
            await phone.picture("failed")
            raise
        finally:
            await context.close()
    return phone.count


async def main(numbers: set[int]) -> None:
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("make journeys needs Debian's chromium")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await fill(folder)
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            for journey in JOURNEYS:
                for language in LANGUAGES:
                    if not numbers or journey.number in numbers:
                        try:
                            print(journey.number, language, await play(browser, folder, journey, language), flush=True)
                        except Exception as e:
                            print(journey.number, language, "FAILED", str(e)[:600], flush=True)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main({int(number) for number in sys.argv[1:]}))
