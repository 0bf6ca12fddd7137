"""The pay book: a shift in one line or one tap, what it tells, its files, its reminder; and that it is one's own."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from handlers.cases import presses as case_presses
from handlers.i18n.translations import translator
from handlers.pay import presses
from storage.cases.files import evidence
from storage.database import Database
from storage.pay import entries
from storage.pay.ids import EntryId
from storage.telegram_ids import PersonId
from storage.verify_signature import fault_of
from tests.support.activities import at_home
from tests.support.case_scripts import AtDesk, brings_pay
from tests.support.cases import case_of
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.pay import OTHER, RIDER, begun, file_of
from tests.support.privacy import erases_everything
from tests.support.simulator import NOON, Town, running, telegram
from tests.support.words.cases import (
    AGREE_AT_DESK,
    ASKED_FOR_EVIDENCE,
    ASKED_WHAT_ABOUT,
    ASKED_WHEN,
    ASKED_WHICH_PLATFORM,
)
from tests.support.words.forms import CONSENT_PAGE, NO_MORE, RECEIVED_SO_FAR, REVIEW_PAGE, SEND


@LANGUAGES
async def test_a_shift_is_noted_in_one_line_and_the_next_day_with_one_tap(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9小时 42单 318元" if language == "zh_Hans" else "9h 42 318")
    receipt = await rider.hears_of("✓")
    assert "¥318" in receipt["text"] and _("{amount} an hour").format(amount="¥35.33") in receipt["text"]
    town.now += timedelta(days=1)
    await rider.says("/pay")
    page = await rider.hears_of(_("My pay book"))
    assert _("Nothing noted for today yet.") in page["text"] and _("This week") in page["text"]
    await rider.presses(_("➕ Note my shift"))
    await rider.hears_of(
        _("How was your shift? Press a button, or write hours, orders and money in one line: 9h 42 318")
    )
    await rider.presses("¥318")
    await rider.hears_of("✓")
    await rider.presses(_("📒 My pay book"))
    page = await rider.hears_of(_("My pay book"))
    assert "¥636" in page["text"]


@LANGUAGES
async def test_a_line_behind_the_command_notes_a_shift_at_once(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await at_home(town, OTHER, language)
    line = "/pay 9小时 42单 318元" if language == "zh_Hans" else "/pay 9h 42 318"
    await rider.says(line)
    await rider.hears_of("📒")
    async with town.database.reading() as session:
        assert not await entries.has_any(session, PersonId(OTHER)), "nothing before they agree"
    rider = await begun(town, language=language)
    await rider.says("/cancel")
    await rider.says(line)
    assert "¥318" in (await rider.hears_of("✓"))["text"]
    await rider.says("/pay 9h 42")
    await rider.hears_of(_("How much money? Hours, orders and money in one line, for example: 9h 42 318"))
    async with town.database.reading() as session:
        assert await entries.count(session, PersonId(RIDER)) == 1


@LANGUAGES
async def test_a_shift_written_without_being_asked_is_offered_to_be_noted(town: Town, language: str) -> None:
    _ = translator(language)
    line = "8小时 30单 250元 奖金5" if language == "zh_Hans" else "8h 30 orders 250 bonus 5"
    stranger = await at_home(town, OTHER, language)
    await stranger.says(line)
    await stranger.hears_of(_("Are you looking for this? See what else I can do: /help"))
    await stranger.presses("📒")
    await stranger.hears_of("📒")
    rider = await begun(town, language=language)
    await rider.says("/cancel")
    await rider.says(line)
    await rider.hears_of(_("Are you looking for this? See what else I can do: /help"))
    await rider.presses("📒")
    receipt = await rider.hears_of("✓")
    assert "¥250" in receipt["text"] and "¥5" in receipt["text"]
    await rider.forges(presses.NOTE_LINE.data("99999.1.1.0.0.0"))
    await rider.is_answered()
    async with town.database.reading() as session:
        assert await entries.count(session, PersonId(RIDER)) == 1
        assert not await entries.has_any(session, PersonId(OTHER)), "nothing before they agree"


@LANGUAGES
async def test_orders_can_be_skipped_and_a_day_too(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9小时 318元" if language == "zh_Hans" else "9h - 318")
    receipt = await rider.hears_of("✓")
    assert _("{amount} an hour").format(amount="¥35.33") in receipt["text"]
    assert "-1" not in receipt["text"] and receipt["text"].count("¥") == 2, "nothing by the order"
    await rider.presses(_("📒 My pay book"))
    assert "-1" not in (await rider.hears_of(_("This week")))["text"]
    await rider.forges(presses.CSV.data())
    name, content = await file_of(town, rider)
    assert name == "pay-book.csv" and "2026-11-24,9.0,,318.0," in content.decode()
    await rider.forges(presses.REMIND.data())
    await rider.hears_of(_("At what time should I ask about your shift? Choose, or write it."))
    await rider.says("21:00")
    await rider.hears_of("21:00")
    for days in (0, 1):
        town.now = NOON + timedelta(days=days, hours=9, minutes=1)
        await town.tick("pay")
    town.deliver()
    await rider.hears_of(_("📒 How was your shift today?"))
    await rider.presses(_("⏭ No shift today"))
    await rider.hears_of(_("All right, nothing for today."))
    async with town.database.reading() as session:
        assert await entries.count(session, PersonId(RIDER)) == 1


async def test_an_entry_is_corrected_and_shows_what_it_said_before(town: Town) -> None:
    rider = await begun(town)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    await rider.presses("✎ Change, add bonus or costs")
    await rider.hears_of("Is everything correct?")
    await rider.changes("Fines")
    await rider.hears_of("Fines and deductions?")
    await rider.says("a lot")
    await rider.hears_of("Write an amount")
    await rider.says("12.50")
    await rider.hears_of("Is everything correct?")
    await rider.presses("💾 Save it")
    await rider.hears_of("fines ¥12.50")
    await rider.presses("📒 My pay book")
    await rider.hears_of("This week")
    await rider.presses("🗒 Entries")
    await rider.hears_of("Entries")
    await rider.presses("9 h · 42 orders · ¥318")
    shown = await rider.hears_of("Before: 9 h · 42 orders · ¥318")
    assert "Noted today 12:00" in shown["text"]
    await rider.presses("🗑 Remove")
    await rider.hears_of("Remove this entry?")
    await rider.presses("🗑 Remove it")
    await rider.hears_of("Nothing noted yet.")


async def test_another_day_and_lines_that_are_none(town: Town) -> None:
    rider = await begun(town)
    for wrong, hint in (("hello", "in one line"), ("25 1 1", "Up to 24"), ("9 42", "How much money?")):
        await rider.says(wrong)
        await rider.hears_of(hint)
    await rider.says("/cancel")
    await rider.says("/pay")
    await rider.hears_of("My pay book")
    await rider.presses("📅 Another day")
    await rider.hears_of("Which day?")
    await rider.says("28 Nov 2027")
    await rider.hears_of("within the last 400 days")
    await rider.presses("yesterday")
    await rider.hears_of("How was your shift?")
    await rider.says("8 30 240")
    await rider.hears_of("Noted for yesterday")


async def test_a_second_tap_is_no_second_shift(town: Town) -> None:
    rider = await begun(town)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    for _ in range(2):
        await rider.forges(presses.NOTE.data())
        await rider.hears_of("How was your shift?")
        await rider.says("9h 42 318")
        await rider.hears_of("✓")
    async with town.database.reading() as session:
        assert await entries.count(session, PersonId(RIDER)) == 1


async def test_after_midnight_it_is_still_the_shift_of_the_evening(town: Town) -> None:
    rider = await begun(town)
    town.now = NOON + timedelta(hours=13)  # 1:00 in Dezhou
    await rider.says("9h 42 318")
    await rider.hears_of("Noted for yesterday")


async def test_pay_below_the_minimum_wage_is_marked_with_its_source(database: Database, tmp_path: Path) -> None:
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        pay = config.pay.model_copy(update={"minimum_hourly": 21.0, "minimum_source": "2025/3"})
        town = Town(database, api, config.model_copy(update={"pay": pay}))
        async with running(town.app):
            rider = await begun(town)
            await rider.says("10h 30 200")
            await rider.hears_of("✓")
            await rider.presses("📒 My pay book")
            page = await rider.hears_of("This week")
            assert "Below the minimum hourly wage of ¥21 (2025/3)" in page["text"]
            await rider.presses("💡 What you can do today")
            assert "Unpaid wages" in (await rider.hears_of("💡"))["text"]


async def test_its_files_are_signed_and_the_script_checks_them(town: Town) -> None:
    rider = await begun(town)
    await rider.says("9h 42 318 bonus 20")
    await rider.hears_of("✓")
    await rider.presses("📒 My pay book")
    await rider.hears_of("This week")
    await rider.presses("📈 Chart")
    caption = (await rider.hears_of("Only you see this."))["caption"]
    assert "week by week. The date is the week's Monday." in caption and "only shifts" not in caption
    assert caption.count("¥37.56 an hour · ¥8.05 an order") == 2, "of the week and of the month"
    assert "November 2026" in caption
    await rider.forges(presses.EXPORT.data())
    await rider.hears_of("signed by")
    for label, name, beginning in (
        ("🧾 CSV", "pay-book.csv", b"\xef\xbb\xbfday,hours"),
        ("📄 PDF", "pay-book.pdf", b"%PDF-"),
    ):
        await rider.presses(label)
        shown, content = await file_of(town, rider)
        assert shown == name and content.startswith(beginning)
        _, signature = await file_of(town, rider)
        claimed = json.loads(signature)
        handed_on = await rider.hears_of("Give the two files above together to")
        assert f"python3 verify_signature.py {name} {name}.signature.json" in handed_on["caption"]
        assert handed_on["document"]["file_name"] == "verify_signature.py"
        script = town.world.files.get(handed_on["document"]["file_id"])
        assert script is not None and b"RFC 8032" in bytes(script.content)
        assert fault_of(content, claimed, claimed["public_key"]) == ""
        assert fault_of(content + b" ", claimed, claimed["public_key"]) != ""
        if name.endswith("csv"):
            assert "2026-11-24,9.0,42,318.0,20.0,0.0,0.0,,2026-11-24T04:00:00+00:00," in content.decode()


async def test_a_case_about_pay_takes_the_book_as_evidence(town: Town) -> None:
    rider = await begun(town)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    number = await brings_pay(AtDesk(town, rider, "en"), evidence=False)
    await rider.presses("📒 Pay book as evidence")
    await rider.hears_of("Forward me the PDF")
    sent = next(
        one["document"] for one in reversed(rider.heard) if one.get("document", {}).get("file_name") == "pay-book.pdf"
    )
    await rider.sends(document=sent)
    await rider.hears_of("Does your message belong to it?")
    await rider.presses("📎 Add it to")
    await rider.hears_of("Added to")
    case = await case_of(town, number)
    async with town.database.reading() as session:
        files = [evidence.file_of(session, row) for row in await evidence.of_case(session, case.id)]
    assert "pay-book.pdf" in [file.name for file in files]


@LANGUAGES
async def test_the_form_of_a_case_about_pay_takes_the_signed_book_by_one_press(town: Town, language: str) -> None:
    """There and then: the files are sent to the rider, and are part of the form once they are."""
    _ = translator(language)
    rider = await begun(town, language=language)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    at = AtDesk(town, rider, language)
    await begins_with_pay(at)
    await rider.presses(_("📎 Attach my pay book"))
    shown = await rider.hears_of("📎")
    assert "2" in shown["text"], "the question with what it has now"
    await at.presses(NO_MORE)
    await at.hears(REVIEW_PAGE)
    await at.presses(SEND)
    received = await rider.hears_of("L-2026-")
    number = re.findall(r"L-2026-\d{6}", received["text"])[0]
    case = await case_of(town, number)
    async with town.database.reading() as session:
        files = [evidence.file_of(session, row).name for row in await evidence.of_case(session, case.id)]
    assert files[-2:] == ["pay-book.pdf", "pay-book.pdf.signature.json"]
    await rider.forges(case_presses.ATTACH.data("pay"))
    await rider.is_told(_("This form is no longer open."))


@LANGUAGES
async def test_who_keeps_no_book_is_told_so_where_the_form_offers_it(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await at_home(town, RIDER, language)
    await begins_with_pay(AtDesk(town, rider, language))
    await rider.presses(_("📎 Attach my pay book"))
    await rider.is_told(_("You have no pay book yet. To begin one: /pay"))
    await rider.forges(case_presses.ATTACH.data("nothing"))
    await rider.is_told(_("This form is no longer open."))


@LANGUAGES
async def test_a_text_is_taken_where_the_form_offers_the_book(town: Town, language: str) -> None:
    """The button that is offered there is none of the form's own."""
    rider = await at_home(town, RIDER, language)
    at = AtDesk(town, rider, language)
    await begins_with_pay(at)
    await rider.says("没有证据" if language == "zh_Hans" else "I have no evidence")
    await at.hears(RECEIVED_SO_FAR, n=1)


