"""What a newcomer types where something else is asked for: it is not taken, nothing private stays, the form stays."""

from __future__ import annotations

import pytest

from handlers.i18n.translations import translator
from storage import dialogues
from storage.telegram_ids import PersonId
from tests.support.applications import ID_NUMBER, begins_to_join
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.languages import LANGUAGES
from tests.support.simulator import Town
from tests.support.words.cases import AGREE_AT_DESK, ASKED_WHAT_ABOUT
from tests.support.words.forms import CONSENT_PAGE, RECEIVED_SO_FAR, REVIEW_PAGE
from tests.support.words.membership import (
    AGREE_TO_JOIN,
    ASKED_FOR_DISTRICT,
    ASKED_FOR_INSURANCE,
    ASKED_FOR_NAME,
    ASKED_FOR_PHONE,
    ASKED_FOR_PLATFORM,
    ASKED_FOR_WORK,
)

RIDER = PersonId(7301)
MOBILE, ANOTHER = "138 0013 8000", "139 0013 9000"
REMOVED = "I've read your message and removed it from this chat."
QUESTIONS = {
    ASKED_FOR_NAME: "您叫什么名字",
    ASKED_FOR_PLATFORM: "哪个平台",
    ASKED_FOR_WORK: "您主要做什么",
    ASKED_FOR_DISTRICT: "哪个区",
    ASKED_FOR_INSURANCE: "意外险吗",
}
"""Each by what stands in its Chinese."""


async def joins(town: Town, language: str) -> AtDesk:
    """As far as the question for the name."""
    rider = await at_desk(town, RIDER, language)
    await rider.says("/join")
    await rider.rider.hears_of("Telegram")
    await rider.presses(AGREE_TO_JOIN)
    await is_asked(rider, ASKED_FOR_NAME)
    return rider


async def is_asked(rider: AtDesk, question: str) -> None:
    await rider.rider.hears_of(question if rider.language == "en" else QUESTIONS[question])


async def answers_of(town: Town) -> dict[str, object]:
    async with town.database.reading() as session:
        form = await dialogues.current(session, RIDER, town.now)
    assert form is not None
    return dict(form.filled.answers)


def texts_in_chat(rider: AtDesk) -> list[str]:
    return [str(one.get("text")) for one in rider.rider.world.chats[rider.rider.id].messages.values()]


@LANGUAGES
async def test_trouble_told_for_a_name_leads_to_a_desk_and_the_form_waits(town: Town, language: str) -> None:
    rider = await joins(town, language)
    await rider.says("they cut my pay" if language == "en" else "他们扣了我的钱")
    refused = await rider.hears("That looks like a sentence. This step asks for: {title}.", title=rider._("Name"))
    assert "⚖️" in str(refused["reply_markup"])
    assert "name" not in await answers_of(town)
    await rider.rider.presses("⚖️")
    await rider.rider.hears_of("12348")
    await rider.says("Li Lei" if language == "en" else "我叫李雷")
    await rider.hears(ASKED_FOR_PHONE)
    assert (await answers_of(town))["name"] == ("Li Lei" if language == "en" else "李雷")


@LANGUAGES
@pytest.mark.parametrize("name", ["阿卜杜拉·买买提", "Nguyen Van An", "O'Brien", "阿不都卡的尔"])
async def test_every_name_is_taken(town: Town, language: str, name: str) -> None:
    rider = await joins(town, language)
    await rider.says(name)
    await rider.hears(ASKED_FOR_PHONE)
    assert (await answers_of(town))["name"] == name


