"""Honours: a nomination through three levels into the register, and aid by the same levels."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.config.config import load
from handlers.cases import presses as case_presses
from handlers.i18n.translations import N_
from storage import audit
from storage.cases.audited import CaseAction
from storage.cases.desks import Desk, in_language
from storage.cases.ids import CaseId
from storage.database import Database
from storage.honours import register
from storage.honours.table import entry_of
from storage.telegram_ids import PersonId
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.cases import all_fetched
from tests.support.config import configured
from tests.support.honours import ID_NUMBER, MERITS, REVIEWERS, are_reviewers, built_in, with_reviewers
from tests.support.settings import change_settings
from tests.support.simulator import COORDINATOR, Town, running, telegram
from tests.support.words.forms import NO_MORE, RECEIVED_SO_FAR, REVIEW_PAGE, SEND

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hans"])
NOMINEE = 440
NOMINATE = N_("✍ Nominate · my nominations")
QUESTION = "Since when is she at this station?"


def open_desk(town: Town) -> Desk:
    """The desk of honours, with one reviewer at each level."""
    desk = with_reviewers(built_in("honours"), *REVIEWERS)
    change_settings(town.app, desks={**town.context.settings.desks, desk.key: desk})
    return desk


async def nominates(rider: AtDesk, desk: Desk) -> str:
    """Fills in the form of /honours about oneself, every field with its example; returns the number."""

    def says(words: object) -> str:
        assert isinstance(words, dict)
        return re.sub(r"<[^>]+>", "", in_language(words, rider.language).split("\n")[0])

    asks = {ask.key: ask for ask in desk.asks}
    await rider.says("/honours")
    await rider.hears("Nominate yourself or a colleague, and see where your nominations stand.")
    await rider.presses(NOMINATE)
    consent = await rider.is_asked("→")
    assert all(in_language(level.title, rider.language) in consent["text"] for level in desk.levels)
    await rider.presses("✅ I agree, let's start")
    for key, label in (("kind", desk.kinds[0].words), ("whom", asks["whom"].choices[0].words)):
        await rider.is_asked(says(asks[key].words))
        await rider.rider.presses(in_language(label, rider.language))
    for key, wrong, answer in (
        ("name", "", "李雷"),
        ("id_number", "371402199003071231", ID_NUMBER),
        ("phone", "12", "138 0013 8000"),
        ("employer", "", "Goodway Delivery"),
        ("since", "1066", "2019"),
        ("merits", "Very diligent", MERITS),
    ):
        asked = await rider.is_asked(says(asks[key].words))
        assert in_language(asks[key].example, rider.language)[:12] in asked["text"]
        if wrong:
            await rider.says(wrong)
            await rider.rider.hears()
        await rider.says(answer)
    for key in ("id_card", "form"):
        await rider.is_asked(says(asks[key].words))
        await rider.says("I have none")
        await rider.hears("Please send it as a picture or a file (📎).")
        await (rider.sends_photo() if key == "id_card" else rider.sends_document("form.pdf"))
        await rider.hears(RECEIVED_SO_FAR, n=1)
        await rider.presses(NO_MORE)
    await rider.hears(REVIEW_PAGE)
    await rider.presses(SEND)
    received = await rider.is_asked("HN-2026-")
    found = re.search(r"HN-2026-\d{6}", received["text"])
    assert found is not None
    return found[0]


async def is_told(who: AtDesk, message: str) -> None:
    """By the pop-up on a pressed button."""
    await who.rider.until(lambda: any(who._(message) in answer["text"] for answer in who.rider.answers))


async def takes(reviewer: AtDesk, number: str) -> None:
    """From the notice to the page of the case, with the ladder of its levels."""
    await reviewer.hears("It is waiting for a decision: {level}")
    await reviewer.presses("▶ Take")
    page = await reviewer.rider.hears_of("⏳")
    assert number in page["text"] and MERITS[:20] in page["text"]


async def approves(reviewer: AtDesk) -> None:
    await reviewer.presses("✅ Approve …")
    await reviewer.is_asked(reviewer._("Approve {number}? This is the last level, so that decides it.").split("{")[0])
    await reviewer.presses("✅ Approve")


@LANGUAGES
async def test_a_nomination_goes_through_three_levels_into_the_register(town: Town, language: str) -> None:
    desk = open_desk(town)
    await are_reviewers(town.database, *REVIEWERS)
    nominee = await at_desk(town, NOMINEE, language)
    unit, city, province = [await at_desk(town, one, language) for one in REVIEWERS]
    titles = [in_language(level.title, language) for level in desk.levels]
    number = await nominates(nominee, desk)

    await takes(unit, number)
    await unit.presses("💬 Ask for more")
    await unit.hears("What is missing in {number}, or unclear? They answer here, and can send files.", number=number)
    await unit.says(QUESTION)
    await unit.hears(REVIEW_PAGE)
    await unit.presses("📨 Send the question")
    await nominee.is_asked(QUESTION)
    await nominee.says("/my")
    await nominee.is_asked(f"1/3 {titles[0]}")
    await nominee.says("Since 2021")
    await unit.is_asked("Since 2021")

    await unit.rider.forges(case_presses.CLOSE_DESK.data(CaseId(1), "settled"))
    await is_told(unit, "The reviewers decide on this, level by level, and their decision is final here.")
    await unit.rider.forges(case_presses.SHOW.data(CaseId(1)))
    await unit.rider.hears_of(number)
    await approves(unit)
    await unit.is_asked(titles[1])
    await nominee.is_asked(titles[1])
    await nominee.presses("Where it stands")
    ladder = await nominee.is_asked(f"✅ {titles[0]}")
    assert f"⏳ {titles[1]}" in ladder["text"] and f"▫️ {titles[2]}" in ladder["text"]

    await unit.rider.forges(case_presses.APPROVE.data(CaseId(1), 1))
    await is_told(unit, "There is no such case, or it isn't yours. Your cases: /my")
    await takes(city, number)
    await approves(city)
    await takes(province, number)
    await approves(province)
    await province.hears("{number} is approved at all levels.", number=number)
    await nominee.hears("{number} is approved at all levels.", number=number)
    await nominee.says("/honours")
    own = await nominee.is_asked("李雷")
    assert "Goodway Delivery" in own["text"] and ID_NUMBER not in own["text"] and "3714…" in own["text"]

    await town.until_true(lambda: all_fetched(town))
    async with town.database.reading() as session:
        (row,) = await register.of_person(session, PersonId(NOMINEE))
        kept = entry_of(session, row)
        decided = [one.act for one in await audit.newest(session, 20) if one.act == CaseAction.LEVEL_APPROVED]
    assert (kept.nomination, kept.id_number, kept.year) == (number, ID_NUMBER, 2026) and len(decided) == 3


AID = """
[desks.aid]
levels = [
    { key = "unit", within = "48h", reviewers = [961], title = { zh_Hans = "单位", en = "Unit" } },
    { key = "city", within = "96h", reviewers = [962], title = { zh_Hans = "市总", en = "City" } },
]
"""


@asynccontextmanager
async def town_with(config: str, database: Database, folder: Path) -> AsyncIterator[Town]:
    (folder / "config.toml").write_text(config)
    desks = load(folder / "config.toml").desks
    async with telegram() as (api, address):
        town = Town(database, api, configured(folder, address).model_copy(update={"desks": desks}))
        async with running(town.app):
            yield town


@pytest.fixture
async def town_with_levels_for_aid(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with town_with(AID, database, tmp_path) as town:
        yield town


BY_PLACE = """
[desks.aid]
asks = [
    { key = "kind", type = "kind", title = { en = "Kind" }, words = { en = "What is it about?" } },
    { key = "city", type = "place", title = { zh_Hans = "城市", en = "City" }, words = { zh_Hans = "哪个市？", en = "Which city?" }, choices = [{ key = "dz", words = { zh_Hans = "德州", en = "Dezhou" } }, { key = "jn", words = { zh_Hans = "济南", en = "Jinan" } }] },
]
levels = [
    { key = "unit", within = "48h", by_place = { dz = [961], jn = [962] }, title = { zh_Hans = "单位", en = "Unit" } },
    { key = "city", within = "48h", reviewers = [963], title = { zh_Hans = "市总", en = "City" } },
]
"""  # noqa: E501


@LANGUAGES
async def test_a_reviewer_of_a_place_hears_and_sees_nothing_of_another(
    database: Database, tmp_path: Path, language: str
) -> None:
    async with town_with(BY_PLACE, database, tmp_path) as town:
        desk = town.context.settings.desks["aid"]
        await are_reviewers(town.database, *REVIEWERS)
        rider, here, there = [await at_desk(town, one, language) for one in (441, *REVIEWERS[:2])]
        await rider.says("/aid")
        await rider.is_asked("→")
        await rider.presses("✅ I agree, let's start")
        await rider.is_asked(in_language(desk.asks[0].words, language))
        await rider.rider.presses(in_language(desk.kinds[0].words, language))
        await rider.is_asked(in_language(desk.asks[1].words, language))
        await rider.rider.presses(in_language(desk.asks[1].choices[0].words, language))
        await rider.hears(REVIEW_PAGE)
        await rider.presses(SEND)
        await rider.is_asked("W-2026-000001")
        await here.hears("It is waiting for a decision: {level}")
        await town.until_idle()
        assert "W-2026" not in str(there.rider.heard)
        await there.rider.forges(case_presses.CLAIM.data(CaseId(1)))
        await is_told(there, "There is no such case, or it isn't yours. Your cases: /my")
        await there.says("/start case_1")
        await there.hears("There is no such case, or it isn't yours. Your cases: /my")
        await there.rider.forges(case_presses.BEGIN_FINDING.data())
        await there.hears("Which case number? For example L-2026-000123.")
        await there.says("W-2026-000001")
        await there.hears("There is no such case, or it isn't yours. Your cases: /my")
        await here.presses("▶ Take")
        page = await here.rider.hears_of("W-2026-000001")
        assert in_language(desk.asks[1].choices[0].words, language) in page["text"]


@LANGUAGES
async def test_aid_is_decided_by_levels_that_the_config_gives_it(town_with_levels_for_aid: Town, language: str) -> None:
    """Levels are data: no line of code knows which desk has some. A refusal brings its reason to the rider."""
    town, desk = town_with_levels_for_aid, town_with_levels_for_aid.context.settings.desks["aid"]
    await are_reviewers(town.database, *REVIEWERS)
    rider, unit = await at_desk(town, 441, language), await at_desk(town, REVIEWERS[0], language)
    await rider.says("/aid")
    await rider.is_asked("→")
    await rider.presses("✅ I agree, let's start")
    await rider.is_asked(in_language(desk.asks[0].words, language))
    await rider.rider.presses(in_language(desk.kinds[0].words, language))
    await rider.is_asked(in_language(desk.asks[1].words, language).split("\n")[0])
    await rider.says("My son is in hospital")
    await rider.hears(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.is_asked("W-2026-000001")

    await unit.hears("It is waiting for a decision: {level}")
    await unit.presses("▶ Take")
    await unit.rider.hears_of("⏳")
    await unit.presses("✖ Refuse …")
    await unit.hears(
        "Why is {number} refused? The person who submitted it will read your reason.", number="W-2026-000001"
    )
    await unit.says("Another fund has paid for it")
    await unit.hears(REVIEW_PAGE)
    await unit.presses("✖ Refuse it")
    refused = await rider.is_asked("Another fund has paid for it")
    assert in_language(desk.levels[0].title, language) in refused["text"]
    await rider.presses("Where it stands")
    ladder = await rider.is_asked("✖️")
    assert "▫️" in ladder["text"] and rider._("↺ Reopen") not in str(ladder["reply_markup"])
    await rider.rider.forges(case_presses.REOPEN.data(CaseId(1)))
    await is_told(rider, "The reviewers decide on this, level by level, and their decision is final here.")


async def test_reviewers_see_no_other_desk_and_coordinators_no_case(town: Town) -> None:
    """A reviewer from outside takes no case of the lawyers, and hears of none."""
    open_desk(town)
    await are_reviewers(town.database, *REVIEWERS)
    reviewer = await at_desk(town, REVIEWERS[0])
    await reviewer.says("/cases")
    page = await reviewer.is_asked("🗂")
    assert "Nomination" in page["text"] and "Legal" not in page["text"]
    async with town.database.reading() as session:
        legal = town.context.settings.desks["legal"]
        assert REVIEWERS[0] not in await town.context.staff.of_desk(session, legal, town.now)
    coordinator = await at_desk(town, COORDINATOR)
    await coordinator.rider.forges(case_presses.APPROVE.data(CaseId(1), 1))
    assert await coordinator.rider.is_answered()