async def begins_with_pay(at: AtDesk) -> None:
    """The form of /legal about unpaid pay, up to the question for evidence."""
    zh = at.language != "en"
    await at.says("/legal")
    await at.is_asked("填写前请看" if zh else CONSENT_PAGE)
    await at.presses(AGREE_AT_DESK)
    await at.is_asked("是什么事" if zh else ASKED_WHAT_ABOUT)
    await at.rider.presses("欠薪" if zh else "Unpaid")
    await at.is_asked("哪个平台" if zh else ASKED_WHICH_PLATFORM)
    await at.rider.presses("美团")
    await at.is_asked("哪天" if zh else ASKED_WHEN)
    await at.says("2025-12-30")
    await at.is_asked("经过" if zh else "own words")
    await at.says("They paid half of what they owed me.")
    await at.hears(REVIEW_PAGE)
    await at.changes("Evidence")
    await at.is_asked("有证据吗" if zh else ASKED_FOR_EVIDENCE)


async def test_who_keeps_no_book_is_not_offered_it_in_a_case(town: Town) -> None:
    rider = await at_home(town, RIDER)
    number = await brings_pay(AtDesk(town, rider, "en"), evidence=False)
    receipt = next(one for one in rider.heard if number in one.get("text", ""))
    assert "Pay book" not in str(receipt.get("reply_markup"))


