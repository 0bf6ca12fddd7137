"""Forms as a thumb fills them in: answers stand while they are changed, forms wait for each other, nothing is lost."""

from __future__ import annotations

import pytest

from bot.sandbox.params import Upload
from storage import dialogues
from storage.membership import applications
from tests.support.applications import ANSWERS, ID_NUMBER, at_work, begins_to_join, picture
from tests.support.buttons import labels
from tests.support.simulator import Rider, Town
from tests.support.words.chat import WELCOME
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE, SEND
from tests.support.words.membership import (
    AGREE_TO_JOIN,
    APPLICATIONS_WAITING,
    ASKED_FOR_DISTRICT,
    ASKED_FOR_ID_NUMBER,
    ASKED_FOR_INSURANCE,
    ASKED_FOR_PHONE,
    ASKED_FOR_PLATFORM,
    ASSIGNED,
    TAKE_OLDEST,
)

VALID = {"name": "李雷", "phone": "138 0013 8000"}


async def fills_in_to_the_review(rider: Rider, mistyped: str = "") -> str:
    await begins_to_join(rider)
    await rider.says(VALID["name"])
    assert "What is your phone number?" in (await rider.hears_of("Step 2 of 7"))["text"]
    await rider.hears_of(ASKED_FOR_PHONE)
    await rider.says(VALID["phone"])
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("美团")
    closed = await rider.hears_of("▸")
    assert closed["edited"] and ASKED_FOR_PLATFORM in closed["text"] and "美团" in closed["text"]
    await rider.hears_of(ASKED_FOR_DISTRICT)
    await rider.says("德城区")
    await rider.hears_of(ASKED_FOR_ID_NUMBER)
    if mistyped:
        await rider.says(mistyped)
        assert "removed it from this chat" in (await rider.hears_of("An ID number has 18"))["text"]
    await rider.says(ID_NUMBER)
    await rider.hears_of(ASKED_FOR_INSURANCE)
    await rider.presses("Not insured")
    return str((await rider.hears_of(REVIEW_PAGE))["text"])


async def started(town: Town, person_id: int) -> Rider:
    rider = town.rider(person_id)
    await rider.says("/start")
    await rider.hears_of(WELCOME)
    return rider


async def test_an_answer_stands_until_another_is_given(town: Town) -> None:
    rider = await started(town, 41)
    before = await fills_in_to_the_review(rider)
    await rider.changes("Platform")
    assert "美团" in (await rider.hears_of(ASKED_FOR_PLATFORM))["text"], "what stands there now"
    await rider.presses("↩ Keep as it is")
    assert (await rider.hears_of(REVIEW_PAGE))["text"] == before
    await rider.changes("Name")
    await rider.hears_of("What is your name?")
    await rider.says("韩梅梅")
    changed = (await rider.hears_of(REVIEW_PAGE))["text"]
    assert changed == before.replace("李雷", "韩梅梅"), "and all else is as it was"
    await rider.presses(SEND)
    receipt = await rider.hears_of("Confirmed at")
    assert receipt["edited"] and "韩梅梅" in receipt["text"] and "reply_markup" not in receipt
    await rider.hears_of("A-2026-000001")
    await rider.forges(*_again(rider, SEND))
    assert await answered_calmly(rider)


def labels_below(rider: Rider) -> list[str]:
    """Of the newest message."""
    return labels(rider.heard[-1])


async def test_a_long_page_of_review_has_one_button_for_its_answers(town: Town) -> None:
    """As eyes saw it on 360 pixels: fifteen buttons filled the screen, and the answers stood above it."""
    rider = await started(town, 57)
    before = await fills_in_to_the_review(rider)
    folded = labels_below(rider)
    assert [label for label in folded if label.startswith("✎")] == ["✎ Change an answer"]
    await rider.presses("✎ Change an answer")
    unfolded = await rider.hears_of("Which answer do you want to change?")
    assert unfolded["edited"]
    labels = labels_below(rider)
    assert "✎ Work" in labels and len(labels) == 9 and not any(SEND in label for label in labels)
    await rider.presses("◀ Back")
    again = await rider.hears_of(REVIEW_PAGE)
    assert again["edited"] and again["text"] == before
    assert labels_below(rider) == folded
    await rider.changes("Platform")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("↩ Keep as it is")
    await rider.hears_of(REVIEW_PAGE)
    assert labels_below(rider) == folded, "it comes back folded"
    await rider.says("✎ Platform")
    await rider.hears_of(ASKED_FOR_PLATFORM)


