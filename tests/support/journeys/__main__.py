"""`make journeys` plays all of them and writes docs/journeys.md.

`python -m tests.support.journeys NUMBER …` plays some, and only says what it counted. The environment's PICTURES is a
folder for screenshots, to be looked at.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from tests.support.browsers import CHROMIUM, launched
from tests.support.journeys import table
from tests.support.journeys.journey import Journey
from tests.support.journeys.phone import LANGUAGES, Count, Phone
from tests.support.journeys.played import JOURNEYS
from tests.support.journeys.town import fill, town

SCREEN = {"width": 360, "height": 740}


async def play(browser: Browser, folder: Path, journey: Journey, language: str) -> Count:
    pictures = os.environ.get("PICTURES")
    kept = None if pictures is None else Path(pictures) / f"{journey.number:02}"
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
    async with town(folder, f"{journey.number}-{language}") as there:
        page = await browser.new_page(viewport={"width": SCREEN["width"], "height": SCREEN["height"]})
        await page.goto(there.address)
        await page.get_by_role("button", name={"zh": "中文", "en": "EN"}[language], exact=True).click()
        phone = Phone(page, there, language, kept)
        try:
            await journey.play(phone)
        finally:
            await phone.picture("end")
            await page.close()
    sys.stdout.write(f"{journey.number} {language} {phone.count}\n")
    sys.stdout.flush()
    return phone.count


async def main(numbers: set[int]) -> None:
    if CHROMIUM is None:
        sys.exit("make journeys needs Debian's chromium")
    wanted = [journey for journey in JOURNEYS if not numbers or journey.number in numbers]
    counts: dict[int, dict[str, Count]] = {}
    with tempfile.TemporaryDirectory() as name:
        await fill(Path(name))
        async with launched() as browser:
            for journey in wanted:
                counts[journey.number] = {
                    language: await play(browser, Path(name), journey, language) for language in LANGUAGES
                }
    if not numbers:
        table.write(counts)


if __name__ == "__main__":
    asyncio.run(main({int(number) for number in sys.argv[1:]}))