@LANGUAGES
async def test_a_number_that_another_question_asks_for_is_neither_kept_nor_left(town: Town, language: str) -> None:
    rider = await joins(town, language)

    async def is_refused(typed: str, said: str, title: str = "") -> None:
        await rider.says(typed)
        refused = await rider.hears(said, title=rider._(title)) if title else await rider.hears(said)
        assert rider._(REMOVED) in refused["text"]
        await town.until_idle()
        await rider.rider.until(lambda: typed not in texts_in_chat(rider))

    phone = "That looks like a phone number. This step asks for: {title}."
    document = "That looks like the number of an ID or a card. This step asks for: {title}."
    await is_refused(ID_NUMBER, document, "Name")
    await is_refused(ANOTHER, phone, "Name")
    await rider.says("李雷")
    await rider.hears(ASKED_FOR_PHONE)
    await is_refused(ID_NUMBER, "That's not a phone number. Please write it like 138 0013 8000.")
    await rider.says(MOBILE)
    await is_asked(rider, ASKED_FOR_PLATFORM)
    await is_refused(ANOTHER, phone, "Platform")
    await rider.says("they cut my pay" if language == "en" else "他们扣了我的钱")
    await rider.hears("That looks like a sentence. This step asks for: {title}.", title=rider._("Platform"))
    await rider.rider.presses(rider._("Other"))
    await rider.rider.hears_of("闪送")
    await is_refused(ANOTHER, phone, "Other platform")
    await rider.says("58同城")
    await is_asked(rider, ASKED_FOR_WORK)
    await is_refused(ANOTHER, "Please press one of the buttons.")
    await rider.rider.presses("🛵")
    await is_asked(rider, ASKED_FOR_DISTRICT)
    await is_refused("3701 0219 9001 0100 36", document, "District")
    await rider.says("德城区")
    await rider.rider.hears_of("37010219900101001X")
    await rider.says(ID_NUMBER)
    await is_asked(rider, ASKED_FOR_INSURANCE)
    await rider.presses("Not insured")
    await rider.hears(REVIEW_PAGE)
    await is_refused(ID_NUMBER, "That isn't in the form yet. To add it, press ✎ and choose the answer it belongs to.")
    kept = await answers_of(town)
    assert (kept["name"], kept["platform_other"], kept["district"]) == ("李雷", "58同城", "德城区")


@LANGUAGES
async def test_the_words_of_a_button_are_as_good_as_the_press(town: Town, language: str) -> None:
    _ = translator(language)
    rider = await joins(town, language)
    await rider.says("李雷")
    await rider.hears(ASKED_FOR_PHONE)
    await rider.says(_("◀ Back"))
    await is_asked(rider, ASKED_FOR_NAME)
    await rider.says("李雷")
    await rider.hears(ASKED_FOR_PHONE)
    await rider.says(MOBILE)
    await is_asked(rider, ASKED_FOR_PLATFORM)
    await rider.says("OTHER" if language == "en" else "其他")
    await rider.rider.hears_of("闪送")
    await rider.says(_("◀ Back").removeprefix("◀ "))
    await is_asked(rider, ASKED_FOR_PLATFORM)
    await rider.says("京东")
    await is_asked(rider, ASKED_FOR_WORK)
    await rider.says(_("Skip"))
    await rider.hears("Please press one of the buttons.")
    await rider.says("ｍｅａｌｓ" if language == "en" else _("🛵 Meals"))
    await is_asked(rider, ASKED_FOR_DISTRICT)
    await rider.says(_("Skip"))
    await rider.hears("This step has no such button. It asks for: {title}.", title=_("District"))
    await rider.says("德城区")
    await rider.rider.hears_of("37010219900101001X")
    await rider.says(_("Skip"))
    await is_asked(rider, ASKED_FOR_INSURANCE)
    await rider.says(_("I don't know").upper())
    await rider.hears(REVIEW_PAGE)
    await rider.says("✎ " + _("Work"))
    await is_asked(rider, ASKED_FOR_WORK)
    await rider.says(_("↩ Keep as it is").removeprefix("↩ "))
    await rider.hears(REVIEW_PAGE)
    kept = await answers_of(town)
    assert (kept["work"], kept["insurance"], kept["id_number"]) == ("meals", "unknown", None)
    for words in (_("✔ Send application"), _("✔ Send application").removeprefix("✔ ")):
        await rider.says(words)
        await rider.hears("Please press “{button}” below. Typing it isn't enough.", button=_("✔ Send application"))
        await rider.hears(REVIEW_PAGE)
    await rider.says(_("✖ Cancel"))
    await rider.hears("Cancel this form? Your answers will be discarded.")
    assert await answers_of(town) == kept, "only a press throws away"


