"""People at a desk, to be played by the tests of cases: riders with their form, counsel with their queue."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.sandbox.params import Json, Upload
from handlers.i18n.translations import translator
from storage.cases.files import evidence
from storage.cases.ids import EvidenceId
from storage.people import people
from storage.telegram_ids import PersonId
from tests.support.applications import picture
from tests.support.simulator import NOON, Rider, Town
from tests.support.words.cases import (
    AGREE_AT_DESK,
    ASKED_FOR_EVIDENCE,
    ASKED_WHAT_ABOUT,
    ASKED_WHEN,
    ASKED_WHERE,
    ASKED_WHICH_PLATFORM,
)
from tests.support.words.forms import CONSENT_PAGE, NO_MORE, RECEIVED_SO_FAR, REVIEW_PAGE, SEND

STORY = "The platform has paid nothing since September"


class AtDesk:
    """Somebody with the words of their language at hand."""

    def __init__(self, town: Town, rider: Rider, language: str) -> None:
        self.town, self.rider, self.language = town, rider, language
        self._ = translator(language)
        self.seen = 0

    async def hears(self, message: str, **blanks: object) -> Json:
        """The next message with this text, up to its first blank or line end."""
        wanted = self._(message)
        return await self.rider.hears_of(wanted.format(**blanks) if blanks else wanted.split("\n")[0].split("{")[0])

    async def changes(self, title: str) -> None:
        await self.rider.changes(self._(title))

    async def presses(self, label: str) -> None:
        await self.rider.presses(self._(label))

    async def says(self, text: str, **more: Any) -> Json:
        return await self.rider.sends(text=text, **more)

    async def sends_photo(self, colour: int = 0, **more: Any) -> Json:
        upload = Upload(f"photo{colour}.png", picture() + bytes([colour]))
        return await self.rider.sends(photo=self.town.world.files.photo(upload), **more)

    async def sends_voice(self) -> Json:
        return await self.rider.sends(voice=self.town.world.files.voice(Upload("v.ogg", b"OggS voice")))

    async def sends_document(self, name: str = "payslip.pdf", content: bytes = b"%PDF-1.7") -> Json:
        return await self.rider.sends(document=self.town.world.files.document(Upload(name, content)))

    async def is_asked(self, words: str) -> Json:
        """The next question, by words that stand in it in this person's language."""
        return await self.rider.hears_of(words)

    async def replies(self, to: Json, text: str) -> Json:
        replied = {name: value for name, value in to.items() if name not in ("reply_to_message", "edited")}
        return await self.rider.sends(text=text, reply_to_message=replied)


async def at_desk(town: Town, person_id: int, language: str = "en") -> AtDesk:
    """Has pressed Start, and is written to in this language."""
    rider = town.rider(person_id, "en" if language == "en" else "zh-hans")
    rider.person.started = True
    async with town.database.writing() as session:
        await people.seen_all(session, {PersonId(person_id): language}, NOON)
    return AtDesk(town, rider, language)


async def brings_pay(rider: AtDesk, day: str = "2025-12-30", name: str = "李雷", *, evidence: bool = True) -> str:
    """Fills in the form of /legal about unpaid pay, in its language; returns the case's number."""
    zh = rider.language != "en"
    await rider.says("/legal")
    before = await rider.is_asked("填写前请看" if zh else CONSENT_PAGE)
    assert "12348" in before["text"] and "Telegram" in before["text"]
    await rider.presses(AGREE_AT_DESK)
    await rider.is_asked("是什么事" if zh else ASKED_WHAT_ABOUT)
    await rider.rider.presses("欠薪" if zh else "Unpaid")
    await rider.is_asked("哪个平台" if zh else ASKED_WHICH_PLATFORM)
    await rider.rider.presses("美团")
    await rider.is_asked("哪天" if zh else ASKED_WHEN)
    await rider.says(day)
    await rider.is_asked("经过" if zh else "own words")
    await rider.says(STORY)
    await rider.hears(REVIEW_PAGE)
    await rider.sends_voice()
    await rider.hears(REVIEW_PAGE)
    if name:
        await rider.rider.changes("称呼" if zh else "Name")
        await rider.is_asked("怎么称呼" if zh else "What should the lawyer call you?")
        await rider.says(name)
        await rider.hears(REVIEW_PAGE)
    await rider.rider.changes("地点" if zh else "Where")
    await rider.is_asked("在哪里" if zh else ASKED_WHERE)
    await rider.says("Dezhou")
    if evidence:
        await rider.hears(REVIEW_PAGE)
        await rider.rider.changes("证据" if zh else "Evidence")
        await rider.is_asked("有证据吗" if zh else ASKED_FOR_EVIDENCE)
        for colour in (1, 2):
            await rider.sends_photo(colour, media_group_id="album")
        await rider.hears(RECEIVED_SO_FAR, n=1)
        await rider.sends_document()
        await rider.presses(NO_MORE)
    await rider.hears(REVIEW_PAGE)
    await rider.rider.changes("希望" if zh else "Your goal")
    await rider.is_asked("什么结果" if zh else "What do you hope for?")
    await rider.says("The pay")
    review = await rider.hears(REVIEW_PAGE)
    assert "Dezhou" in review["text"] and STORY in review["text"]
    await rider.presses(SEND)
    opened = await rider.is_asked("L-2026-")
    found = re.search(r"L-2026-\d{6}", opened["text"])
    assert found is not None
    return found[0]


async def keep_evidence(session: AsyncSession, evidence_id: EvidenceId, content: bytes) -> None:
    """As the leader does with what it has fetched."""
    storing = await evidence.begin_storing(session, evidence_id)
    assert storing is not None
    for at in range(0, len(content), evidence.PIECE):
        assert await evidence.store_piece(session, storing, content[at : at + evidence.PIECE]) is storing
    await evidence.end_storing(session, storing, NOON)
