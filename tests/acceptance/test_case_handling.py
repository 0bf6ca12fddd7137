"""What handlers and riders see of a case that changes hands, and of its deadlines."""

from __future__ import annotations

from datetime import UTC, datetime

from handlers.cases import presses
from storage.cases import access, cases
from storage.telegram_ids import PersonId
from tests.support.case_scripts import STORY, at_desk, brings_pay
from tests.support.cases import case_of, in_hand, takes
from tests.support.simulator import COUNSEL, SECOND_COUNSEL, Town
from tests.support.words.cases import TAKE
from tests.support.words.forms import SEND

RIDER = PersonId(7201)
NIGHT = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
"""02:30 in China."""


async def test_the_rider_hears_that_somebody_has_taken_the_case(town: Town) -> None:
    """Once, and at night without a sound; of what is handed over only the last message makes one."""
    rider, counsel = await at_desk(town, RIDER), await at_desk(town, COUNSEL)
    number = await brings_pay(rider, evidence=False)
    town.now = NIGHT
    await counsel.rider.hears_of(number)
    message, take = counsel.rider.button(TAKE)
    await counsel.presses(TAKE)
    taken = await rider.rider.hears_of("Someone has taken your case")
    assert taken["message_id"] in town.world.chats[RIDER].silent
    told = await counsel.rider.hears_of(STORY)
    last = await counsel.rider.hears()
    silent = town.world.chats[COUNSEL].silent
    assert "voice" in last and told["message_id"] in silent and last["message_id"] not in silent

    rider.rider.skips_the_rest()
    await counsel.rider.forges(take, message)
    await town.until_idle()
    await rider.presses("💬 Write in this case")
    await rider.says("A question")
    await counsel.rider.hears_of("A question")
    assert sum(STORY in str(one) for one in counsel.rider.heard) == 1, "a second tap hands nothing over again"
    assert "Someone has taken" not in str(rider.rider.unheard)


async def test_a_case_is_handed_over_to_a_colleague_by_name(town: Town) -> None:
    rider, counsel, second = (
        await at_desk(town, RIDER),
        await at_desk(town, COUNSEL),
        await at_desk(town, SECOND_COUNSEL),
    )
    second.rider.person.first_name = "陈律师"
    await second.says("/cases")
    await second.rider.hears_of("Cases")
    number = await brings_pay(rider, evidence=False)
    await takes(counsel, number)
    await counsel.presses("➡ Hand over")
    await counsel.rider.hears_of("To whom?")
    await counsel.rider.hears_of("Or press “👤 Choose someone” below the chat.")
    await counsel.rider.presses("👤 陈律师")
    await counsel.rider.hears_of("What does the next person need to know?")
    await counsel.says("Call the platform")
    review = await counsel.rider.hears_of("Call the platform")
    assert "陈律师" in review["text"]
    await counsel.presses(SEND)
    await counsel.rider.hears_of("has been handed over")
    await second.rider.hears_of("is now assigned to you")
    assert (await case_of(town, number)).assigned_to == SECOND_COUNSEL


async def test_only_the_days_on_which_a_reminder_stands_are_told(town: Town) -> None:
    """A year after 30 December 2025, 37 days from now: 90 days before it has passed."""
    rider = await at_desk(town, RIDER)
    await brings_pay(rider, evidence=False)
    await rider.presses("⏰ Remind me of the deadlines")
    said = (await rider.rider.hears_of("I'll remind you on"))["text"]
    assert said == "I'll remind you on Mon 30 Nov, Wed 23 Dec, Tue 29 Dec."


async def test_what_is_said_late_goes_nowhere(town: Town) -> None:
    """A reply to a copy, and an edit, of somebody who has the case no more; and both once it is closed."""
    rider, counsel, second = [await at_desk(town, one) for one in (RIDER, COUNSEL, SECOND_COUNSEL)]
    row = await in_hand(town, rider, counsel)
    copy = await counsel.rider.hears_of(STORY)
    await counsel.rider.forges(presses.ENTER.data(row.id))
    await counsel.rider.hears_of("goes to the rider")
    said = await counsel.says("You can claim it")
    asked = await rider.rider.hears_of("You can claim it")
    async with town.database.writing() as session:
        given = await access.of_handler_for_update(session, row.id, COUNSEL)
        await cases.assign(session, given, SECOND_COUNSEL, town.now)
    await counsel.replies(copy, "Call me at 400-EVIL")
    await counsel.rider.hears_of("no longer yours")
    await counsel.rider.edits(said, "Pay at evil.example")
    await counsel.rider.hears_of("There is no such case")

    told = await rider.replies(asked, "Thank you")
    await second.rider.hears_of("Thank you")
    await second.rider.forges(presses.CLOSE_DESK.data(row.id, "advised"))
    await second.rider.hears_of("is closed")
    await rider.rider.edits(told, "I never said that")
    await rider.rider.hears_of("closed")
    await rider.replies(asked, "One more thing")
    await rider.rider.hears_of("Your message was not sent")
    await town.until_idle()
    everything = str([one.rider.heard for one in (rider, counsel, second)])
    assert not [words for words in ("EVIL", "evil", "never said", "One more") if words in everything]
