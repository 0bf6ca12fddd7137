"""The desks: a whole case in both languages, and what may go wrong in one."""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
import io
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.background.case_forum import AT_ONCE, FIRST_REST, CaseForum
from bot.sandbox.files import STICKER
from bot.sandbox.params import Json
from bot.sandbox.server import Fault
from handlers.cases import presses as cases_presses
from handlers.i18n.translations import plural_in
from storage import audit
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases import statistics as case_statistics
from storage.cases.audited import CaseAction
from storage.cases.files import evidence
from storage.cases.files.evidence import Evidence
from storage.cases.messages import Edit
from storage.cases.table import Case, CaseContent, CaseState, Side
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Outcome
from storage.deliveries.table import Delivery, State
from storage.encryption import CannotDecrypt
from storage.operations.organisation import CurrentSettings
from storage.people import roles
from storage.privacy import consents
from storage.telegram_ids import PersonId
from tests.support.case_scripts import STORY, AtDesk, at_desk, brings_pay
from tests.support.cases import all_fetched, case_of, in_hand, takes
from tests.support.languages import LANGUAGES
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL, Town
from tests.support.words.cases import (
    AGREE_AT_DESK,
    ASKED_WHAT_ABOUT,
    ASKED_WHEN,
    ASKED_WHICH_PLATFORM,
    ASKED_WHY_TO_READ,
    BUNDLE,
    DESKS_PAGE,
    ENTERED,
    IN_CONVERSATION,
    NO_SUCH_CASE,
    TAKE,
    WRITE_IN_CASE,
)
from tests.support.words.chat import ANSWER, HELP_PAGE, NOT_UNDERSTOOD, STAFF_ONLY
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE, SEND
from tests.support.words.privacy import STORED_PAGE

WHO = (
    "To whom? Share their contact, forward one of their messages, or write their Telegram id or @name; or press a "
    "button."
)
CLOSED = "{number} is closed: {outcome}. You can reopen it for {n} days. How did it go? 1 is bad, 5 is very good."


@LANGUAGES
async def test_a_case_is_brought_queued_and_taken_with_all_that_was_told(town: Town, language: str) -> None:
    rider, counsel = await at_desk(town, 400, language), await at_desk(town, COUNSEL, language)
    second = await at_desk(town, SECOND_COUNSEL, language)
    number = await brings_pay(rider)
    assert number == "L-2026-000001"
    opened = rider.rider.heard[-1]["text"]
    assert "2026" in opened and plural_in(rider.language, "{n} day left", "{n} days left", 36).format(n=36) in opened, (
        "the time limit, with what is left"
    )
    await rider.presses("⏰ Remind me of the deadlines")
    await rider.hears("I'll remind you on {days}.")

    await second.says("/cases")
    await second.rider.hears_of(DESKS_PAGE)
    await second.rider.presses("⚖️")
    queue = await second.rider.hears_of(number)
    assert "李雷" not in queue["text"] and STORY not in queue["text"], "the queue has no names and no stories"

    page = (await takes(counsel, number))["text"]
    assert "李雷" in page and "Dezhou" in page and "The pay" in page
    copies = [await counsel.rider.hears_of(number) for _ in range(6)]
    kinds = [next((kind for kind in ("voice", "photo", "document", "text") if kind in copy), "") for copy in copies]
    assert kinds == ["text", "text", "voice", "photo", "photo", "document"], "then all that was told, in order"
    assert all(copy.get("has_protected_content") for copy in copies[1:])
    assert STORY in copies[1]["text"] and "李雷" in copies[1]["text"]


async def test_both_sides_write_and_reply_and_neither_sees_an_account(town: Town) -> None:
    rider, counsel = await at_desk(town, 400), await at_desk(town, COUNSEL)
    row = await in_hand(town, rider, counsel)
    asked = await counsel.says("Do you have a payslip?")
    heard = await rider.rider.hears_of("Do you have a payslip?")
    assert row.number in heard["text"] and str(COUNSEL) not in str({**heard, "chat": 0, "from": 0})
    await rider.replies(heard, "Yes, for August")
    answer = await counsel.rider.hears_of("Yes, for August")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"] and "400" not in str(answer["text"])

    # An edit changes the copy, and what stood there before is kept.
    said = await rider.says("I lost 3,000 yuan")
    await counsel.rider.hears_of("I lost 3,000 yuan")
    await rider.rider.edits(said, "I lost 13,000 yuan")
    changed = await counsel.rider.hears_of("I lost 13,000 yuan")
    assert changed["edited"]
    async with town.database.reading() as session:
        (kept,) = await case_messages.of_source(session, PersonId(400), said["message_id"])
        assert case_messages.said_in(session, kept).was == [Edit(town.now, "I lost 3,000 yuan")]


