"""What is sent to a desk before it is asked for is kept, and shown where it belongs."""

from __future__ import annotations

import pytest

from bot.sandbox.files import STICKER
from bot.sandbox.params import Json
from storage import dialogues
from storage.cases import messages as case_messages
from tests.support.buttons import labels
from tests.support.case_scripts import STORY, AtDesk, at_desk
from tests.support.cases import case_of
from tests.support.simulator import Town
from tests.support.words.cases import (
    AGREE_AT_DESK,
    ASKED_FOR_EVIDENCE,
    ASKED_WHAT_ABOUT,
    ASKED_WHEN,
    ASKED_WHICH_PLATFORM,
)
from tests.support.words.forms import CONSENT_PAGE, NO_MORE, RECEIVED_SO_FAR, REVIEW_PAGE, SEND

KEPT_PHOTO, KEPT_VOICE = "I've kept your photo", "I've kept your voice message"
KEPT_TEXT, KEPT_FILE = "I've kept what you wrote", "I've kept your file"
OWN_WORDS = "own words"


async def begins_legal(town: Town, person_id: int) -> AtDesk:
    rider = await at_desk(town, person_id)
    await rider.says("/legal")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.is_asked(ASKED_WHAT_ABOUT)
    return rider


async def up_to_the_story(rider: AtDesk) -> Json:
    await rider.rider.presses("Unpaid")
    await rider.is_asked(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("美团")
    await rider.is_asked(ASKED_WHEN)
    await rider.rider.presses("Yesterday")
    return await rider.is_asked(OWN_WORDS)


async def test_what_comes_at_the_first_question_is_kept_and_shown_where_it_belongs(town: Town) -> None:
    rider = await begins_legal(town, 7301)
    await rider.says(STORY)
    kept = await rider.is_asked(KEPT_TEXT)
    assert ASKED_WHAT_ABOUT in kept["text"] and any("Unpaid" in label for label in labels(kept))
    await rider.sends_voice()
    assert ASKED_WHAT_ABOUT in (await rider.is_asked(KEPT_VOICE))["text"]
    await rider.sends_photo(1)
    assert ASKED_WHAT_ABOUT in (await rider.is_asked(KEPT_PHOTO))["text"]
    await rider.sends_document()
    await rider.is_asked(KEPT_FILE)

    asked = await up_to_the_story(rider)
    assert STORY in asked["text"] and "1 voice message" in asked["text"] and NO_MORE in labels(asked)
    await rider.presses(NO_MORE)
    review = (await rider.hears(REVIEW_PAGE))["text"]
    assert STORY in review and "1 photo, 1 file" in review
    await rider.changes("Evidence")
    assert "1 photo, 1 file" in (await rider.is_asked(ASKED_FOR_EVIDENCE))["text"]
    await rider.rider.presses("Keep as it is")
    await rider.hears(REVIEW_PAGE)
    await rider.sends_photo(2)
    page = (await rider.is_asked(KEPT_PHOTO))["text"]
    assert "2 photos, 1 file" in page and REVIEW_PAGE in page
    await rider.presses(SEND)
    await rider.is_asked("L-2026-000001")
    await case_of(town, "L-2026-000001")


async def test_of_an_album_each_picture_is_kept_and_the_question_asked_once(town: Town) -> None:
    rider = await begins_legal(town, 7302)
    await rider.rider.presses("Unpaid")
    await rider.is_asked(ASKED_WHICH_PLATFORM)
    for colour in (1, 2, 3):
        await rider.sends_photo(colour, media_group_id="payslips")
    assert ASKED_WHICH_PLATFORM in (await rider.is_asked(KEPT_PHOTO))["text"]
    await town.until_idle()
    assert not any(KEPT_PHOTO in one.get("text", "") for one in rider.rider.unheard)
    async with town.database.reading() as session:
        form = await dialogues.current(session, rider.rider.id, town.now)
    assert form is not None and len(form.filled.answers["evidence"]) == 3  # type: ignore[arg-type]


async def test_a_slip_is_no_story(town: Town) -> None:
    rider = await begins_legal(town, 7303)
    await rider.says("hello")
    await rider.rider.hears_of("press one of the buttons")
    await rider.rider.sends(sticker=STICKER)
    await rider.rider.hears_of("press one of the buttons")
    await rider.says("110101199003077571")
    refused = (await rider.rider.hears_of("press one of the buttons"))["text"]
    assert "removed it from this chat" in refused, "a number alone tells nothing, and does not stay"
    await rider.rider.presses("Unpaid")
    await rider.is_asked(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("美团")
    await rider.is_asked(ASKED_WHEN)
    await rider.says("the other day")
    hint = await rider.rider.hears()
    assert KEPT_TEXT not in hint["text"]
    async with town.database.reading() as session:
        form = await dialogues.current(session, rider.rider.id, town.now)
    assert form is not None and not form.filled.gathered
    await rider.says("上周三晚上我送单的时候被车撞了")
    assert ASKED_WHEN in (await rider.is_asked(KEPT_TEXT))["text"], "that is no day mistyped"


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_the_page_of_evidence_says_what_is_there_with_the_buttons_that_make_sense(town: Town) -> None:
    rider = await begins_legal(town, 7304)
    await up_to_the_story(rider)
    await rider.says(STORY)
    await rider.hears(REVIEW_PAGE)
    await rider.changes("Evidence")
    assert labels(await rider.is_asked(ASKED_FOR_EVIDENCE)) == ["📎 Attach my pay book", "↩ Keep as it is"]
    await rider.sends_photo(1)
    first = await rider.hears(RECEIVED_SO_FAR, n=1)
    assert labels(first) == ["📎 Attach my pay book", NO_MORE, "🗑 Start over"]
    await rider.presses("🗑 Start over")
    asked = await rider.rider.hears_of("will be discarded")
    assert "1 photo" in asked["text"], "not a dash while something is in"
    await rider.presses("↩ No, continue")
    await rider.rider.sees_noted(await rider.sends_photo(2))
    await rider.presses(NO_MORE)
    assert "Evidence: 📎 2 photos" in (await rider.hears(REVIEW_PAGE))["text"]
    await rider.changes("Evidence")
    page = await rider.is_asked(ASKED_FOR_EVIDENCE)
    assert "2 photos" in page["text"] and "To add something, just send it." in page["text"]
    assert labels(page) == ["📎 Attach my pay book", "↩ Keep as it is", "🗑 Remove all"]
    await rider.sends_document()
    await rider.hears(RECEIVED_SO_FAR, n=3)
    await rider.presses(NO_MORE)
    assert "2 photos, 1 file" in (await rider.hears(REVIEW_PAGE))["text"]
    await rider.changes("Evidence")
    await rider.is_asked(ASKED_FOR_EVIDENCE)
    await rider.presses("🗑 Remove all")
    await rider.rider.hears_of("Remove this answer?")
    await rider.presses("🗑 Yes, discard it")
    assert "Evidence: —" in (await rider.hears(REVIEW_PAGE))["text"]


async def test_the_page_of_review_follows_the_first_thing_told_and_takes_more(town: Town) -> None:
    """Whoever has told it all in one message has one press to make, and whoever goes on telling just goes on."""
    rider = await begins_legal(town, 7310)
    await up_to_the_story(rider)
    await rider.says(STORY)
    review = await rider.hears(REVIEW_PAGE)
    assert STORY in review["text"] and "To add something, just send it." in review["text"]
    await rider.says("And nothing in October either")
    assert "in October" in (await rider.hears(REVIEW_PAGE))["text"]
    await rider.rider.sees_noted(await rider.says("My boss is called Wang Gang"))
    await rider.says("ok")
    await rider.is_asked("That isn't in the form yet.")
    await rider.presses(SEND)
    await rider.is_asked("L-2026-000001")
    row = await case_of(town, "L-2026-000001")
    async with town.database.reading() as session:
        said = [case_messages.said_in(session, one).text for one in await case_messages.talk_of(session, row.id)]
    assert said == [STORY, "And nothing in October either", "My boss is called Wang Gang"]


async def test_the_button_that_agreed_before_the_choice_stood_beside_it_still_asks(town: Town) -> None:
    """To stay anonymous or not, at the desk for suggestions."""
    rider = await at_desk(town, 7311)
    await rider.says("/suggestion")
    shown = await rider.is_asked(CONSENT_PAGE)
    data = next(key["callback_data"] for row in shown["reply_markup"]["inline_keyboard"] for key in row)
    _, key, version, _ = data.split(":")
    await rider.rider.forges(f"deskgoas:{key}:{version}:perhaps", shown["message_id"])
    await rider.rider.forges(f"deskgo:{key}:{version}", shown["message_id"])
    await rider.is_asked("Send it anonymously?")
