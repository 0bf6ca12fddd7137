"""What would be lost by one tap is asked about first; two quick taps do the same as one."""

from __future__ import annotations

from handlers.privacy import presses as privacy_presses
from storage.cases import access as case_access
from storage.telegram_ids import PersonId
from tests.support.case_scripts import STORY, at_desk, brings_pay
from tests.support.simulator import Town
from tests.support.words.cases import ASKED_WHAT_ABOUT
from tests.support.words.forms import CONSENT_PAGE, RECEIVED, REVIEW_PAGE, SEND
from tests.support.words.privacy import ERASE, ERASE_PAGE, IS_SURE, STORED_PAGE, YES_ERASE

RIDER = PersonId(7101)


async def test_what_was_told_is_only_thrown_away_after_a_second_press_elsewhere(town: Town) -> None:
    rider = await at_desk(town, RIDER)
    await rider.says("/suggestion")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses("💬 I agree: you can reply to me")
    await rider.is_asked(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Rates")
    await rider.is_asked("Which platform")
    await rider.rider.presses("美团")
    await rider.is_asked("Write it down")
    await rider.sends_photo()
    first = await rider.rider.hears_of(RECEIVED)
    await rider.rider.sees_noted(await rider.sends_photo(1))

    message, start_over = rider.rider.button("🗑 Start over")
    await rider.presses("🗑 Start over")
    asked = await rider.rider.hears_of("will be discarded")
    assert asked["message_id"] == first["message_id"]
    *_, lowest = asked["reply_markup"]["inline_keyboard"]
    assert [key["text"] for key in lowest] == ["↩ No, continue"], "where the finger is, nothing is lost"
    await rider.rider.forges(start_over, message)  # the second of two quick taps
    await rider.presses("↩ No, continue")
    await rider.presses("✖ Cancel")
    await rider.rider.hears_of("Cancel this form?")
    await rider.presses("↩ No, continue")
    await rider.says(STORY)
    review = await rider.rider.hears_of(REVIEW_PAGE)
    assert STORY in review["text"] and "2 photos" in review["text"]

    message, send = rider.rider.button(SEND)
    await rider.presses(SEND)
    await rider.rider.hears_of("S-2026-000001")
    rider.rider.skips_the_rest()
    await rider.rider.forges(send, message)
    await rider.rider.until(lambda: any("sent or closed" in one["text"] for one in rider.rider.answers))
    assert not rider.rider.unheard and not any(one.get("show_alert") for one in rider.rider.answers)
    async with town.database.reading() as session:
        assert len(await case_access.cases_of(session, RIDER)) == 1


async def test_erasing_everything_takes_presses_in_different_places(town: Town) -> None:
    """And says beforehand what becomes of a case, and only what is stored is called stored."""
    rider = await at_desk(town, RIDER)
    await brings_pay(rider, evidence=False)
    await rider.says("/privacy")
    page = await rider.rider.hears_of(STORED_PAGE)
    assert "membership: not saved" in page["text"], "nothing was ever sent to the union"
    assert "24 h" in page["text"] and "💾, for 30 days: not saved" in page["text"]

    await rider.rider.forges(privacy_presses.ASK_TO_FORGET_HOME.data(), page["message_id"])
    asked = await rider.rider.hears_of("Delete the area")
    assert asked["reply_markup"]["inline_keyboard"][-1][0]["text"] == "↩ No, keep my data"
    await rider.presses("↩ No, keep my data")
    await rider.rider.hears_of(STORED_PAGE)

    message, erase = rider.rider.button(ERASE)
    await rider.presses(ERASE)
    warned = await rider.rider.hears_of(ERASE_PAGE)
    assert "You have an open case" in warned["text"] and "evidence included" in warned["text"]
    for finger in range(3):
        key = warned["reply_markup"]["inline_keyboard"][-1][0]
        await rider.rider.forges(key["callback_data"], message)
        warned = await rider.rider.hears()
        assert "Erase permanently" not in str(warned), f"tap {finger}: the lowest button erases nothing"
    await rider.rider.forges(erase, message)
    await rider.rider.hears_of(ERASE_PAGE)
    await rider.presses(YES_ERASE)
    sure = await rider.rider.hears_of(IS_SURE)
    upper = sure["reply_markup"]["inline_keyboard"][0][0]["text"]
    assert upper == "↩ No, keep my data", "where the second press was"
    await rider.presses(upper)
    await rider.rider.hears_of(STORED_PAGE)
    async with town.database.reading() as session:
        assert len(await case_access.cases_of(session, RIDER)) == 1
