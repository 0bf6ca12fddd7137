"""What somebody with an open case sends outside of it is offered to be added."""

from __future__ import annotations

import pytest

from bot.demo import honours
from bot.sandbox.files import STICKER
from bot.sandbox.params import Json
from storage.cases import messages as case_messages
from storage.cases.messages import Said
from storage.cases.table import Case
from storage.telegram_ids import PersonId
from tests.support.case_scripts import AtDesk, at_desk, brings_pay
from tests.support.cases import case_of, takes
from tests.support.simulator import COORDINATOR, COUNSEL, Town
from tests.support.words.chat import NOT_UNDERSTOOD

ADD = "📎 Add it to"
OFFER = "Does your message belong to it?"
ADDED = "Added to"


async def with_a_case(town: Town, person_id: int) -> tuple[AtDesk, Case]:
    rider = await at_desk(town, person_id)
    number = await brings_pay(rider, evidence=False, name="")
    return rider, await case_of(town, number)


async def said_from(town: Town, rider: AtDesk, message: Json) -> list[Said]:
    async with town.database.reading() as session:
        kept = await case_messages.of_source(session, rider.rider.id, message["message_id"])
        return [case_messages.said_in(session, one) for one in kept]


async def test_a_photo_outside_of_a_case_is_added_by_one_press(town: Town) -> None:
    counsel = await at_desk(town, COUNSEL)
    rider, row = await with_a_case(town, 7401)
    await takes(counsel, row.number)
    photo = await rider.sends_photo(3, caption="My payslip of August")
    offer = await rider.rider.hears_of(OFFER)
    assert row.number in offer["text"] and offer["reply_to_message"]["message_id"] == photo["message_id"]
    assert not await said_from(town, rider, photo), "nothing is kept before it is pressed"
    add = rider.rider.button(ADD)
    await rider.presses(ADD)
    added = await rider.rider.hears_of(ADDED)
    assert added["edited"] and row.number in added["text"]
    await rider.rider.forges(add[1], add[0])
    copy = await counsel.rider.hears_of("My payslip of August")
    assert "photo" in copy
    await town.until_idle()
    (said,) = await said_from(town, rider, photo)
    assert said.kind == "photo", "once, however often it is pressed"


@pytest.mark.parametrize("language", ["en", "zh_Hans"])
async def test_words_about_a_payslip_are_offered_beside_the_desk_that_they_are_about(town: Town, language: str) -> None:
    rider = await at_desk(town, 7402, language)
    row = await case_of(town, await brings_pay(rider, evidence=False, name=""))
    said = await rider.says("这是工资条" if language != "en" else "here is my payslip")
    offer = await rider.rider.hears_of(row.number)
    add = rider._("📎 Add it to {number}").format(number=row.number)
    assert add in str(offer["reply_markup"])
    await rider.rider.presses(add)
    await rider.rider.hears_of("✓")
    assert [one.text for one in await said_from(town, rider, said)] == [said["text"]]


@pytest.mark.parametrize(
    ("language", "desk", "kind"),
    [("en", "Nomination for an honour", "May Day medal"), ("zh_Hans", "评优推荐", "劳动奖章")],
)
async def test_the_offer_says_what_a_nomination_is(town: Town, language: str, desk: str, kind: str) -> None:
    """Whoever brought it weeks ago, or looks at the demo, knows no "case" of theirs."""
    await honours.add(town.database, town.now, "Asia/Shanghai", PersonId(7408), PersonId(7409), COORDINATOR)
    rider = await at_desk(town, 7408, language)
    await rider.says("here is my certificate" if language == "en" else "这是我的证书")
    offer = await rider.rider.hears_of("HN-2026-000001")
    assert f"{desk} · " in offer["text"] and kind in offer["text"]
    assert rider._("📎 Add it to {number}").format(number="HN-2026-000001") in str(offer["reply_markup"])


async def test_no_keeps_nothing(town: Town) -> None:
    rider, _ = await with_a_case(town, 7403)
    sent = await rider.sends_document()
    await rider.rider.hears_of(OFFER)
    await rider.presses("✖ No")
    await rider.rider.hears_of("I haven't kept it")
    assert not await said_from(town, rider, sent)
    await rider.says("hello")
    await rider.hears(NOT_UNDERSTOOD)
    await rider.says("thanks!")
    await rider.rider.hears_of("You're welcome")
    await rider.rider.sends(sticker=STICKER)
    await rider.rider.hears_of("I can't do anything with that")


async def test_of_several_cases_it_is_asked_which(town: Town) -> None:
    rider, first = await with_a_case(town, 7404)
    second = await case_of(town, await brings_pay(rider, evidence=False, name=""))
    for colour in (1, 2):
        await rider.sends_photo(colour, media_group_id="both sides")
    offers = [await rider.rider.hears_of("Does your message belong to one of them?") for _ in range(2)]
    for offer in offers:
        key = next(key for (key, *_) in offer["reply_markup"]["inline_keyboard"] if first.number in key["text"])
        await rider.rider.forges(key["callback_data"], offer["message_id"])
        assert first.number in (await rider.rider.hears_of(ADDED))["text"]
    assert second.number != first.number


async def test_nothing_is_offered_to_who_has_no_open_case(town: Town) -> None:
    rider = await at_desk(town, 7405)
    for colour in (1, 2):
        await rider.sends_photo(colour, media_group_id="cats")
    await rider.rider.hears_of("I can't do anything with that")
    await rider.says("here is my cat")
    await rider.hears(NOT_UNDERSTOOD)
    assert not rider.rider.unheard


async def test_a_message_that_is_gone_is_asked_for_again_and_nobody_adds_to_the_case_of_another(town: Town) -> None:
    rider, row = await with_a_case(town, 7406)
    await rider.rider.forges(f"caseadd:{row.id}")
    await rider.rider.hears_of("can't read that message any more")
    other = await at_desk(town, 7407)
    await other.rider.forges(f"caseadd:{row.id}")
    await other.rider.until(lambda: any("no such case" in one["text"] for one in other.rider.answers))