@LANGUAGES
async def test_enough_is_said_by_typing_it(town: Town, language: str) -> None:
    rider = await at_desk(town, RIDER, language)
    await rider.says("/suggestion")
    await rider.rider.hears_of("Telegram")
    await rider.presses("💬 I agree: you can reply to me")
    await rider.rider.hears_of("哪方面" if language != "en" else ASKED_WHAT_ABOUT)
    await rider.says("rates  bonuses" if language == "en" else "单价，奖励")
    await rider.rider.hears_of("哪个平台" if language != "en" else "Which platform")
    await rider.says(rider._("No platform"))
    await rider.rider.hears_of("请写下来" if language != "en" else "Write it down")
    await rider.sends_photo()
    await rider.rider.hears_of("1")
    await rider.says(rider._("✔ That's all"))
    await rider.hears(REVIEW_PAGE)
    await rider.rider.changes("意见" if language != "en" else "Suggestion")
    await rider.rider.hears_of("请写下来" if language != "en" else "Write it down")
    await rider.says("More pay")
    await rider.hears(RECEIVED_SO_FAR, n=2)
    origin = {"type": "user", "date": 1, "sender_user": rider.rider.person.user()}
    await rider.says(rider._("✔ That's all"), forward_origin=origin)
    await town.until_idle()
    await rider.says(rider._("✔ That's all"))
    await rider.hears(REVIEW_PAGE)
    told = str((await answers_of(town))["story"])
    assert "More pay" in told and told.count(rider._("✔ That's all")) == 1, "what others wrote is no press"


@LANGUAGES
async def test_a_day_of_the_past_is_asked_for_with_such_examples(town: Town, language: str) -> None:
    rider = await at_desk(town, RIDER, language)
    await rider.says("/legal")
    await rider.rider.hears_of("12348")
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of("是什么事" if language != "en" else ASKED_WHAT_ABOUT)
    await rider.rider.presses("💰")
    await rider.rider.hears_of("哪个平台" if language != "en" else "Which platform")
    await rider.rider.presses("美团")
    await rider.rider.hears_of("哪天" if language != "en" else "When did it happen?")
    await rider.says("some day")
    hint = (await rider.rider.hears_of("I don't understand" if language == "en" else "没看懂"))["text"]
    assert ("yesterday" if language == "en" else "昨天") in hint and ("28 Nov" not in hint and "11月28日" not in hint)
    await rider.says("昨天" if language != "en" else "yesterday")
    await rider.rider.hears_of("经过" if language != "en" else "own words")


def keyboard_of(rider: AtDesk) -> str:
    return str(rider.rider.world.chats[rider.rider.id].keyboard)


@LANGUAGES
@pytest.mark.parametrize("way", ["back", "cancel", "another form", "answered", "keep"])
async def test_the_keyboard_of_a_question_goes_with_it(town: Town, language: str, way: str) -> None:
    rider = await joins(town, language)
    await rider.says("李雷")
    await rider.hears(ASKED_FOR_PHONE)
    share = rider._("📱 Share my phone number")
    assert share in keyboard_of(rider)
    if way == "back":
        await rider.presses("◀ Back")
        await is_asked(rider, ASKED_FOR_NAME)
    elif way == "cancel":
        await rider.says("/cancel")
        await rider.hears("Cancelled.")
    elif way == "another form":
        await rider.says("/legal")
        await rider.rider.hears_of("12348")
        await rider.presses(AGREE_AT_DESK)
        await rider.rider.hears_of("是什么事" if language != "en" else ASKED_WHAT_ABOUT)
    else:
        await rider.says(MOBILE)
        await is_asked(rider, ASKED_FOR_PLATFORM)
    if way == "keep":
        await town.until_idle()
        await rider.rider.presses("美团")
        await is_asked(rider, ASKED_FOR_DISTRICT)
        await rider.says("德城区")
        await rider.rider.hears_of("37010219900101001X")
        await rider.presses("Skip")
        await is_asked(rider, ASKED_FOR_INSURANCE)
        await rider.presses("Not insured")
        await rider.hears(REVIEW_PAGE)
        await rider.rider.changes(rider._("Phone"))
        await rider.hears(ASKED_FOR_PHONE)
        assert share in keyboard_of(rider)
        await rider.presses("↩ Keep as it is")
        await rider.hears(REVIEW_PAGE)
    assert share not in keyboard_of(rider) and rider._("📍 Nearest station") in keyboard_of(rider)


