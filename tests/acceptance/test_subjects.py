"""Who writes what they want, in place of a command, gets the command as a button."""

from __future__ import annotations

import pytest

from handlers.chat.presses import COMMAND
from tests.support.activities import planned
from tests.support.case_scripts import at_desk
from tests.support.simulator import Town
from tests.support.words.chat import NOT_UNDERSTOOD
from tests.support.words.forms import CONSENT_PAGE


@pytest.mark.parametrize(
    ("language", "text", "offer", "button"),
    [
        ("zh_Hans", "我想打篮球", "您是想找这个吗", "📅 活动"),
        ("en", "any basketball?", "Are you looking for this?", "📅 Activities"),
    ],
)
async def test_words_of_its_subject_offer_a_command(
    town: Town, language: str, text: str, offer: str, button: str
) -> None:
    await planned(town)
    rider = await at_desk(town, 420, language)
    await rider.says(text)
    await rider.rider.hears_of(offer)
    await rider.rider.presses(button)
    await rider.rider.hears_of("3x3 basketball")


async def test_a_desk_is_offered_by_its_title(town: Town) -> None:
    rider = (await at_desk(town, 421)).rider
    await rider.says("they cut my wages")
    await rider.hears_of("Are you looking for this?")
    await rider.presses("⚖️ Legal consultation")
    await rider.hears_of(CONSENT_PAGE)


async def test_other_words_lead_to_the_stations_as_ever(town: Town) -> None:
    rider = (await at_desk(town, 422)).rider
    await rider.says("good morning")
    await rider.hears_of(NOT_UNDERSTOOD)
    for thanks in ("谢谢！", "好的，谢谢您", "Thanks", "Thank you so much!"):
        await rider.says(thanks)
        assert "You're welcome" in (await rider.hears())["text"]
    await rider.sends(
        text="they cut my wages", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "Boss"}
    )
    await rider.hears_of(NOT_UNDERSTOOD)


async def test_a_forged_button_reaches_no_command_that_is_not_offered(town: Town) -> None:
    rider = (await at_desk(town, 423)).rider
    for name in ("reviews", "cancel", "nothing"):
        await rider.forges(COMMAND.data(name))
    await rider.says("good evening")
    assert NOT_UNDERSTOOD in (await rider.hears())["text"]
