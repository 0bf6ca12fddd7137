"""A phone in the browser that counts what its owner does and has to read."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Locator, Page, expect

from handlers.i18n.translations import translator
from tests.support.journeys.town import Town

LANGUAGES = {"zh": "zh_Hans", "en": "en"}
RIDER, SECOND_RIDER, COORDINATOR, COUNSEL, ADMIN = "小李", "小王", "周协调", "陈律师", "赵主管"
_SEEN = (Path(__file__).parent / "seen.js").read_text("utf-8")
_QUIET, _PATIENCE = 0.6, 30.0
"""Seconds without news after which the bot has said everything, and for what should come."""


@dataclass(slots=True)
class Count:
    """`taps` are presses of buttons, keys, menu entries and of "send" in a dialog; `messages` what was written or
    attached; `characters` see `Phone.first_answer`.
    """

    taps: int = 0
    messages: int = 0
    characters: int | None = None


class Phone:
    """One phone that people hand round: `takes` makes it somebody's. Only what is done outside of `aside` counts."""

    def __init__(self, page: Page, town: Town, language: str, pictures: Path | None) -> None:
        self.page, self.town, self.language = page, town, language
        self.log = page.locator("#log")
        self.count = Count()
        self._translate = translator(LANGUAGES[language])
        self._pictures, self._taken, self._is_aside = pictures, 0, False

    # What is counted

    @contextlib.contextmanager
    def aside(self) -> Iterator[None]:
        """What is done here prepares the journey, or is done by others."""
        before, self._is_aside = self._is_aside, True
        yield
        self._is_aside = before

    @contextlib.asynccontextmanager
    async def first_answer(self) -> AsyncIterator[None]:
        """Counts the characters of everything that the bot says in answer to what is done here."""
        before = await self._seen()
        yield
        self.count.characters = sum(len(text) for text in _new(before, await self._seen()))

    def _tapped(self, times: int = 1) -> None:
        self.count.taps += 0 if self._is_aside else times

    def _sent(self) -> None:
        self.count.messages += 0 if self._is_aside else 1

    # What is done

    async def starts(self) -> None:
        """The button of an empty chat."""
        await self.log.locator(".empty button").click()
        self._tapped()
        await self._settle()

    async def writes(self, text: str) -> None:
        await self.page.locator("#text").fill(text)
        await self.page.keyboard.press("Enter")
        self._sent()
        await self._settle()

    async def presses(self, label: str) -> None:
        """The newest button with this label, given as in the code."""
        await self._press(self._button(re.compile(f"^{self._pattern(label)}$")))

    async def picks(self, beginning: str) -> None:
        """The newest button whose label begins so, in any language: with its sign, or a name."""
        await self._press(self._button(re.compile(f"^{re.escape(beginning)}")))

    async def presses_key(self, label: str) -> None:
        """Of the keyboard below the chat; the settling is left to whoever expects something of it."""
        await self.page.locator("#keyboard button", has_text=re.compile(self._pattern(label))).first.click()
        self._tapped()
        await self._settle()

    async def sends_place(self, *, live: bool = False) -> None:
        """In the dialog that a key has opened; the place is the map's."""
        if live:
            await self.page.locator("#live").check()
            self._tapped()
        await self.page.locator("#placeSend").click()
        self._tapped()
        await self._settle()

    async def attaches(self, kind: str, file: Path) -> None:
        """A file by the menu of attachments: "photo", "document" or "voice"."""
        await self.page.locator("#attach").click()
        async with self.page.expect_file_chooser() as choosing:
            await self.page.locator(
                "#menu button", has_text={"photo": "🖼", "document": "📄", "voice": "🎙"}[kind]
            ).click()
        await (await choosing.value).set_files(file)
        self._sent()
        await self._settle()

    async def picks_people(self, *names: str) -> None:
        """In the dialog that a key has opened."""
        for name in names:
            await self.page.locator("#pick").get_by_label(name).check()
        await self.page.locator("#pick button[value=ok]").click()
        self._tapped(len(names) + 1)
        await self._settle()

    # What is not counted

    async def is_taken_by(self, name: str) -> None:
        button = self.page.locator("#people button", has_text=name)
        await button.click()
        await expect(button).to_have_attribute("aria-current", "true")
        await self._settle()

    async def opens_chat(self, title: str) -> None:
        await self.page.locator("#chats button", has_text=title).click()
        await self._settle()

    async def waits_until(self, hours: float) -> None:
        """The clock is moved on, and something is sent because of it."""
        before = await self._seen()
        self.town.pass_time(timedelta(hours=hours))
        async with asyncio.timeout(_PATIENCE):
            while await self._seen() == before:  # noqa: ASYNC110 (the page tells nobody)
                await asyncio.sleep(0.1)
        await self._settle()

    async def hears(self, words: str) -> None:
        """Words of the code, or in any language."""
        await expect(self.log.get_by_text(re.compile(self._pattern(words))).last).to_be_visible(timeout=_PATIENCE * 1e3)

    async def picture(self, name: str) -> None:
        if self._pictures is not None:
            self._taken += 1
            await self.page.screenshot(path=self._pictures / f"{name}-{self.language}-{self._taken:02}.png")

    # How

    def _pattern(self, label: str) -> str:
        """A regular expression for it in the phone's language, whatever fills its blanks."""
        return ".*".join(re.escape(part) for part in re.split(r" ?\{\w+\}", self._translate(label)))

    def _button(self, label: re.Pattern[str]) -> Locator:
        return self.log.locator(".inline button", has_text=label).last

    async def _press(self, button: Locator) -> None:
        await button.click(timeout=_PATIENCE * 1e3)
        self._tapped()
        await self._settle()

    async def _seen(self) -> dict[str, str]:
        seen: dict[str, str] = await self.page.evaluate(_SEEN)
        return seen

    async def _settle(self) -> None:
        """Until the bot has had every update, and nothing new has been shown for a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + _PATIENCE
        shown, since = await self._seen(), loop.time()
        while loop.time() < end and (self.town.world.waiting or loop.time() - since < _QUIET):
            await asyncio.sleep(0.1)
            now = await self._seen()
            if now != shown:
                shown, since = now, loop.time()


def _new(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """Messages that have come or have been edited."""
    return [text for number, text in after.items() if before.get(number) != text]
