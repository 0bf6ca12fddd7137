"""The register of honours: imported and searched, linked by its people, how they are, and their trips in turns."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sandbox.params import Upload
from handlers.activities import presses as activity_presses
from handlers.honours import presses
from storage import audit
from storage.activities import attendance, sign_ups
from storage.activities.ids import ActivityId
from storage.database import Database
from storage.honours import erasure, register, situations, trips
from storage.honours.audited import HonourAction
from storage.honours.ids import HonouredId, SituationId, TripId
from storage.honours.table import Entry, Honoured, HonourState, entry_of
from storage.honours.trip_table import OfferState, TripOffer
from storage.privacy import exports
from storage.telegram_ids import PersonId
from tests.support.case_scripts import AtDesk, at_desk
from tests.support.config import configured
from tests.support.honours import ID_NUMBER, OTHER_ID_NUMBER, entry, registered
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Town, running, telegram
from tests.support.words.activities import SIGN_UP
from tests.support.words.forms import REVIEW_PAGE

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh_Hans"])
FILE = f"""name,id_number,title,year,employer,state,phone
李雷,{ID_NUMBER},Model worker,2020,Goodway,active,13800138000
韩梅,{OTHER_ID_NUMBER},Medal,2019,Goodway,retired,
Wang,3714,Medal,2019,Goodway,active,
"""
GIVE_LINK = "Give this link only to this person. It asks for the last characters of their number, and works once."
LINKED = "Your account is linked. You'll hear of trips and the yearly survey here; what is kept about you: /privacy"
HOW_ARE_THEY = "Once a year we ask everyone in the register of honours how they are: {n} short questions."
SEND_LIST = (
    "Send the list as a CSV or Excel file. Columns: name, id_number, title, year, employer, state (active, retired, "
    "deceased, withdrawn), phone, note; name, title and year are needed. I'll only check it first."
)
NEXT_ONE = "All right. The place on “{title}” goes to the next person; you keep your turn for the next trip."
DAY = timedelta(days=1)


async def acts(town: Town) -> list[str]:
    async with town.database.reading() as session:
        return [one.act for one in await audit.newest(session, 30)]


@LANGUAGES
async def test_a_file_is_run_dry_put_in_and_searched(town: Town, language: str) -> None:
    coordinator = await at_desk(town, COORDINATOR, language)
    await coordinator.says("/honours")
    await coordinator.hears("nobody yet")
    await coordinator.presses("📥 Import a file")
    await coordinator.hears(SEND_LIST)
    await coordinator.rider.sends(document=town.world.files.document(Upload("list.csv", FILE.encode())))
    report = await coordinator.hears("This is what would happen. Nothing has been changed yet.")
    assert coordinator._("ID number: wrong length") in report["text"] and "3714" not in report["text"]
    async with town.database.reading() as session:
        assert await register.counts(session) == {}
    await coordinator.rider.presses("（2）" if language == "zh_Hans" else "(2)")
    await coordinator.hears("Imported.")
    for text, name in ((ID_NUMBER, "李雷"), ("138 0013 8000", "李雷"), ("韩 梅", "韩梅"), ("goodway", "韩梅")):
        await coordinator.rider.forges(presses.BEGIN_SEARCH.data())
        await coordinator.hears("Who are you looking for? Write the whole name, ID number, phone number or employer.")
        await coordinator.says(text)
        found = await coordinator.is_asked(name)
        assert ID_NUMBER not in found["text"], "the list shows only what tells two numbers apart"
    await coordinator.rider.presses("2")
    page = await coordinator.is_asked(OTHER_ID_NUMBER)
    assert coordinator._("retired") in page["text"]
    await coordinator.presses("State")
    await coordinator.hears("Now: {state}. What should it be?")
    await coordinator.presses("deceased")
    await coordinator.is_asked(coordinator._("deceased"))

    assert {HonourAction.HONOURS_IMPORTED, HonourAction.HONOURS_LISTED, HonourAction.HONOURED_READ} <= set(
        await acts(town)
    )
    async with town.database.reading() as session:
        counts = await register.counts(session)
        table = exports.honoured(session, town.context.settings.organisation.zone)
        rows = [row async for page in table.pages for row in page]
    assert counts == {HonourState.ACTIVE: 1, HonourState.DECEASED: 1}
    assert [row[:6] for row in rows] == [
        (2020, "Model worker", "李雷", ID_NUMBER, "Goodway", "active"),
        (2019, "Medal", "韩梅", OTHER_ID_NUMBER, "Goodway", "deceased"),
    ]
    admin = await at_desk(town, ADMIN, language)
    await admin.says("/export")
    await admin.is_asked("🔐")
    await admin.presses("🔐 Register of honours")
    await admin.is_asked(admin._("🔐 Register of honours"))
    await admin.says("For the yearly report")
    await admin.hears(REVIEW_PAGE)
    await admin.presses("🔐 Create the file")
    file = await admin.is_asked(admin._("🔐 Register of honours"))
    assert re.fullmatch(r"honours-\d{8}\.zip", file["document"]["file_name"])

    rider = await at_desk(town, 450, language)
    await rider.rider.forges(presses.TURN_LIST.data(0))
    assert await rider.rider.is_answered(), "the register is not for riders"


async def makes_link(coordinator: AtDesk, honoured_id: HonouredId) -> str:
    await coordinator.rider.forges(presses.MAKE_LINK.data(honoured_id))
    said = await coordinator.hears(GIVE_LINK)
    labels = [key["text"] for row in said["reply_markup"]["inline_keyboard"] for key in row]
    assert not any("t.me" in label for label in labels), "a link is too long for a button"
    found = re.search(r"start=(hon_[\w-]+)", str(said))
    assert found is not None
    return found[1]


@LANGUAGES
async def test_a_link_leads_to_the_yearly_survey_which_only_its_keepers_read(town: Town, language: str) -> None:
    honoured_id = await registered(town.database, "李雷", id_number=ID_NUMBER)
    coordinator, stranger, owner = [await at_desk(town, one, language) for one in (COORDINATOR, 451, 452)]
    link = await makes_link(coordinator, honoured_id)
    for _ in range(3):
        await stranger.says(f"/start {link}")
        await stranger.is_asked("荣誉名册" if language == "zh_Hans" else "register of honours")
        await stranger.says("0000")
    await stranger.hears("That's wrong again, so the link no longer works. Please ask for another one.")
    await owner.says(f"/start {link}")
    await owner.hears("This link has been used or is no longer valid. Please ask for another one.")
    link = await makes_link(coordinator, honoured_id)
    await owner.says(f"/start {link}")
    await owner.is_asked("荣誉名册" if language == "zh_Hans" else "register of honours")
    await owner.says(ID_NUMBER[-4:])
    await owner.hears(LINKED)
    assert (await entry(town.database, honoured_id)).person_id == 452

    await coordinator.rider.forges(presses.SITUATION.data())
    await coordinator.hears("There hasn't been one yet.")
    await coordinator.rider.presses(coordinator._("▶ Open it for {year} …").format(year=2026))
    await coordinator.rider.hears_of("2026")
    await coordinator.presses("▶ Open it and tell them")
    await coordinator.is_asked("2026")
    asked = await owner.hears(HOW_ARE_THEY)
    assert "/privacy" in asked["text"]
    await owner.presses("✅ I agree, let's start")
    for question in situations.questions():
        await owner.is_asked(question.words[language])
        await owner.rider.presses(question.options[-1].words[language])
    await owner.hears(REVIEW_PAGE)
    await owner.changes(owner._("In your words"))
    await owner.hears("Is there anything that you would like us to know?")
    await owner.says("My knee")
    await owner.hears(REVIEW_PAGE)
    await owner.presses("📨 Send my answers")
    await owner.hears("Thank you. If you need help, someone will get in touch.")

    await coordinator.rider.forges(presses.SHOW.data(honoured_id))
    page = await coordinator.is_asked("My knee")
    assert situations.questions()[2].options[-1].words[language] in page["text"]
    await stranger.rider.forges(presses.ANSWER_SITUATION.data(SituationId(1)))
    assert stranger._("This survey is closed.") in await stranger.rider.is_answered()

    await owner.says("/privacy")
    await owner.is_asked("/honours")
    await owner.presses("↩ Take back my survey answers")
    await owner.hears("Take back your consent, and delete all that you answered about your situation?")
    await owner.presses("🗑 Delete my answers")
    await owner.hears("Your answers are deleted.")
    async with town.database.reading() as session:
        assert not [one async for one in situations.answers(session, SituationId(1))]
    async with town.database.writing() as session:
        await erasure.erase(session, PersonId(452))
    async with town.database.reading() as session:
        assert await register.counts(session) == {} and not [
            one async for one in situations.answers(session, SituationId(1))
        ]


async def offers(town: Town) -> dict[str, OfferState]:
    await town.tick("honours")
    town.deliver()
    async with town.database.reading() as session:
        rows = await session.execute(select(Honoured, TripOffer.state).join(TripOffer))
        return {entry_of(session, row).name: state for row, state in rows}


@LANGUAGES
async def test_places_on_a_trip_go_to_whoever_was_longest_not_there(town: Town, language: str) -> None:
    """Two places, four people: one was there last year, one has several honours, one declines, one lets it lapse."""
    people = {name: await at_desk(town, 460 + at, language) for at, name in enumerate(("A", "B", "C", "D", "E"))}
    for name, one in people.items():
        await registered(town.database, name, one.rider.id)
    async with town.database.writing() as session:
        (last,) = await register.of_person(session, people["A"].rider.id)
        last.last_trip_on = date(2025, 9, 1)
        await register.add(session, Entry("B", "Medal", 2024), people["B"].rider.id, NOON)
    coordinator = await at_desk(town, COORDINATOR, language)
    await coordinator.says("/honours")
    await coordinator.hears("The register")
    await coordinator.presses("🌴 Trips")
    await coordinator.hears("There hasn't been one yet.")
    await coordinator.presses("➕ New trip")
    for question, answer in (
        ("What is the trip called? For example: A week in Qingdao", "A week in Qingdao"),
        ("When does it begin?", "12月20日 9:00" if language == "zh_Hans" else "20 Dec 9:00"),
        ("How many days?", "7"),
        ("Where does it go?", "Qingdao"),
        ("How many places? They go first to those whose last trip was longest ago.", "2"),
    ):
        await coordinator.hears(question)
        await coordinator.says(answer)
    await coordinator.hears(REVIEW_PAGE)
    await coordinator.presses("▶ Offer it")
    await coordinator.is_asked("A week in Qingdao")

    assert await offers(town) == {"B": OfferState.OFFERED, "C": OfferState.OFFERED}
    await people["B"].is_asked("A week in Qingdao")
    await people["B"].presses("✅ Go to sign-up")
    await people["B"].is_asked("Qingdao")
    await people["B"].presses(SIGN_UP)
    await people["B"].rider.until(lambda: people["B"].rider.answers)
    await people["C"].is_asked("A week in Qingdao")
    await people["C"].presses("Not this time")
    await people["C"].hears(NEXT_ONE)
    async with town.database.writing() as session:
        with pytest.raises(sign_ups.NotInvited):
            await sign_ups.sign_up(session, ActivityId(1), people["E"].rider.id, town.now, is_member=True)
        with pytest.raises(sign_ups.NotInvited):
            await attendance.check_in(session, ActivityId(1), people["E"].rider.id, town.now, is_member=True)
    for data in (
        activity_presses.SHOW_CARD.data(ActivityId(1)),
        activity_presses.OPEN_CARD.data(ActivityId(1)),
        activity_presses.SHOW_WHERE.data(ActivityId(1)),
        activity_presses.SEND_FILE_CALENDARS.data(ActivityId(1)),
        activity_presses.ASK_ORGANISER.data(ActivityId(1)),
    ):
        await people["E"].rider.forges(data)
    await people["E"].says("/start act_1")
    await town.until_idle()
    assert "Qingdao" not in str(people["E"].rider.heard), "nor does its number show it"
    assert (await offers(town)) == {"B": OfferState.GOING, "C": OfferState.DECLINED, "D": OfferState.OFFERED}
    town.now = NOON + 3 * DAY
    found = await offers(town)
    assert (found["D"], found["E"], "A" in found) == (OfferState.LAPSED, OfferState.OFFERED, False)
    await people["E"].is_asked("A week in Qingdao")
    await people["E"].says("/activities")
    assert "Qingdao" not in (await people["E"].rider.hears())["text"], "it stands in no list"

    town.now = NOON + 60 * DAY
    await offers(town)
    async with town.database.reading() as session:
        went = {one: (await register.of_person(session, people[one].rider.id))[0].last_trip_on for one in people}
        assert (await trips.find(session, TripId(1))).state == "done"
    assert went["A"] == date(2025, 9, 1) and went["B"] is not None and went["B"].year == 2026
    assert [went[one] for one in "CDE"] == [None] * 3, "who declined or let it lapse keeps the turn"


@pytest.fixture
async def town_without_honours(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        features = config.features.model_copy(update={"honours": False})
        town = Town(database, api, config.model_copy(update={"features": features}), has_menus=True)
        async with running(town.app):
            yield town


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_an_organisation_that_switches_it_off_has_no_way_in(town_without_honours: Town) -> None:
    town = town_without_honours
    admin = await at_desk(town, ADMIN)
    await admin.says("/honours")
    assert "honour" not in (await admin.rider.hears())["text"].lower()
    assert "honours" not in town.context.settings.desks
    await admin.says("/start")
    await admin.rider.hears()
    await town.until(lambda: bool(town.world.commands))
    assert not [one for menu in town.world.commands.values() for one in menu if one["command"] == "honours"]


@pytest.mark.menus
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_everybody_finds_it_in_the_menu(town: Town) -> None:
    await town.until(lambda: bool(town.world.commands))
    assert [one for one in town.world.commands["default", ""] if one["command"] == "honours"]