async def test_a_reminder_comes_at_the_time_of_ones_own_and_stops(town: Town) -> None:
    rider = await begun(town)
    await rider.says("/cancel")
    await rider.forges(presses.REMIND.data())
    await rider.hears_of("At what time")
    await rider.says("9 pm")
    await rider.hears_of("I'll ask you every day at 21:00.")
    await town.tick("pay")
    town.now = NOON + timedelta(hours=9, minutes=1)
    await town.tick("pay")
    await town.tick("pay")
    town.deliver()
    await rider.hears_of("How was your shift today?")
    town.now += timedelta(days=1)
    await town.tick("pay")
    town.deliver()
    await rider.hears_of("How was your shift today?")
    await rider.presses("🔕 Don't ask any more")
    await rider.hears_of("I won't ask any more.")
    town.now += timedelta(days=1)
    await town.tick("pay")
    async with town.database.reading() as session:
        assert await session.scalar(text("SELECT count(*) FROM deliveries")) == 2


async def test_no_reminder_comes_on_a_day_whose_shift_is_noted(town: Town) -> None:
    """Of the evening before, too, where the time is after midnight."""
    rider, late = await begun(town), await begun(town, OTHER)
    for one, clock in ((rider, "21:00"), (late, "00:30")):
        await one.says("9h 42 318")
        await one.hears_of("Noted for today")
        await one.forges(presses.REMIND.data())
        await one.hears_of("At what time")
        await one.says(clock)
        await one.hears_of("I'll ask you every day")

    async def asked() -> int:
        await town.tick("pay")
        async with town.database.reading() as session:
            return await session.scalar(text("SELECT count(*) FROM deliveries")) or 0

    town.now = NOON + timedelta(hours=9, minutes=1)
    assert await asked() == 0, "noted at noon"
    town.now = NOON + timedelta(hours=12, minutes=31)
    assert await asked() == 0, "it was the shift of the evening"
    town.now = NOON + timedelta(days=1)
    await rider.forges(presses.NOTE_EARLIER.data())
    await rider.hears_of("Which day?")
    await rider.presses("yesterday")
    await rider.hears_of("How was your shift?")
    await rider.says("2h 8 60")
    await rider.hears_of("Noted for yesterday")
    town.now = NOON + timedelta(days=1, hours=9, minutes=1)
    assert await asked() == 1, "what was noted is of the day before"
    town.deliver()
    await rider.hears_of("How was your shift today?")


