"""What version 0.7 left unfinished is finished after the upgrade."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sandbox.params import Json, Upload
from handlers.i18n.translations import translator
from handlers.inputs.consent import CASE
from storage import schema
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.cases import messages as case_messages
from storage.cases.table import Case, content_of
from storage.deliveries import failed as failed_deliveries
from storage.deliveries.table import Delivery, State
from storage.membership.applications import Application, ApplicationState
from storage.privacy import consents
from storage.telegram_ids import PersonId
from tests.support import version_0_7
from tests.support.applications import picture
from tests.support.config import configured
from tests.support.databases import opened
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, Rider, Town, running, telegram
from tests.support.words.cases import TAKE
from tests.support.words.chat import ANSWER, HELP_PAGE
from tests.support.words.forms import NO_MORE, REVIEW_PAGE, SEND
from tests.support.words.membership import APPLICATIONS_WAITING, APPROVE, ASKED_FOR_DISTRICT, DOES_NOT_KNOW, IS_MEMBER

RIDER, JOINING, APPLICANT, WAITING_FOR_A_PLACE, TELLING = map(PersonId, (50, 51, 52, 54, 58))
NUMBER = "L-2026-000001"


class People:
    """Everybody who was in the middle of something, at their phones before the new version starts."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.all = {number: town.rider(number) for number in (*range(50, 59), COORDINATOR, ADMIN, COUNSEL)}
        for rider in self.all.values():
            rider.person.started = True

    def __getitem__(self, number: int) -> Rider:
        return self.all[number]


@pytest.fixture
async def people(database_url: str, tmp_path: Path) -> AsyncIterator[People]:
    """A minute after the end of version 0.7, when the leases of what it had claimed have lapsed."""
    database = opened(database_url)
    await version_0_7.load(database)
    await schema.migrate(database)
    async with telegram() as (api, address):
        town = Town(database, api, configured(tmp_path, address))
        town.now = NOON + timedelta(minutes=1)
        everybody = People(town)
        async with running(town.app):
            yield everybody
    await database.close()


async def finished(town: Town) -> bool:
    async with town.database.reading() as session:
        unfinished = select(Delivery.id).where(Delivery.state < State.SENT)
        return await session.scalar(unfinished.limit(1)) is None


def texts(rider: Rider) -> list[str]:
    return [str(message.get("text")) for message in rider.heard]


async def test_every_delivery_that_waited_arrives(people: People) -> None:
    await people.town.until_true(lambda: finished(people.town))
    async with people.town.database.reading() as session:
        assert await failed_deliveries.newest(session) == []
    for number, words in (
        (WAITING_FOR_A_PLACE, "Basketball"),
        (53, "Chess evening"),
        (55, "You are now"),
        (55, "You can't use this bot at the moment."),
        (56, "You are no longer"),
        (56, "Final"),
        (56, "Thank you for coming to"),
        (APPLICANT, "Which district?"),
        (COORDINATOR, "Hall"),
        (COORDINATOR, "2 applications have been waiting for more than 2 days"),
        (COORDINATOR, "A broadcast to 700 people is waiting"),
        (ADMIN, "Stations: 3 (1 new, 2 changed). Lines rejected: 1."),
        (ADMIN, "no latitude"),
        (ADMIN, "900 exported"),
        (ADMIN, "KeyError"),
        (ADMIN, "A message (report) could not be sent after 5 attempts: Bad Request"),
        (ADMIN, "disk full"),
        (COUNSEL, f"{NUMBER} (Legal consultation) has had no answer for 24 h."),
        (COUNSEL, f"{NUMBER} is now assigned to you."),
    ):
        assert any(words in text for text in texts(people[number])), (number, words)


async def test_the_messages_of_a_case_come_in_their_order_and_it_goes_on(people: People) -> None:
    rider, counsel, town = people[RIDER], people[COUNSEL], people.town
    await town.until_true(lambda: finished(town))
    told = [text.split("\n")[-1] for text in texts(rider) if NUMBER in text]
    assert told == ["First of three", "Second, corrected", "Third of three"]
    await rider.says("Thank you, I have the payslips")
    assert NUMBER in (await counsel.hears_of("I have the payslips"))["text"]
    await counsel.says("Send them to me, please")
    await rider.hears_of("Send them to me, please")
    async with town.database.reading() as session:
        row = (await session.scalars(select(Case))).one()
        assert content_of(session, row).platform == "美团"
        said = [case_messages.said_in(session, one) for one in await case_messages.talk_of(session, row.id)]
        assert [one.text for one in said][-2:] == ["Thank you, I have the payslips", "Send them to me, please"]
        assert [edit.text for one in said for edit in one.was] == ["Second of three"]


