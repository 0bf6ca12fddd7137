"""A form that is cancelled ends at once, and comes back as it was for ten seconds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from storage import dialogues
from storage.dialogues import UNDONE_WITHIN, Dialogue, OpenForm
from storage.telegram_ids import PersonId
from tests.support.applications import begins_to_join
from tests.support.case_scripts import STORY, AtDesk, at_desk
from tests.support.simulator import Rider, Town
from tests.support.words.cases import AGREE_AT_DESK, ASKED_WHAT_ABOUT, ASKED_WHICH_PLATFORM
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE
from tests.support.words.membership import ASKED_FOR_PHONE

UNDO = "↩ Undo"
HAS_UNDO = "You can undo this for 10 seconds."
TOO_LATE = "too late"


async def tells_aid(rider: AtDesk) -> None:
    """Up to the story of /aid, with a photo."""
    await rider.says("/aid")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.is_asked("What do you need help with?")
    await rider.rider.presses("Housing")
    await rider.is_asked("Tell us about your situation")
    await rider.says(STORY)
    await rider.hears(REVIEW_PAGE)
    await rider.sends_photo()
    await rider.hears(REVIEW_PAGE)


async def open_form(town: Town, person: PersonId) -> OpenForm | None:
    async with town.database.reading() as session:
        return await dialogues.current(session, person, town.now)


async def is_late(rider: Rider) -> bool:
    while TOO_LATE not in await rider.is_answered():
        pass
    return True


async def test_a_cancelled_form_comes_back_where_it_was_with_its_photo(town: Town) -> None:
    rider = await at_desk(town, 7201)
    await tells_aid(rider)
    before = await open_form(town, rider.rider.id)
    await rider.says("/cancel")
    ended = await rider.rider.hears_of("Cancelled.")
    assert HAS_UNDO in ended["text"], "no question is asked, and it is over"
    assert await open_form(town, rider.rider.id) is None
    await rider.says("/cancel")
    await rider.rider.hears_of("nothing to cancel")
    undo = rider.rider.button(UNDO)
    await rider.presses(UNDO)
    await rider.rider.hears_of("Undone")
    review = (await rider.hears(REVIEW_PAGE))["text"]
    assert await open_form(town, rider.rider.id) == before
    await rider.rider.forges(undo[1], undo[0])  # the second of two quick taps
    assert STORY in review and "1 photo" in review
    assert not any(TOO_LATE in answer["text"] for answer in rider.rider.answers)


@pytest.mark.both_databases
async def test_after_its_time_a_cancelled_form_is_gone(town: Town) -> None:
    rider = await at_desk(town, 7202)
    await tells_aid(rider)
    await rider.says("/cancel")
    await rider.rider.hears_of(HAS_UNDO)
    await rider.says("hello")
    await rider.rider.hears_of("Send me your location")
    town.now += UNDONE_WITHIN
    await rider.presses(UNDO)
    assert await is_late(rider.rider)
    assert HAS_UNDO not in (await rider.rider.hears_of("Cancelled."))["text"]
    assert await open_form(town, rider.rider.id) is None
    await town.tick("retention")
    async with town.database.reading() as session:
        assert await session.scalar(select(Dialogue.person_id).where(Dialogue.person_id == rider.rider.id)) is None


async def test_a_form_that_was_begun_meanwhile_stays(town: Town) -> None:
    rider = await at_desk(town, 7203)
    await tells_aid(rider)
    await rider.says("/cancel")
    await rider.rider.hears_of(HAS_UNDO)
    undo = rider.rider.button(UNDO)
    await rider.says("/suggestion")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses("💬 I agree: you can reply to me")
    await rider.is_asked(ASKED_WHAT_ABOUT)
    await rider.rider.forges(undo[1], undo[0])
    assert await is_late(rider.rider)
    form = await open_form(town, rider.rider.id)
    assert form is not None and form.form == "desk_suggestion" and form.earlier is None


async def test_nothing_can_be_undone_where_nothing_was_answered(town: Town) -> None:
    rider = await at_desk(town, 7204)
    await rider.says("/legal")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.is_asked(ASKED_WHAT_ABOUT)
    await rider.says("/cancel")
    ended = await rider.rider.hears_of("Cancelled. Nothing from this form was saved.")
    assert "inline_keyboard" not in str(ended)


async def test_of_two_forms_the_cancelled_one_comes_back_above_the_other(town: Town) -> None:
    rider = await at_desk(town, 7205)
    await begins_to_join(rider.rider)
    await rider.says("李雷")
    await rider.rider.hears_of(ASKED_FOR_PHONE)
    await tells_aid(rider)
    before = await open_form(town, rider.rider.id)
    await rider.says("/cancel")
    await rider.rider.hears_of("still here")
    waiting = await open_form(town, rider.rider.id)
    assert waiting is not None and waiting.form == "join" and waiting.is_set_aside
    await rider.presses(UNDO)
    await rider.hears(REVIEW_PAGE)
    assert await open_form(town, rider.rider.id) == before

    await rider.says("/cancel")
    await rider.rider.hears_of("still here")
    undo = rider.rider.button(UNDO)
    await rider.presses("▶ Continue")
    await rider.rider.hears_of(ASKED_FOR_PHONE)
    await rider.rider.forges(undo[1], undo[0])
    assert await is_late(rider.rider)
    await rider.says("/cancel")
    await rider.rider.hears_of(HAS_UNDO)
    async with town.database.reading() as session:
        (copy,) = await dialogues.copy_of(session, rider.rider.id)
    assert copy["form"] == "join" and STORY not in str(copy), "what was cancelled before is gone"


async def test_a_saved_form_that_is_gone_on_with_is_not_lost_by_cancelling(town: Town) -> None:
    """It is saved no longer from then on."""
    rider = await at_desk(town, 7206)
    await rider.says("/legal")
    await rider.is_asked(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.is_asked(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Unpaid")
    await rider.is_asked(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("Save for later")
    await rider.rider.hears_of("Saved for")
    await rider.says("/legal")
    await rider.rider.hears_of("Legal")
    await rider.presses("💾 Continue my saved form")
    await rider.is_asked(ASKED_WHICH_PLATFORM)
    await rider.says("/cancel")
    await rider.rider.hears_of(HAS_UNDO)
    await rider.presses(UNDO)
    await rider.is_asked(ASKED_WHICH_PLATFORM)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_was_cancelled_is_in_the_copy_and_goes_with_the_person(town: Town) -> None:
    rider = await at_desk(town, 7207)
    await tells_aid(rider)
    await rider.says("/cancel")
    await rider.rider.hears_of(HAS_UNDO)
    async with town.database.writing() as session:
        (copy,) = await dialogues.copy_of(session, rider.rider.id)
        assert copy["form"] == "desk_aid" and STORY in str(copy)
        assert copy["kept_until"] == town.now + timedelta(seconds=10)
        await dialogues.close(session, rider.rider.id)
    await rider.presses(UNDO)
    assert await is_late(rider.rider)