async def test_a_form_that_waits_is_offered_in_short_after_another_was_cancelled(town: Town) -> None:
    """Every command was followed by its whole question, as if it were asked for the first time."""
    rider = await at_desk(town, RIDER)
    await begins_to_join(rider.rider)
    await rider.says("/legal")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.says("/cancel")
    await rider.rider.hears_of("still here")
    for _again in range(2):
        await rider.says("/station")
        await rider.rider.hears_of("Press the button below")
        back = await rider.rider.hears()
        assert ASKED_FOR_NAME not in back["text"] and "↩ Back to my form: Joining the union" in str(
            back["reply_markup"]
        )
    await rider.says("Zhang San")
    await rider.rider.hears_of(ASKED_FOR_NAME)
    await rider.says("Zhang San")
    await rider.hears(ASKED_FOR_PHONE)


@LANGUAGES
async def test_a_part_of_a_buttons_words_will_do_and_so_will_other_words_for_enough(town: Town, language: str) -> None:
    rider = await at_desk(town, RIDER, language)
    await rider.says("/legal")
    await rider.rider.hears_of("12348")
    await rider.says("I agree" if language == "en" else "我同意")
    await rider.hears("Please press the button under the message. Typing it isn't enough.")
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of("是什么事" if language != "en" else ASKED_WHAT_ABOUT)
    await rider.says("my salary" if language == "en" else "工资")
    refused = await rider.hears("Please press one of the buttons.")
    assert "command:legal" not in str(refused["reply_markup"]), "they are at that desk"
    await rider.says("wages" if language == "en" else "扣钱")
    await rider.rider.hears_of("哪个平台" if language != "en" else "Which platform")
    await rider.says("美团")
    await rider.rider.hears_of("哪天" if language != "en" else "When did it happen?")
    await rider.says(rider._("Yesterday"))
    await rider.rider.hears_of("经过" if language != "en" else "own words")
    await rider.says("They pay nothing")
    await rider.hears(REVIEW_PAGE)
    await rider.says("That is all." if language == "en" else "说完了")
    await rider.hears("Please press “{button}” below. Typing it isn't enough.", button=rider._("✔ Send"))
    kept = await answers_of(town)
    assert kept["kind"] == "pay" and str(kept["story"]).count("'kind'") == 1
    await rider.says("send" if language == "en" else "发送")
    await rider.hears("Please press “{button}” below. Typing it isn't enough.", button=rider._("✔ Send"))


@LANGUAGES
async def test_the_question_whether_to_cancel_may_be_answered_in_words(town: Town, language: str) -> None:
    rider = await joins(town, language)
    await rider.says("李雷")
    await rider.hears(ASKED_FOR_PHONE)
    await rider.presses("◀ Back")
    await is_asked(rider, ASKED_FOR_NAME)
    await rider.says(rider._("↩ No, continue").removeprefix("↩ "))
    await is_asked(rider, ASKED_FOR_NAME)
    assert "name" not in await answers_of(town)


async def test_another_language_leads_back_to_the_form(town: Town) -> None:
    rider = await joins(town, "zh_Hans")
    await rider.says("/language")
    await rider.rider.hears_of("Choose your language")
    await rider.rider.presses("English")
    await rider.rider.hears_of("Your form is still open.")
    await rider.rider.presses("↩ Back to my form: Joining the union")
    await rider.rider.hears_of(ASKED_FOR_NAME)