async def test_nobody_else_opens_an_entry(town: Town) -> None:
    rider, other = await begun(town), await begun(town, OTHER)
    await rider.says("9h 42 318")
    await rider.hears_of("✓")
    async with town.database.reading() as session:
        (entry,) = await entries.all_of(session, PersonId(RIDER))
    for press in (presses.SHOW, presses.EDIT, presses.ASK_TO_REMOVE, presses.REMOVE):
        await other.forges(press.data(EntryId(entry.id)))
    await other.is_told("no longer exists")
    async with town.database.reading() as session:
        assert await entries.count(session, PersonId(RIDER)) == 1
        stored = (await session.execute(text("SELECT * FROM pay_entries"))).all()
    assert "318" not in repr(stored) and "2026-11" not in repr(stored)


async def test_the_book_is_deleted_with_everything_or_by_itself(town: Town) -> None:
    rider, other = await begun(town), await begun(town, OTHER)
    for one in (rider, other):
        await one.says("9h 42 318")
        await one.hears_of("✓")
    await rider.presses("📒 My pay book")
    await rider.hears_of("This week")
    await rider.presses("🗑 Delete all")
    await rider.hears_of("Delete your whole pay book, 1 entry?")
    await rider.presses("🗑 Delete it all")
    await rider.hears_of("Your pay book is deleted.")
    await rider.says("/pay")
    await rider.hears_of("A pay book that is yours")
    await other.says("/privacy")
    assert "your pay book" in (await other.hears_of("/pay"))["text"]
    await erases_everything(other)
    async with town.database.reading() as session:
        for person in (RIDER, OTHER):
            assert await entries.count(session, PersonId(person)) == 0


async def test_nothing_is_noted_without_consent(town: Town) -> None:
    rider = await at_home(town, RIDER)
    await rider.says("/pay")
    await rider.hears_of("A pay book that is yours")
    await rider.presses("No, thank you")
    await rider.hears_of("Then I store nothing.")
    await rider.forges(presses.NOTE.data())
    await rider.is_answered()
    async with town.database.reading() as session:
        assert not await entries.has_any(session, PersonId(RIDER))