async def test_the_buttons_that_stood_there_before_still_change_an_answer(town: Town) -> None:
    """A page that the version before sent has a button for each answer."""
    rider = await started(town, 59)
    await fills_in_to_the_review(rider)
    message, data = rider.button("✎ Change an answer")
    mark = data.split(":")[1]
    await rider.forges(f"form:{mark}:page:nowhere", message)
    await rider.forges(f"form:{mark}:edit:name", message)
    await rider.hears_of("What is your name?")
    await rider.says("韩梅梅")
    assert "韩梅梅" in (await rider.hears_of(REVIEW_PAGE))["text"]
    await rider.forges(f"form:{mark}:edit:name", message)
    await rider.hears_of(REVIEW_PAGE)


def _again(rider: Rider, label: str) -> tuple[str, int]:
    """The button of the message in which it was, though it has none now."""
    for message in reversed(rider.heard):
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for key in row:
                if label in key["text"]:
                    return key["callback_data"], message["message_id"]
    raise AssertionError(label)


async def answered_calmly(rider: Rider) -> bool:
    while "closed" not in await rider.is_answered():
        pass
    return not rider.answers[-1]["alert"]


async def test_the_id_number_does_not_stay_in_the_chat(town: Town) -> None:
    rider = await started(town, 42)
    mistyped = ID_NUMBER[:-1]
    review = await fills_in_to_the_review(rider, mistyped)
    assert ID_NUMBER not in review
    texts = [str(message.get("text")) for message in rider.world.chats[rider.id].messages.values()]
    assert not any(mistyped in text for text in texts)
    assert any("removed it from this chat" in text for text in texts)


async def test_a_form_waits_for_another_that_is_begun_in_the_middle_of_it(town: Town) -> None:
    rider = await started(town, 43)
    await begins_to_join(rider)
    await rider.says(VALID["name"])
    await rider.hears_of(ASKED_FOR_PHONE)
    await rider.says("/suggestion")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses("I agree")
    await rider.says("/cancel")
    await rider.hears_of("Cancelled")
    assert "Joining the union" in (await rider.hears_of("still here"))["text"]
    await rider.says("hello")
    await rider.hears_of(ASKED_FOR_PHONE)
    await rider.presses("◀ Back")
    await rider.hears_of("What is your name?")
    async with town.database.reading() as session:
        form = await dialogues.current(session, rider.id, town.now)
        assert form is not None and form.form == "join" and form.earlier is None


async def test_a_form_that_waits_goes_on_when_it_is_begun_once_more(town: Town) -> None:
    """It started over, and its first copy waited below the form between, to be offered after it."""
    rider = await started(town, 46)
    await begins_to_join(rider)
    await rider.says(VALID["name"])
    await rider.hears_of(ASKED_FOR_PHONE)
    await rider.says("/suggestion")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses("I agree")
    await rider.says("/join")
    await rider.hears_of("your data")
    await rider.presses(AGREE_TO_JOIN)
    await rider.hears_of(ASKED_FOR_PHONE)
    async with town.database.reading() as session:
        form = await dialogues.current(session, rider.id, town.now)
    assert form is not None and form.form == "join" and form.filled.answers["name"] == VALID["name"]
    assert form.earlier is not None and form.earlier.form != "join" and form.earlier.earlier is None


async def test_a_second_tap_begins_nothing_anew(town: Town) -> None:
    rider = await started(town, 44)
    await rider.says("/join")
    await rider.hears_of(CONSENT_PAGE)
    agree = rider.button(AGREE_TO_JOIN)
    await rider.forges(agree[1], agree[0])
    await rider.forges(agree[1], agree[0])
    await rider.hears_of("What is your name?")
    await town.until_idle()
    await rider.says("李雷")
    heard = await rider.hears()
    while ASKED_FOR_PHONE not in heard.get("text", ""):
        assert "What is your name?" not in heard.get("text", ""), "it was asked once"
        heard = await rider.hears()


