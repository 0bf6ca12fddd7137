"""What to do today: before a desk's form, behind /help and in answer to free words; and whether it helped."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from handlers.cases import presses
from handlers.i18n.translations import translator
from storage.cases.answers.counts import AnswerCount
from tests.support.buttons import labels
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, Town
from tests.support.words.cases import AGREE_AT_DESK, ASKED_WHICH_PLATFORM
from tests.support.words.chat import HELP_PAGE, NOT_UNDERSTOOD

BAN = {"en": "Ban or fine", "zh_Hans": "封号、罚款"}


@LANGUAGES
async def test_a_desk_shows_the_page_of_a_kind_before_its_form_which_begins_with_that_kind(
    town: Town, language: str
) -> None:
    desk = await at_desk(town, 430, language)
    await desk.says("/legal")
    await desk.rider.hears_of("⚖️")
    await desk.presses("💡 What you can do today")
    await desk.hears("Which matter?")
    await desk.rider.presses(BAN[language])
    page = await desk.rider.hears_of("💡")
    assert "人社厅发〔2023〕50号" in page["text"] and "12348" in page["text"]
    await desk.rider.presses({"en": "⚖️ Legal consultation", "zh_Hans": "⚖️ 法律咨询"}[language])
    await desk.rider.hears_of("⚖️")
    await desk.presses(AGREE_AT_DESK)
    await desk.rider.hears_of({"en": ASKED_WHICH_PLATFORM, "zh_Hans": "和哪个平台有关"}[language])


@LANGUAGES
async def test_help_with_a_word_and_free_words_offer_the_pages_and_the_commands_that_fit(
    town: Town, language: str
) -> None:
    rider = await at_desk(town, 431, language)
    for text, words in (
        ({"en": "/help fined", "zh_Hans": "/help 罚款"}, "This may help. See what else I can do: /help"),
        ({"en": "they fined me", "zh_Hans": "他们罚了我"}, "Are you looking for this? See what else I can do: /help"),
    ):
        await rider.says(text[language])
        heard = await rider.hears(words)
        found = labels(heard)
        assert found[0].startswith("💡 " + BAN[language]) and found[-1].startswith("⚖️")
    await rider.says("/help qwertyuiop")
    await rider.hears(HELP_PAGE)


async def test_words_of_danger_come_first_and_no_page_beside_them(town: Town) -> None:
    rider = await at_desk(town, 432)
    for text in ("/help I was fined and want to kill myself", "they fined me, I want to die"):
        await rider.says(text)
        heard = await rider.rider.hears_of("120")
        assert "💡" not in str(heard) and not any("💡" in str(one) for one in rider.rider.unheard)


async def test_what_somebody_else_wrote_is_not_answered_with_pages(town: Town) -> None:
    rider = (await at_desk(town, 433)).rider
    origin = {"type": "hidden_user", "date": 1, "sender_user_name": "Boss"}
    await rider.sends(text="they fined me", forward_origin=origin)
    await rider.hears_of(NOT_UNDERSTOOD)


@LANGUAGES
async def test_whether_it_helped_is_counted_without_who_and_shown_from_five_on(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator = await at_desk(town, COORDINATOR, language)
    for person, helped in ((440, 1), (441, 1), (442, 1), (443, 1), (444, 0)):
        rider = (await at_desk(town, person)).rider
        await rider.says("/help fined")
        await rider.hears_of("This may help")
        await rider.presses("💡 Ban or fine")
        await rider.hears_of("1. ")
        await rider.presses("👍 It helped" if helped else "👎 It didn't")
        page = await rider.hears()
        assert page["edited"] and "👍" not in str(page["reply_markup"])
    await _stats(coordinator)
    await coordinator.hears("There is no data yet, or too little to show (fewer than {n}).", n=5)
    for _again in range(3):  # who is counted already
        await rider.forges(presses.RATE_ANSWER.data("legal", "ban", 1))
        await rider.hears_of("1. ")
    last = (await at_desk(town, 445)).rider
    await last.forges(presses.RATE_ANSWER.data("legal", "ban", 1))
    await last.hears_of("1. ")
    await _stats(coordinator)
    shown = await coordinator.rider.hears_of("👍")
    assert "👍 5 · 👎 " + _("<{n}").format(n=5) in shown["text"]
    async with town.database.reading() as session:
        rows = (await session.scalars(select(AnswerCount))).all()
    assert {(row.period, row.helped): row.count for row in rows} == {
        (period, helped): 5 if helped else 1 for period in ("2026-W48", "2026-11", "2026") for helped in (True, False)
    }


async def _stats(coordinator: AtDesk) -> None:
    await coordinator.says("/stats")
    await coordinator.rider.hears_of("📊")
    await coordinator.presses("💡 Answers")


@pytest.mark.parametrize(
    ("desk", "kind", "helped"), [("legal", "nothing", 1), ("nowhere", "ban", 1), ("legal", "ban", 2)]
)
async def test_a_forged_button_counts_nothing(town: Town, desk: str, kind: str, helped: int) -> None:
    rider = (await at_desk(town, 446)).rider
    await rider.forges(presses.RATE_ANSWER.data(desk, kind, helped))
    await rider.is_told("")
    async with town.database.reading() as session:
        assert (await session.scalars(select(AnswerCount))).all() == []