async def test_a_reply_that_comes_before_its_copy_is_written_down_keeps_its_link(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    rider, counsel = await at_desk(town, 400), await at_desk(town, COUNSEL)
    await in_hand(town, rider, counsel)
    settle = delivery_queue.settle

    async def settled_late(session: AsyncSession, outcomes: Sequence[Outcome], now: datetime) -> None:
        await asyncio.sleep(0.3)
        await settle(session, outcomes, now)

    monkeypatch.setattr(delivery_queue, "settle", settled_late)
    asked = await counsel.says("Do you have a payslip?")
    heard = await rider.rider.hears_of("Do you have a payslip?")
    await rider.replies(heard, "Yes, for August")
    answer = await counsel.rider.hears_of("Yes, for August")
    assert answer["reply_to_message"]["message_id"] == asked["message_id"]


async def hands_over(counsel: AtDesk, number: str, note: str) -> None:
    """From the list of their cases, to the second counsel."""
    await counsel.says("/cases")
    await counsel.rider.hears_of(DESKS_PAGE)
    mine = counsel._("Assigned to me: {n}").format(n=1)
    await counsel.rider.presses(mine)
    await counsel.rider.hears_of(mine)
    await counsel.rider.presses(number)
    await counsel.rider.hears_of("The pay")
    await counsel.presses("➡ Hand over")
    await counsel.hears(WHO)
    await counsel.says(str(SECOND_COUNSEL))
    await counsel.hears("What does the next person need to know? The rider won't see it.")
    await counsel.says(note)
    await counsel.hears(REVIEW_PAGE)
    await counsel.presses(SEND)
    await counsel.hears("{number} has been handed over.", number=number)


@LANGUAGES
async def test_a_case_is_handed_over_with_a_note_that_the_rider_never_sees(town: Town, language: str) -> None:
    rider, counsel = await at_desk(town, 400, language), await at_desk(town, COUNSEL, language)
    second = await at_desk(town, SECOND_COUNSEL, language)
    number = (await in_hand(town, rider, counsel)).number
    await hands_over(counsel, number, "Ask for the contract")
    await second.rider.hears_of(STORY)
    await second.rider.hears_of("Ask for the contract")
    given = second._("➡ {number} is now assigned to you.").format(number=number)
    await second.rider.until(lambda: any(one.get("text") == given for one in second.rider.heard))
    await counsel.says("Am I still in it?")
    await counsel.hears(NOT_UNDERSTOOD)
    assert "Ask for the contract" not in str(rider.rider.heard)

    await second.rider.presses(number)
    await second.rider.hears_of(number)
    await second.says("You can claim it")
    await rider.rider.hears_of("You can claim it")
    async with town.database.reading() as session:
        entries = await audit.newest(session)
    assert [entry.act for entry in entries] == [CaseAction.CASE_ASSIGNED, CaseAction.CASE_CLAIMED]
    assert "李雷" not in str(entries)


@LANGUAGES
async def test_a_case_is_closed_rated_and_reopened(town: Town, language: str) -> None:
    rider, counsel = await at_desk(town, 400, language), await at_desk(town, COUNSEL, language)
    row = await in_hand(town, rider, counsel)
    number = row.number
    await rider.presses(WRITE_IN_CASE)
    await rider.hears(ENTERED)
    await rider.rider.until(lambda: number in str(town.world.chats[400].keyboard))
    await counsel.says("You can claim it")
    await rider.rider.hears_of("You can claim it")
    await counsel.rider.forges(cases_presses.ASK_OUTCOME.data(row.id))
    await counsel.hears(
        "How did {number} end? The rider will read this and can reopen the case for {n} days.", number=number, n=30
    )
    await counsel.presses("resolved")
    await rider.hears(CLOSED, number=number, outcome=rider._("resolved"), n=30)
    await rider.rider.until(lambda: number not in str(town.world.chats[400].keyboard))  # nobody writes in it any more
    await rider.rider.presses("⭐5")
    await rider.hears("Thank you. {number}: {stars} of 5.", number=number, stars=5)
    await rider.presses("↺ Reopen")
    await rider.hears(ENTERED)
    await counsel.hears("↺ The rider has reopened {number}. It is assigned to you.", number=number)
    async with town.database.reading() as session:
        acts = [entry.act for entry in await audit.newest(session)]
        assert acts == [CaseAction.CASE_CLOSED, CaseAction.CASE_CLAIMED]
        row_now = await case_access.find(session, row.id)
        assert row_now is not None and row_now.state == CaseState.OURS and row_now.first_answer_at is not None


async def test_evidence_is_fetched_sealed_and_bundled(town: Town) -> None:
    rider, counsel = await at_desk(town, 401), await at_desk(town, COUNSEL)
    number = await brings_pay(rider)
    row = await case_of(town, number)
    await town.until_true(lambda: all_fetched(town))
    await rider.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    sent = await rider.hears(BUNDLE, number=number)
    upload = town.world.files.get(sent["document"]["file_id"])
    assert upload is not None and upload.name == f"{number}.zip"
    archive = zipfile.ZipFile(io.BytesIO(upload.content))
    lines = [line.split("  ") for line in archive.read("SHA256SUMS").decode().splitlines()]
    sums = {name: digest for digest, name in lines}
    assert len(sums) == 4, "a voice message, two pictures, a document"
    for name, digest in sums.items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == digest
    assert any(name.endswith("payslip.pdf") and archive.read(name) == b"%PDF-1.7" for name in sums)
    page = archive.read("index.html").decode()
    assert number in page and all(digest in page for digest in sums.values())
    assert "payslip.pdf" in archive.read("index.csv").decode()

    await counsel.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await counsel.rider.until(lambda: any(NO_SUCH_CASE in one["text"] for one in counsel.rider.answers))
    await takes(counsel, number)
    await counsel.rider.forges(cases_presses.SEND_BUNDLE.data(row.id))
    await counsel.hears(BUNDLE, number=number)
    async with town.database.reading() as session:
        assert (await audit.newest(session))[0].act == CaseAction.CASE_BUNDLE


async def test_a_file_that_is_too_large_is_refused_with_a_clear_word(town: Town) -> None:
    rider = await at_desk(town, 402)
    number = await brings_pay(rider, evidence=False)
    await rider.presses(WRITE_IN_CASE)
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.rider.sends(document={"file_id": "x", "file_unique_id": "x", "file_size": 21 << 20})
    await rider.rider.hears_of("20 MB at most")
    await rider.rider.sends(sticker=STICKER)
    await rider.rider.hears_of("I can't forward this")
    async with town.database.reading() as session:
        row = await case_of(town, number)
        assert len(await case_messages.talk_of(session, row.id)) == 2


async def test_a_conflict_of_interest_hides_the_case(town: Town) -> None:
    rider, counsel, second = await at_desk(town, 403), await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    row = await in_hand(town, rider, counsel)
    number = row.number
    await second.rider.hears_of(number)
    await counsel.presses("⚠ Conflict")
    await counsel.rider.hears_of("Do you know the rider")
    await counsel.presses("⚠ Yes, I shouldn't handle it")
    await counsel.rider.hears_of("is now hidden from you")
    await second.rider.hears_of(number)
    await counsel.says("/cases")
    await counsel.rider.hears_of("Legal consultation: 0 ")
    for data in (f"caseclaim:{row.id}", f"casedo:{row.id}", f"casewrite:{row.id}", f"casereplay:{row.id}"):
        before = len(counsel.rider.answers)
        await counsel.rider.forges(data)
        await counsel.rider.until(lambda before=before: len(counsel.rider.answers) > before)
        assert NO_SUCH_CASE in counsel.rider.answers[-1]["text"], data
    await counsel.presses("🔎 Find by number")
    await counsel.rider.hears_of("Which case number?")
    await counsel.says(number)
    await counsel.rider.hears_of(NO_SUCH_CASE)


class TwoCases(NamedTuple):
    """Of one rider, each with its counsel."""

    rider: AtDesk
    counsel: AtDesk
    second: AtDesk
    one: Case
    other: Case
    page_of_other: Json


async def two_cases(town: Town) -> TwoCases:
    rider, counsel, second = await at_desk(town, 404), await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    one = await in_hand(town, rider, counsel)
    await counsel.rider.hears_of(STORY)
    second_number = await brings_pay(rider, evidence=False, name="")
    await second.rider.hears_of(one.number)
    page = await takes(second, second_number)
    return TwoCases(rider, counsel, second, one, await case_of(town, second_number), page)


@pytest.mark.both_databases
async def test_a_message_that_was_meant_for_another_case_is_moved(town: Town) -> None:
    rider, counsel, second, one, other, page = await two_cases(town)
    assert "not given" in page["text"] and "李雷" not in str(page)
    await rider.rider.forges(cases_presses.ENTER.data(one.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    wrong = await rider.says("This is about the contract")
    acknowledged = await rider.rider.hears_of(f"✓ {one.number}")
    assert "another case" in str(acknowledged["reply_markup"])
    copy = await counsel.rider.hears_of("This is about the contract")
    await rider.presses("↪ Meant for another case")
    await rider.rider.hears_of("To which case?")
    await rider.rider.presses(other.number)
    await rider.rider.hears_of(f"Moved from {one.number} to {other.number}")
    await rider.rider.hears_of(f"You are now writing in {other.number}")
    assert other.number in str(town.world.chats[404].keyboard), "the keyboard says where one writes now"
    await rider.says("/help")
    await rider.rider.hears_of(HELP_PAGE)
    assert other.number in str(town.world.chats[404].keyboard), "and goes on saying it after something else"
    moved = await second.rider.hears_of("This is about the contract")
    assert other.number in moved["text"]
    await town.until(lambda: copy["message_id"] not in town.world.chats[COUNSEL].messages)
    async with town.database.reading() as session:
        (kept,) = await case_messages.of_source(session, PersonId(404), wrong["message_id"])
        assert kept.case_id == other.id


async def test_a_reply_goes_to_the_case_of_what_it_answers(town: Town) -> None:
    rider, counsel, _, one, other, _ = await two_cases(town)
    await rider.rider.forges(cases_presses.ENTER.data(other.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.says(f"💬 {other.number}")  # the keyboard's first button
    await rider.rider.hears_of("Which case do you want to write in?")
    await counsel.says("What was your rate?")
    asked = await rider.rider.hears_of("What was your rate?")
    await rider.replies(asked, "Six yuan")
    assert one.number in (await counsel.rider.hears_of("Six yuan"))["text"]

    # A crash may have kept a copy from being written down: then its first line says which case it is of.
    await rider.rider.forges(cases_presses.ENTER.data(other.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.replies({**asked, "message_id": 99_999}, "Since March")
    assert one.number in (await counsel.rider.hears_of("Since March"))["text"]
    await rider.says("/cancel")
    await rider.rider.hears_of("You are still writing in")
    await rider.says("🚪 Leave conversation")
    await rider.rider.hears_of("You have left the conversation")
    await rider.says("hello")
    await rider.rider.hears_of(NOT_UNDERSTOOD)


@pytest.mark.both_databases
async def test_a_rider_who_blocks_the_bot_gets_it_all_when_they_are_back(town: Town) -> None:
    rider, counsel = await at_desk(town, 405), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    await takes(counsel, number)
    await counsel.rider.hears_of(STORY)
    await town.world.blocks(rider.rider.person)
    await town.until_idle()
    for words in ("First", "Second", "Third"):
        await counsel.says(words)
    await town.until_true(lambda: _cannot_be_reached(town, 405))
    await town.tick("cases")
    await counsel.rider.hears_of("can't be reached")
    before = len(rider.rider.heard)
    await rider.says("/help")
    await rider.rider.hears_of(HELP_PAGE)
    await town.tick("cases")
    await counsel.rider.hears_of("can be reached again")
    await rider.rider.hears_of("Third")
    told = [one["text"].split("\n")[-1] for one in rider.rider.heard[before:] if number in one.get("text", "")]
    assert told == ["First", "Second", "Third"]


async def _cannot_be_reached(town: Town, person_id: int) -> bool:
    async with town.database.reading() as session:
        rows = await session.scalars(
            select(Delivery.id).where(Delivery.recipient == person_id, Delivery.state == State.UNREACHABLE)
        )
        return len(rows.all()) == 3


async def test_the_cases_of_a_handler_who_left_wait_again(town: Town) -> None:
    rider, left = await at_desk(town, 406), await at_desk(town, 412)
    counsel = await at_desk(town, COUNSEL)
    async with town.database.writing() as session:
        await roles.grant(session, PersonId(412), "counsel", ADMIN, NOON)
    number = await brings_pay(rider, evidence=False)
    row = await case_of(town, number)
    await takes(left, number)
    await left.rider.hears_of(STORY)
    async with town.database.writing() as session:
        await roles.take(session, PersonId(412), "counsel")
    await rider.rider.forges(cases_presses.ENTER.data(row.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.says("Is anybody there?")
    await left.says("I still write")
    await left.rider.hears_of("no longer yours")
    await left.rider.forges(cases_presses.SHOW.data(row.id))
    await left.rider.until(lambda: any(STAFF_ONLY in one["text"] for one in left.rider.answers))
    await town.tick("cases")
    await counsel.rider.hears_of("back in the queue")
    await counsel.rider.forges(cases_presses.CLAIM.data(row.id))
    await counsel.rider.hears_of("Is anybody there?")


async def test_a_case_is_taken_from_the_queue(town: Town) -> None:
    rider, counsel = await at_desk(town, 430), await at_desk(town, COUNSEL)
    admin = await at_desk(town, ADMIN)
    number = await brings_pay(rider, evidence=False)
    await counsel.rider.hears_of(number)
    for one, label in ((admin, number), (counsel, f"▶ {number}")):
        await one.says("/cases")
        await one.rider.hears_of(DESKS_PAGE)
        await one.rider.presses("⚖️")
        await one.rider.hears_of(number)
        await one.rider.presses(label)
    await admin.rider.hears_of(ASKED_WHY_TO_READ)
    await counsel.rider.hears_of("The pay")
    assert (await case_of(town, number)).assigned_to == COUNSEL


async def test_a_late_first_answer_is_told_to_one_after_the_other(town: Town) -> None:
    rider, counsel, second = await at_desk(town, 407), await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    coordinator, admin = await at_desk(town, COORDINATOR), await at_desk(town, ADMIN)
    number = await brings_pay(rider, evidence=False)
    for hours, told in ((23, []), (25, [counsel, second]), (49, [coordinator]), (73, [admin])):
        town.now = NOON + timedelta(hours=hours)
        before = [len(one.rider.heard) for one in (counsel, second, coordinator, admin)]
        await town.tick("cases")
        town.deliver()
        for one in told:
            late = await one.rider.hears_of("has had no answer")
            assert number in late["text"] and ("reply_markup" in late) is (one is not coordinator)
        everybody = (counsel, second, coordinator, admin)
        heard = [
            one
            for one, count in zip(everybody, before, strict=True)
            if any("no answer" in said.get("text", "") for said in one.rider.heard[count:])
        ]
        assert heard == told
        await town.until_true(lambda: _all_settled(town))
    town.now = NOON + timedelta(days=30)
    await town.tick("cases")
    row = await case_of(town, number)
    assert row.next_escalation_at is None and row.escalation_level == 3


async def _all_settled(town: Town) -> bool:
    """Nothing is on its way whose lease would lapse when the clock is set forward."""
    async with town.database.reading() as session:
        return await session.scalar(select(Delivery.id).where(Delivery.state == State.CLAIMED).limit(1)) is None


async def test_a_form_is_put_aside_and_gone_on_with(town: Town) -> None:
    rider = await at_desk(town, 408)
    await rider.says("/legal")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Ban")
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.presses("💾 Save for later")
    await rider.rider.hears_of("Saved for 30 days")
    town.now += timedelta(days=29)
    await rider.says("/legal")
    again = await rider.rider.hears_of("Your saved form is still here")
    assert CONSENT_PAGE in again["text"], "what was agreed to is folded below"
    assert "Continue" in again["reply_markup"]["inline_keyboard"][0][0]["text"]
    await rider.presses("💾 Continue my saved form")
    await rider.presses("💾 Continue my saved form")  # a quick second tap starts nothing new
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("No platform")
    await rider.rider.hears_of(ASKED_WHEN)
    await rider.says("2099-01-01")
    await rider.rider.hears_of("is in the future")
    await rider.rider.presses("Not sure")
    await rider.rider.hears_of("Tell us in your own words")


@pytest.mark.parametrize(
    ("command", "chinese", "english"),
    [
        ("legal", "只为帮您办这件事", "to help you with this matter"),
        ("care", "只为听您说、帮助您", "to listen to you and to help you"),
        ("aid", "只为核对和办理您的帮扶申请", "to check and handle your application for aid"),
        ("suggestion", "汇总大家的意见，用于和平台协商", "for negotiations with the platforms"),
    ],
)
async def test_each_desk_asks_for_consent_to_its_own_purpose(
    town: Town, command: str, chinese: str, english: str
) -> None:
    """Suggestions are collected for negotiations, whatever is said about cases that are only to help somebody."""
    for person, language, purpose in ((420, "zh_Hans", f"用途：{chinese}。"), (421, "en", f"{english}.")):
        rider = await at_desk(town, person, language)
        await rider.says(f"/{command}")
        assert purpose in (await rider.rider.hears())["text"]


async def test_whoever_does_not_agree_is_told_whom_that_desk_would_call(town: Town) -> None:
    """Care is 12356 and not the union's hotline, which nobody answers at night."""
    for person, command, numbers in ((430, "care", ["12356"]), (431, "legal", ["12348", "12351"])):
        rider = (await at_desk(town, person, "zh_Hans")).rider
        await rider.says(f"/{command}")
        await rider.hears()
        await rider.presses("不同意")
        said = await rider.hears()
        assert f"☎️ {' / '.join(numbers)}。" in said["text"]
        copied = [button["copy_text"]["text"] for row in said["reply_markup"]["inline_keyboard"] for button in row]
        assert copied == numbers


async def test_an_anonymous_suggestion_is_nobodys(town: Town) -> None:
    rider = await at_desk(town, 410)
    await rider.says("/suggestion")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses("🙈 I agree, anonymously: no reply")
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Gates")
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("美团")
    await rider.rider.hears_of("Write it down")
    await rider.says("Let us in at the gate")
    await rider.rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    assert "S-2026-000001" in (await rider.rider.hears_of("Nobody will know it was you"))["text"]
    await town.until_idle()
    row = await case_of(town, "S-2026-000001")
    async with town.database.reading() as session:
        assert row.person_id is None and await case_access.cases_of(session, PersonId(410)) == []
        (said,) = await case_messages.talk_of(session, row.id)
        assert said.author is None and said.source_message is None
        assert await consents.copy_of(session, PersonId(410)) == []


async def test_colleagues_are_asked_without_seeing_the_case(town: Town) -> None:
    rider, counsel, second = await at_desk(town, 411), await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    row = await in_hand(town, rider, counsel)
    number = row.number
    await second.rider.hears_of(number)
    await counsel.presses("👥 Ask colleagues")
    await counsel.rider.hears_of("What do you want to ask your colleagues?")
    await counsel.says("Is a screenshot enough?")
    await counsel.rider.hears_of("1 colleague is asked")
    asked = await second.rider.hears_of("Is a screenshot enough?")
    assert number not in asked["text"]
    await second.presses(ANSWER)
    await second.rider.hears_of("What is your answer to your colleague?")
    await second.says("With a date on it, yes")
    await second.rider.hears_of("Thank you")
    await counsel.rider.hears_of("With a date on it, yes")
    await counsel.rider.forges(cases_presses.BEGIN_NOTE.data(row.id))
    await counsel.rider.hears_of("What do you want to note?")
    await counsel.says("Call the platform")
    await counsel.rider.hears_of("Noted")
    async with town.database.reading() as session:
        notes = [
            case_messages.said_in(session, one).text
            for one in await case_messages.talk_of(session, row.id, notes=True)
            if one.side == Side.NOTE
        ]
    assert notes == ["👥 Is a screenshot enough?", "💡 With a date on it, yes", "Call the platform"]
    heard = str(rider.rider.heard)
    assert not any(note in heard for note in notes)


async def test_a_ready_answer_is_asked_blank_by_blank_and_shown_before_it_goes(town: Town) -> None:
    rider, counsel = await at_desk(town, 413, "zh_Hans"), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    await takes(counsel, number)
    await counsel.presses("📋 Ready answers")
    await counsel.rider.hears_of("Which one?")
    await counsel.rider.presses("约时间")
    assert "请带上{材料}" in (await counsel.rider.hears_of("Please fill in: 时间"))["text"], "in the rider's language"
    await counsel.says("周五下午三点，{地点}")
    await counsel.rider.hears_of("Please fill in: 地点")
    await counsel.says("东风路驿站")
    assert "周五下午三点，{地点}到东风路驿站" in (await counsel.rider.hears_of("Please fill in: 材料"))["text"]
    await counsel.says("工资条")
    await counsel.rider.hears_of("周五下午三点，{地点}到东风路驿站面谈，请带上工资条。")
    await counsel.rider.changes("材料")
    await counsel.rider.hears_of("Please fill in: 材料")
    assert not any("面谈" in str(one) for one in rider.rider.heard), "nothing has gone yet"
    await counsel.says("身份证")
    await counsel.rider.hears_of("请带上身份证。")
    await counsel.presses(SEND)
    await rider.rider.hears_of("到东风路驿站面谈，请带上身份证。")


async def test_an_admin_reads_a_case_only_for_a_reason(town: Town) -> None:
    rider, admin = await at_desk(town, 414), await at_desk(town, ADMIN)
    counsel = await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    row = await case_of(town, number)
    await admin.says("/cases")
    await admin.rider.hears_of("Cases")
    await admin.presses("🔎 Find by number")
    await admin.rider.hears_of("Which case number?")
    await admin.says(number.lower())
    found = await admin.rider.hears_of(number)
    assert STORY not in found["text"] and "李雷" not in found["text"]
    await admin.presses("👁 Read, giving a reason")
    await admin.rider.hears_of(ASKED_WHY_TO_READ)
    await admin.says("x")
    await admin.rider.hears_of("10 to 300 characters")
    await admin.says("A complaint about the handler")
    assert (await admin.rider.hears_of(STORY)).get("has_protected_content")
    async with town.database.reading() as session:
        entry = (await audit.newest(session))[0]
        assert (entry.act, entry.actor, entry.subject) == (CaseAction.CASE_READ, ADMIN, 414)
        assert "A complaint about the handler" in entry.about
    await admin.rider.forges(cases_presses.BEGIN_GIVING.data(row.id))
    await admin.rider.hears_of("To whom?")
    await admin.says(str(ADMIN))
    await admin.rider.hears_of("can't hand this case to them")
    town.now += timedelta(seconds=5)  # it is no double tap
    await admin.rider.forges(cases_presses.BEGIN_GIVING.data(row.id))
    await admin.rider.hears_of("To whom?")
    await admin.says(str(COUNSEL))
    await admin.rider.hears_of("has been handed over")
    await counsel.rider.hears_of("is now assigned to you")


async def test_the_forum_of_a_desk_is_its_inbox(town: Town) -> None:
    forum = town.world.add_forum(-1001, "Legal", [COUNSEL])
    desk = town.context.settings.desks["legal"]
    change_settings(town.app, desks={**town.context.settings.desks, "legal": dataclasses.replace(desk, forum=-1001)})
    rider, counsel = await at_desk(town, 415), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    row = await case_of(town, number)

    def texts() -> list[Json]:
        return [one for one in forum.messages.values() if "text" in one]

    await town.until(lambda: bool(texts()))
    (said,) = texts()
    assert number in said["text"] and "等人接手" in said["text"] and STORY not in str(forum.messages)
    link = said["reply_markup"]["inline_keyboard"][0][0]["url"]
    await counsel.says("/start " + link.partition("=")[2])
    await counsel.rider.hears_of("Legal consultation")
    await counsel.presses(TAKE)
    await counsel.rider.hears_of(STORY)
    await town.until(lambda: any("有人在办" in one["text"] for one in texts()))
    await counsel.rider.forges(cases_presses.CLOSE_DESK.data(row.id, "advised"))
    await counsel.rider.hears_of("is closed")
    await town.until(lambda: all(topic.closed for topic in forum.topics.values()))
    assert len(forum.topics) == 1, "one topic, however often it is looked at"


def shows_topics(town: Town, monotonic: Callable[[], float], **groups: int) -> Callable[[], Awaitable[bool]]:
    """One turn for the topics of these desks, beside the one that the bot takes by itself, which knows no forum."""
    known = town.context.settings.desks
    forums = {key: dataclasses.replace(known[key], forum=group) for key, group in groups.items()}
    current = CurrentSettings(dataclasses.replace(town.context.settings, desks={**known, **forums}))
    context = dataclasses.replace(town.context, current=current)
    return CaseForum(town.database, town.app.telegram.courier, context, lambda: NOON, monotonic).show


async def test_topics_that_cannot_be_made_keep_no_others_back(town: Town) -> None:
    """Those of a group that the bot is not in, or that one of a case that does not open."""
    forum = town.world.add_forum(-1001, "Legal", [COUNSEL])
    async with town.database.writing() as session:
        for _ in range(AT_ONCE + 1):
            await opens(session, "aid")
        damaged = await opens(session, "legal")
        damaged.content = b"\0" * 40
        await opens(session, "legal")
    shows = shows_topics(town, lambda: 0.0, aid=-1099, legal=-1001)
    await shows()
    with pytest.raises(CannotDecrypt):
        await shows()
    await shows()
    assert len([one for one in forum.messages.values() if "text" in one]) == 1


async def test_what_fails_in_a_forum_is_left_alone_for_longer_each_time(town: Town) -> None:
    """The whole group that the bot was removed from; in one where all is well, the one topic that refuses."""
    forum = town.world.add_forum(-1001, "Legal", [COUNSEL])
    async with town.database.writing() as session:
        for _ in range(3):
            await opens(session, "aid")
        refused = await opens(session, "legal")
    rested = 0.0
    shows = shows_topics(town, lambda: rested, aid=-1099, legal=-1001)
    calls = town.api.calls
    refusal = '{"ok": false, "error_code": 400, "description": "Bad Request: no"}'
    town.api.faults.append(Fault(400, refusal, ("sendMessage",)))
    await shows()
    assert calls["createForumTopic"] == 2, "of the three in a group that is not there, one"
    assert len(forum.topics) == 1 and "sendMessage" not in calls
    for _ in range(5):
        await shows()
    assert calls["createForumTopic"] == 2 and "sendMessage" not in calls
    rested += FIRST_REST
    await shows()
    assert (calls["createForumTopic"], calls["sendMessage"]) == (3, 1)
    async with town.database.reading() as session:
        row = await session.get_one(Case, refused.id)
        assert row.topic_id is not None and row.topic_shows == "waits"
    del forum.topics[row.topic_id]  # somebody deletes it
    async with town.database.writing() as session:
        await cases.claim(session, refused.id, COUNSEL, ["legal"], NOON)
    await shows()
    rested += FIRST_REST
    await shows()
    assert len(forum.topics) == 1 and "有人在办" in str([one.get("text") for one in forum.messages.values()])


async def opens(session: AsyncSession, desk: str) -> Case:
    due = NOON + timedelta(hours=24)
    return await cases.open_case(session, desk, "L", PersonId(416), CaseContent("pay"), 1, 2026, due, NOON)


async def test_withdrawing_consent_erases_the_cases_and_tells_the_handler(town: Town) -> None:
    rider, counsel = await at_desk(town, 416), await at_desk(town, COUNSEL)
    number = await brings_pay(rider)
    row = await case_of(town, number)
    await takes(counsel, number)
    await rider.says("/privacy")
    await rider.rider.hears_of(STORED_PAGE)
    await rider.presses("🗂 Erase my cases")
    await rider.rider.hears_of("download it first")
    await rider.presses("🗑 Yes, erase my cases")
    await rider.rider.hears_of("your cases erased")
    await counsel.rider.hears_of("has erased all")
    async with town.database.reading() as session:
        kept = await case_access.find(session, row.id)
        assert kept is not None and kept.person_id is None and kept.content is None and kept.number == number
        assert await case_messages.talk_of(session, row.id, notes=True) == []
        assert not await evidence.of_case(session, row.id)
    await counsel.rider.forges(cases_presses.SHOW.data(row.id))
    await counsel.rider.until(lambda: any(NO_SUCH_CASE in one["text"] for one in counsel.rider.answers))


async def test_guessing_numbers_finds_nothing(town: Town) -> None:
    rider, other, counsel = await at_desk(town, 417), await at_desk(town, 418), await at_desk(town, COUNSEL)
    row = await in_hand(town, rider, counsel)
    number = row.number
    rider_acts = ["case", "caseremind", "caseend", "caseendnow", "casereopen", "casewrite", "casebundle", "casemove"]
    handler_acts = ["casedo", "casereplay", "caseask", "caseclose", "casenote", "casepeers", "casehand", "casecanned"]
    for act in [*rider_acts, "caserate:1:5", "casemoveto:1:1", *handler_acts]:
        before = len(other.rider.answers)
        await other.rider.forges(act if ":" in act else f"{act}:{row.id}")
        await other.rider.until(lambda before=before: len(other.rider.answers) > before)
        assert other.rider.answers[-1]["text"].startswith((NO_SUCH_CASE, STAFF_ONLY)), act
    await other.says(f"💬 {number}")
    await other.rider.hears_of(NOT_UNDERSTOOD)
    assert not any(STORY in str(one) for one in other.rider.heard)
    second = await at_desk(town, SECOND_COUNSEL)
    for act in handler_acts:
        before = len(second.rider.answers)
        await second.rider.forges(f"{act}:{row.id}")
        await second.rider.until(lambda before=before: len(second.rider.answers) > before)
        assert NO_SUCH_CASE in second.rider.answers[-1]["text"], act
    await second.rider.forges(cases_presses.CLAIM.data(row.id))
    await second.rider.until(lambda: any("Someone else has taken" in one["text"] for one in second.rider.answers))


async def test_a_handler_does_not_handle_their_own_case(town: Town) -> None:
    counsel, second = await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    number = await brings_pay(counsel, evidence=False)
    row = await case_of(town, number)
    await second.rider.hears_of(number)
    await counsel.rider.forges(cases_presses.CLAIM.data(row.id))
    await counsel.rider.until(lambda: any(NO_SUCH_CASE in one["text"] for one in counsel.rider.answers))
    await counsel.says("/cases")
    await counsel.rider.hears_of("Legal consultation: 0 ")


async def test_a_message_forwarded_from_a_case_leads_nowhere(town: Town) -> None:
    rider, other = await at_desk(town, 419), await at_desk(town, 420)
    number = await brings_pay(rider, evidence=False)
    opened = rider.rider.heard[-1]
    await other.rider.sends(
        text=opened["text"], forward_origin={"type": "user", "date": 1, "sender_user": town.world.bot}
    )
    await other.rider.hears_of(NOT_UNDERSTOOD)
    row = await case_of(town, number)
    async with town.database.reading() as session:
        assert len(await case_messages.talk_of(session, row.id)) == 2


async def test_a_long_message_arrives_in_two_and_an_edit_of_it_too(town: Town) -> None:
    rider, counsel = await at_desk(town, 421), await at_desk(town, COUNSEL)
    row = await in_hand(town, rider, counsel)
    await counsel.rider.hears_of(STORY)
    await rider.rider.forges(cases_presses.ENTER.data(row.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    long = "begin " + "😀 word " * 500 + "end"
    said = await rider.says(long)
    assert "begin" in (await counsel.rider.hears_of("begin"))["text"]
    assert (await counsel.rider.hears_of("end"))["text"].endswith("end")
    await rider.rider.edits(said, long.replace("end", "finish"))
    assert (await counsel.rider.hears_of("finish"))["edited"]
    await rider.sends_photo(3, caption="c" * 1000)
    await counsel.rider.until(lambda: any("photo" in one for one in counsel.rider.heard))
    await counsel.rider.hears_of("ccc")


async def test_pictures_are_really_kept_as_they_came(town: Town) -> None:
    """The bytes in the database, opened, are those that were sent; sealed they are not to be found."""
    rider = await at_desk(town, 422)
    await brings_pay(rider)
    await town.until_true(lambda: all_fetched(town))
    async with town.database.reading() as session:
        for row in (await session.scalars(select(Evidence))).all():
            content = b"".join([piece async for piece in evidence.pieces(session, row)])
            assert hashlib.sha256(content).hexdigest() == evidence.file_of(session, row).sha256
            assert len(content) == row.size
        names = [evidence.file_of(session, row).name for row in (await session.scalars(select(Evidence))).all()]
    assert names == ["voice.ogg", "photo.jpg", "photo.jpg", "payslip.pdf"]


async def test_what_telegram_puts_off_is_not_overtaken(town: Town) -> None:
    """Three messages in one batch, of which Telegram refuses the first for a while."""
    rider, counsel = await at_desk(town, 423), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    await takes(counsel, number)
    await counsel.rider.hears_of(STORY)
    await counsel.says("warm up")
    await rider.rider.hears_of("warm up")
    busy = '{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":1}}'
    town.api.faults = [Fault(429, busy, ("sendPhoto",))]
    before = len(rider.rider.heard)
    town.app.base.leader.leading.clear()
    await counsel.sends_photo(1, caption="one")
    for words in ("two", "three"):
        await counsel.says(words)
    await town.until_idle()
    town.app.base.leader.leading.set()  # one batch
    await town.until_true(lambda: _waits(town))
    town.now += timedelta(seconds=2)
    town.deliver()
    await rider.rider.hears_of("three")
    told = [str(one.get("text") or one.get("caption")).split("\n")[-1] for one in rider.rider.heard[before:]]
    assert told == ["one", "two", "three"]


async def _waits(town: Town) -> bool:
    """All three wait, the first of them because it was put off."""
    async with town.database.reading() as session:
        rows = (await session.scalars(select(Delivery).where(Delivery.state == State.WAITING))).all()
    return len(rows) == 3 and any(row.due > town.now for row in rows)


@LANGUAGES
async def test_a_time_limit_is_reminded_of_until_the_case_is_closed(town: Town, language: str) -> None:
    rider = await at_desk(town, 424, language)
    number = await brings_pay(rider, evidence=False)
    await rider.presses("⏰ Remind me of the deadlines")
    await rider.hears("I'll remind you on {days}.")
    for days, left in ((6, 30), (29, 7), (35, 1)):  # the last day is 30 December
        town.now = NOON + timedelta(days=days)
        await town.tick("reminders")
        town.deliver()
        told = await rider.hears("A deadline that may apply to")
        assert (
            number in told["text"]
            and plural_in(rider.language, "{n} day left", "{n} days left", left).format(n=left) in told["text"]
        )
        assert ("第二十七条" if language == "zh_Hans" else "art. 27") in told["text"]
        await town.until_true(lambda: _all_settled(town))


async def test_patterns_are_shown_without_small_figures(town: Town) -> None:
    counsel = await at_desk(town, COUNSEL)
    await counsel.says("/cases")
    await counsel.hears("Cases")
    await counsel.presses("📊 Trends")
    await counsel.hears("Which desk?")
    await counsel.rider.presses("Legal consultation")
    await counsel.hears("There aren't enough cases yet.")
    async with town.database.writing() as session:
        for kind, platform, times in (("pay", "美团", 7), ("ban", "饿了么", 5), ("status", "京东", 6)):
            for _ in range(times):
                await case_statistics.add(session, "legal", "2026-11", kind, platform)
        for _ in range(4):
            await case_statistics.add(session, "legal", "2026-10", "pay", "美团")
    await counsel.rider.forges(cases_presses.SHOW_PATTERNS.data("legal"))
    shown = await counsel.rider.hears_of("People with cases by month")
    assert "photo" in shown
    text = (await counsel.rider.hears_of("November 2026"))["text"]
    assert ": 20" in text and "美团 5" in text and "Unpaid wages 5" in text and "October" not in text


async def test_an_album_is_relayed_whole_and_acknowledged_once(town: Town) -> None:
    rider, counsel = await at_desk(town, 425), await at_desk(town, COUNSEL)
    row = await in_hand(town, rider, counsel)
    await counsel.rider.hears_of(STORY)
    await rider.rider.forges(cases_presses.ENTER.data(row.id))
    await rider.rider.hears_of(IN_CONVERSATION)
    before = len(rider.rider.heard)
    album = [await rider.sends_photo(colour, media_group_id="7", caption=f"page {colour}") for colour in (1, 2, 3)]
    for colour in (1, 2, 3):
        await counsel.rider.hears_of(f"page {colour}")
    await town.until_idle()
    reactions = town.world.chats[425].reactions
    assert [bool(reactions.get(one["message_id"])) for one in album] == [True, False, False]
    assert not rider.rider.heard[before:], "no message says so"