async def test_a_question_about_an_application_is_answered_with_a_picture(town: Town) -> None:
    rider, coordinator = await started(town, 45), await at_work(town)
    async with town.database.writing() as session:
        await applications.apply(session, rider.id, ANSWERS, 1, town.now)
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.presses(TAKE_OLDEST)
    await coordinator.hears_of(ASSIGNED)
    await coordinator.presses("Ask a question")
    await coordinator.hears_of("What do you want to know?")
    await coordinator.says("The screenshot can't be read, please send another one")
    await rider.hears_of("The screenshot")
    await rider.presses("✍ Answer")
    await rider.hears_of("or send a picture")
    await rider.sends(photo=town.world.files.photo(Upload("profile.png", picture())))
    await rider.hears_of("A-2026-000001")
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    coordinator.skips_the_rest()
    await coordinator.presses(TAKE_OLDEST)
    assert "a picture" in (await coordinator.hears_of(ASSIGNED))["text"]
    assert any("photo" in message and message.get("has_protected_content") for message in coordinator.heard)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_a_desk_takes_a_place_as_a_location(town: Town) -> None:
    rider = await started(town, 46)
    await tells_a_desk(rider)
    await rider.changes("Where")
    await rider.hears_of("Where did it happen?")
    await rider.shares(37.4415, 116.3725)
    await rider.hears_of(REVIEW_PAGE)
    async with town.database.reading() as session:
        form = await dialogues.current(session, rider.id, town.now)
        assert form is not None and "37.44150, 116.37250" in str(form.filled.answers["where"])


async def tells_a_desk(rider: Rider) -> None:
    """From /legal to the page of review."""
    await rider.says("/legal")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses("I agree")
    heard = await rider.hears_of("Step 1")
    while "own words" not in heard["text"]:
        if not heard["edited"]:
            await rider.forges(*_first_choice(heard))
        heard = await rider.hears()
    await rider.says("They pay nothing")
    await rider.hears_of(REVIEW_PAGE)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_is_sent_to_the_page_of_review_is_not_passed_over_in_silence(town: Town) -> None:
    rider = await started(town, 47)
    await fills_in_to_the_review(rider)
    await rider.says("One thing more")
    await rider.hears_of("isn't in the form yet")
    assert "Is everything correct?" in (await rider.hears())["text"]


async def test_what_was_sent_is_not_thrown_away_by_keeping_what_there_was(town: Town) -> None:
    """Evidence is asked for on the page of review; "Skip" beside it lost what had been sent."""
    rider = await started(town, 47)
    await tells_a_desk(rider)
    await rider.changes("Evidence")
    asked = await rider.hears_of("Do you have evidence?")
    keep = rider.button("↩ Keep as it is")
    await rider.says("I have a screenshot")
    offered = await rider.hears_of("1 so far")
    assert "Keep as it is" not in str(offered["reply_markup"])
    await rider.forges(keep[1], asked["message_id"])
    assert "Evidence: I have a screenshot" in (await rider.hears_of(REVIEW_PAGE))["text"]
    await rider.changes("Evidence")
    await rider.hears_of("Do you have evidence?")
    await rider.presses("↩ Keep as it is")
    assert "I have a screenshot" in (await rider.hears_of(REVIEW_PAGE))["text"]
    await rider.changes("Evidence")
    await rider.hears_of("Do you have evidence?")
    await rider.presses("🗑 Remove")
    await rider.hears_of("Remove this answer?")
    await rider.presses("🗑 Yes, discard it")
    assert "Evidence: —" in (await rider.hears_of(REVIEW_PAGE))["text"]


def _first_choice(message: dict[str, object]) -> tuple[str, int]:
    markup = message["reply_markup"]
    assert isinstance(markup, dict) and isinstance(message["message_id"], int)
    return markup["inline_keyboard"][0][0]["callback_data"], message["message_id"]