async def test_a_broadcast_that_was_half_sent_ends(people: People) -> None:
    town = people.town
    await town.until_true(lambda: finished(town))
    await town.tick("broadcasts")
    async with town.database.reading() as session:
        row = (await session.scalars(select(Broadcast))).one()
        assert row.state is BroadcastState.DONE
        kinds = select(Delivery.kind, Delivery.revision).where(Delivery.about == row.id).distinct()
        assert [tuple(found) for found in await session.execute(kinds)] == [("correct", 1)]
    waited = (WAITING_FOR_A_PLACE, 55, 56, 57, TELLING, COORDINATOR, ADMIN, COUNSEL)
    for number in waited:
        got = [text for text in texts(people[number]) if "Heat warning" in text]
        assert got == ["Heat warning: drink plenty of water"], number


async def test_a_form_in_the_middle_is_completed(people: People) -> None:
    joining, _ = people[JOINING], translator("en")
    await joining.sends(contact={"phone_number": "8613800138051", "first_name": "x", "user_id": joining.id})
    await _asked(joining, "美团")
    await joining.presses("美团")
    await joining.hears_of(_(ASKED_FOR_DISTRICT))
    await joining.says("德城区")
    await joining.hears_of("37010219900101001X")
    await joining.says("370102199001010036")
    await _asked(joining, _(DOES_NOT_KNOW))
    await joining.presses(_("Not insured"))
    await joining.until(lambda: DOES_NOT_KNOW not in str(joining.heard[-1].get("reply_markup")))
    await joining.sends(photo=people.town.world.files.photo(Upload("profile.png", picture())))
    review = await joining.hears_of(_(REVIEW_PAGE))
    assert "Han Meimei" in review["text"]


async def test_a_story_in_the_middle_goes_on(people: People) -> None:
    telling, counsel, town = people[TELLING], people[COUNSEL], people.town
    await telling.sees_noted(await telling.says("And they blocked me"))
    await telling.says("/help")
    await telling.hears_of(HELP_PAGE)
    await telling.hears_of("saved")
    await telling.presses("Back to my form")
    await telling.hears_of("own words")
    await telling.presses(NO_MORE)
    await telling.hears_of(REVIEW_PAGE)  # what need not be answered is added there, as in a form that begins now
    async with town.database.writing() as session:  # its wording is another one by now
        await consents.give(session, TELLING, "desk_legal", CASE.version, NOON)
    await telling.presses(SEND)
    await telling.hears_of("L-2026-000002")
    await counsel.hears_of("L-2026-000002")
    await counsel.presses(TAKE)
    await counsel.hears_of("They pay nothing at all")
    await counsel.hears_of("And they blocked me")


async def test_an_application_that_was_asked_back_is_answered_and_decided(people: People) -> None:
    applicant, coordinator, town = people[APPLICANT], people[COORDINATOR], people.town
    await applicant.hears_of("Which district?")
    await applicant.presses(ANSWER)
    await applicant.hears_of("Which district?")
    await applicant.says("Decheng")
    await applicant.hears_of("Your answer has been added to your application")
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=2))
    for name in ("Wei Hua", "Lin Tao"):
        await coordinator.presses("▶")
        page = (await coordinator.hears_of(name))["text"]
        assert ("Decheng" in page) == (name == "Lin Tao")
        await coordinator.presses(APPROVE)
        await coordinator.hears_of("is approved")
    await applicant.hears_of(IS_MEMBER)
    async with town.database.reading() as session:
        states = set(await session.scalars(select(Application.state)))
        assert states == {ApplicationState.APPROVED}


async def _asked(rider: Rider, label: str) -> Json:
    """A question with this button below it."""
    await rider.until(lambda: any(label in str(message.get("reply_markup")) for message in rider.heard))
    return rider.heard[-1]
