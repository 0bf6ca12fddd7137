"""Joining the union: the whole way, in both languages."""

from __future__ import annotations

import asyncio
import hashlib
import io
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select

from bot.sandbox.params import Upload
from handlers.i18n.translations import translator
from handlers.inputs.consent import CASE, JOIN, Wording
from handlers.membership import presses as membership_presses
from handlers.pay.book import CONSENT
from handlers.sos.duty import CONSENT as VOLUNTEER_CONSENT
from schedules import retention
from storage import audit
from storage.broadcasts import recipients as broadcast_recipients
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.membership import applications, memberships, reviews
from storage.membership.applications import Application, ApplicationState
from storage.membership.audited import MembershipAction
from storage.membership.conditions import IsMember, IsNoMember, WorksFor, WorksIn
from storage.membership.ids import ApplicationId
from storage.membership.reviews import InOtherHands, OwnApplication, TooLateToUndo
from storage.people import people
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.privacy import consents
from storage.privacy.retention import Retention
from storage.telegram_ids import PersonId
from tests.support.applications import ANSWERS, ID_NUMBER, applied, at_work, begins_to_join, picture
from tests.support.languages import LANGUAGES
from tests.support.settings import clock_context
from tests.support.simulator import ADMIN, COORDINATOR, NOON, Rider, Town
from tests.support.words.chat import ANSWER, NOT_UNDERSTOOD, STAFF_ONLY, WELCOME
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE, SKIP
from tests.support.words.membership import (
    AGREE_TO_JOIN,
    APPLICATIONS_WAITING,
    APPROVE,
    ASKED_FOR_DISTRICT,
    ASKED_FOR_ID_NUMBER,
    ASKED_FOR_INSURANCE,
    ASKED_FOR_PHONE,
    ASKED_FOR_PLATFORM,
    ASKED_FOR_WORK,
    ASSIGNED,
    DOES_NOT_KNOW,
    IS_MEMBER,
    NO_APPLICATION_WAITS,
    SEND_APPLICATION,
    TAKE_OLDEST,
)

UTC = ZoneInfo("UTC")


class Applicant:
    """A rider with the words of their language at hand."""

    def __init__(self, town: Town, rider: Rider, language: str) -> None:
        self.town, self.rider = town, rider
        self._ = translator(language)

    async def hears(self, message: str, **blanks: object) -> str:
        """The next message that holds this text (up to its first blank or line end)."""
        wanted = self._(message)
        heard = await self.rider.hears_of(wanted.format(**blanks) if blanks else wanted.split("\n")[0])
        return str(heard.get("text") or heard.get("caption"))

    async def presses(self, label: str) -> None:
        await self.rider.presses(self._(label))

    async def fills_in(self, name: str = "李雷") -> None:
        """From /join to the page where everything stands once more."""
        rider = self.rider
        await rider.says("/join")
        await rider.hears_of("Telegram")
        await self.presses(AGREE_TO_JOIN)
        await self.hears(
            "What is your name?\n<i>As on your ID card; it will be shown on your member card. For example: 李雷</i>"
        )
        await rider.says(name)
        await self.hears(ASKED_FOR_PHONE)
        await rider.sends(contact={"phone_number": "8613800138000", "first_name": "x", "user_id": rider.id})
        await self.hears("👍 Thank you.")
        await rider.until(lambda: _newest_has(rider, "美团"))
        await rider.presses("美团")
        await rider.hears_of("哪个区域" if self._("Skip") != "Skip" else ASKED_FOR_DISTRICT)
        await rider.says("德城区")
        await rider.until(lambda: "37010219900101001X" in str(rider.heard[-1].get("text")))
        await rider.says(ID_NUMBER)
        await rider.until(lambda: _newest_has(rider, self._(DOES_NOT_KNOW)))
        await self.presses("Not insured")
        await self.hears(REVIEW_PAGE)
        await rider.changes(self._("Screenshot"))
        await rider.until(lambda: _newest_has(rider, self._("↩ Keep as it is")))
        upload = Upload("profile.png", picture())
        await rider.sends(photo=self.town.world.files.photo(upload))
        await rider.until(lambda: _newest_has(rider, self._(SEND_APPLICATION)))
        review = str(rider.heard[-1]["text"])
        assert "3701**********0036" in review and ID_NUMBER not in review


def _newest_has(rider: Rider, label: str) -> bool:
    return label in str(rider.heard[-1].get("reply_markup"))


async def decide(coordinator: Rider) -> None:
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.presses(TAKE_OLDEST)
    await coordinator.hears_of(ASSIGNED)


@LANGUAGES
async def test_from_the_consent_to_the_membership(town: Town, language: str) -> None:
    rider, coordinator = town.rider(31, language.replace("_", "-").lower()), await at_work(town)
    applicant = Applicant(town, rider, language)
    await applicant.fills_in()
    await applicant.presses(SEND_APPLICATION)
    await rider.hears_of("A-2026-000001")
    await rider.says("/my")
    await applicant.hears("⏳ waiting for a coordinator")
    await rider.says("/join")
    await applicant.hears("⏳ waiting for a coordinator")

    await town.tick("reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.presses(TAKE_OLDEST)
    shown = str((await coordinator.hears_of(ASSIGNED))["text"])
    assert "李雷" in shown and "+8613800138000" in shown and "0036" in shown and ID_NUMBER not in shown
    assert any("photo" in one for one in coordinator.heard), "the proof"
    message, approve = coordinator.button(APPROVE)
    second_tap = approve, message
    await coordinator.presses(APPROVE)
    await coordinator.hears_of("is approved: No. 000001")
    await coordinator.forges(*second_tap)
    await coordinator.until(lambda: any("already decided this" in one["text"] for one in coordinator.answers))
    assert not any(one["alert"] for one in coordinator.answers), "the second of two quick taps is no fault"
    number = applicant._("No. {number}").format(number="000001")
    await applicant.hears("Welcome! You are a member of the union: {number}", number=number)
    assert _scanned(town, rider).startswith("https://t.me/nuanxin_bot?start=card_"), "here is your card"
    async with town.database.reading() as session:
        acts = [entry.act for entry in await audit.newest(session, subject=31)]
        assert acts == [MembershipAction.APPLICATION_APPROVED, MembershipAction.APPLICATION_READ]
        assert (await audit.verify(session)).fault == ""


@LANGUAGES
async def test_a_card_is_checked_by_staff_until_its_membership_ends(town: Town, language: str) -> None:
    rider, coordinator = town.rider(31, language.replace("_", "-").lower()), await at_work(town)
    member = Applicant(town, rider, language)
    async with town.database.writing() as session:
        await memberships.create(session, rider.id, ANSWERS, NOON)
    await rider.says("/my")
    await rider.hears_of("000001")
    await member.presses("🪪 My card")
    await rider.until(lambda: "photo" in rider.heard[-1])
    link = _scanned(town, rider)
    assert link.startswith("https://t.me/nuanxin_bot?start=card_")
    await coordinator.says("/start " + link.partition("=")[2])
    assert "李雷 · No. 000001" in (await coordinator.hears_of("Valid card"))["text"]
    await coordinator.says("/start card_" + "x" * 22)
    await coordinator.hears_of("isn't on record")
    await rider.says("/start " + link.partition("=")[2])
    await member.hears(STAFF_ONLY)

    await rider.says("/leave")
    await member.hears("Your cases continue, and you keep the places you have.")
    await member.presses("Stay a member")
    await member.hears("Nothing was changed.")
    await rider.says("/leave")
    await member.hears("Leave the union?")
    await rider.presses("000001")
    number = member._("No. {number}").format(number="000001")
    await member.hears(
        "You have left the union. {number} will not be reused. Thank you for being a member.", number=number
    )
    await coordinator.says("/start " + link.partition("=")[2])
    await coordinator.hears_of("no longer valid")
    async with town.database.reading() as session:
        acts = [entry.act for entry in await audit.newest(session, subject=31)]
        assert acts == [MembershipAction.CARD_CHECKED] * 2
        assert (await audit.verify(session)).fault == ""


def _scanned(town: Town, rider: Rider) -> str:
    """What a camera reads from the card."""
    upload = town.world.files.get(rider.heard[-1]["photo"][-1]["file_id"])
    assert upload is not None
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(upload.content)))
    return str(code.text)


@LANGUAGES
async def test_asked_back_refused_and_applied_again(town: Town, language: str) -> None:
    rider, coordinator = town.rider(32, language.replace("_", "-").lower()), await at_work(town)
    applicant = Applicant(town, rider, language)
    await applicant.fills_in()
    await applicant.presses(SEND_APPLICATION)
    await rider.hears_of("A-2026-000001")
    await decide(coordinator)
    await coordinator.presses("Ask a question")
    await coordinator.hears_of("What do you want to know?")
    await coordinator.says("Which station do you ride for?")
    await coordinator.hears_of("has been sent")
    await rider.hears_of("Which station do you ride for?")
    await applicant.presses(ANSWER)
    await applicant.hears("Please write your answer, up to 1,000 characters, or send a picture.")
    await rider.says("德兴路站")
    await rider.hears_of("A-2026-000001")

    await coordinator.says("/reviews")
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await coordinator.presses(TAKE_OLDEST)
    assert "德兴路站" in (await coordinator.hears_of(ASSIGNED))["text"]
    await coordinator.presses("✖ Refuse")
    await coordinator.hears_of("The applicant will read this")
    await coordinator.presses("Outside our area")
    await coordinator.hears_of("was refused")
    refused = await rider.hears_of("A-2026-000001")
    assert (
        applicant._("You work outside this union's area. The hotline can tell you which union covers yours.")
        in (refused["text"])
    )

    await rider.says("/join")
    await rider.hears_of("Telegram")
    await applicant.presses(AGREE_TO_JOIN)
    review = await applicant.hears(REVIEW_PAGE)
    assert "李雷" in review, "the answers of last time"
    await applicant.presses(SEND_APPLICATION)
    await rider.hears_of("A-2026-000002")
    await applicant.presses("↩ Withdraw")
    await applicant.hears("Withdraw your application? You can apply again at any time.")
    await applicant.presses("↩ Withdraw the application")
    await rider.hears_of("A-2026-000002")
    async with town.database.reading() as session:
        assert (await reviews.queue(session, COORDINATOR)).total == 0


async def test_without_consent_there_is_no_question(town: Town) -> None:
    rider = town.rider(33)
    await rider.says("/join")
    await rider.hears_of(CONSENT_PAGE)
    await rider.presses("No, thank you")
    await rider.hears_of("Then I won't ask")
    await rider.forges("joinagree:99")
    await rider.hears_of("terms have changed")
    await rider.says("李雷")
    await rider.hears_of(NOT_UNDERSTOOD)
    async with town.database.reading() as session:
        assert await consents.version_of(session, PersonId(33), "join") is None


WORDINGS = {
    ("join", 3): "484bab0684f149c4",
    ("desk", 3): "165a6d3924769a3d",
    ("pay", 1): "2e14a338cb5cb640",
    ("sos", 1): "3e21b0dd0fa367d4",
}


@pytest.mark.parametrize("wording", [JOIN, CASE, CONSENT, VOLUNTEER_CONSENT], ids=lambda wording: wording.purpose)
def test_a_changed_wording_is_a_new_version(wording: Wording) -> None:
    """Whoever agreed to this version agreed to these very sentences, in each language, in whatever order they stood."""
    said = [sentence for language in ("en", "zh_Hans") for sentence in sentences(translator(language)(wording.text))]
    assert hashlib.sha256("/".join(said).encode()).hexdigest()[:16] == WORDINGS[wording.purpose, wording.version]


def sentences(text: str) -> list[str]:
    """Without tags and bullets, in alphabetical order."""
    plain = re.sub(r"<[^>]*>|• ", "", text)
    return sorted(filter(None, map(str.strip, re.split(r"(?<=[.?])\s+|(?<=[。？])|\n", plain))))


async def test_what_is_no_answer_gets_a_hint(town: Town) -> None:
    rider = town.rider(34)
    await begins_to_join(rider)
    for wrong in ("A", "<b>", "12345", "x" * 51, "👍👍"):
        await rider.says(wrong)
        await rider.hears_of("as on your ID card")
    await rider.says("Иван-Йоханн O’Neil")
    await rider.hears_of(ASKED_FOR_PHONE)
    for contact, how in (
        ({"user_id": 99}, {}),
        ({}, {}),
        ({"user_id": rider.id}, {"forward_origin": {"type": "hidden_user", "date": 1, "sender_user_name": "?"}}),
        ({"user_id": rider.id}, {"via_bot": {"id": 99, "is_bot": True, "first_name": "Other"}}),
    ):
        await rider.sends(contact={"phone_number": "+8613800138001", "first_name": "Somebody", **contact}, **how)
        await rider.hears_of("someone else's contact")
    await rider.says("12")
    await rider.hears_of("not a phone number")
    await rider.says("138 0013 8000")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("Other")
    await rider.hears_of("What is it called?")
    await rider.says("闪送")
    await rider.hears_of(ASKED_FOR_WORK)
    await rider.presses("Back")
    await rider.hears_of("What is it called?")
    await rider.says("达达")
    await rider.hears_of(ASKED_FOR_WORK)
    await rider.presses("Parcels")
    await rider.hears_of(ASKED_FOR_DISTRICT)
    await rider.says("运河")
    await rider.hears_of(ASKED_FOR_ID_NUMBER)
    await rider.says("370102199001010035")
    await rider.hears_of("last character of the ID number")
    await rider.presses(SKIP)
    await rider.hears_of(ASKED_FOR_INSURANCE)
    await rider.presses(DOES_NOT_KNOW)
    await rider.hears_of(REVIEW_PAGE)
    await rider.changes("Screenshot")
    await rider.hears_of("screenshot")
    await rider.says("here")
    await rider.hears_of("as a picture")
    await rider.presses("Keep as it is")
    review = (await rider.hears_of(REVIEW_PAGE))["text"]
    assert "达达" in review and "+8613800138000" in review


async def test_of_two_coordinators_one_gets_it(database: Database) -> None:
    """200 times, both at once; each time exactly one wins."""
    async with database.writing() as session:
        rows = [(await applied(session, 1_000 + at, phone=f"+86138{at:08d}", id_number=None)).id for at in range(200)]

    async def claims(application_id: ApplicationId, reviewer: int) -> bool:
        try:
            async with database.writing() as session:
                await reviews.claim(session, application_id, PersonId(reviewer), NOON)
        except InOtherHands:
            return False
        return True

    for application_id in rows:
        won = await asyncio.gather(claims(application_id, 1), claims(application_id, 2))
        assert sorted(won) == [False, True]
    async with database.writing() as session:
        with pytest.raises(InOtherHands):
            await reviews.approve(session, rows[0], PersonId(3), NOON)
        later = NOON + timedelta(minutes=31)
        assert (await reviews.claim(session, rows[0], PersonId(3), later)).claimed_by == 3, "a claim lapses"


async def test_nobody_reviews_their_own_application(town: Town) -> None:
    coordinator, admin = town.rider(COORDINATOR), town.rider(ADMIN)
    async with town.database.writing() as session:
        row = await applied(session, COORDINATOR)
        with pytest.raises(OwnApplication):
            await reviews.claim(session, row.id, COORDINATOR, NOON)
    await coordinator.says("/reviews")
    await coordinator.hears_of(NO_APPLICATION_WAITS)
    await coordinator.forges(membership_presses.TAKE.data(row.id))
    await coordinator.until(lambda: any("Someone else has to review" in one["text"] for one in coordinator.answers))
    await admin.says("/reviews")
    await admin.hears_of(APPLICATIONS_WAITING.format(n=1))


async def test_doubles_are_told_to_the_coordinator_alone(town: Town) -> None:
    coordinator, second = await at_work(town), town.rider(36)
    async with town.database.writing() as session:
        first = await applied(session, 35)
        await reviews.claim(session, first.id, COORDINATOR, NOON)
        await reviews.approve(session, first.id, COORDINATOR, NOON)
        await applied(session, 36, id_number=None)
    await second.says("/my")
    assert "same" not in (await second.hears_of("waiting for a coordinator"))["text"]
    await decide(coordinator)
    assert "Same phone or ID number: A-2026-000001, No. 000001" in coordinator.heard[-1]["text"]


async def test_nobody_who_left_by_themselves_is_made_an_applicant_again(database: Database) -> None:
    async with database.writing() as session:
        row = await applied(session, 38)
        await reviews.claim(session, row.id, COORDINATOR, NOON)
        await reviews.approve(session, row.id, COORDINATOR, NOON)
        await memberships.leave(session, PersonId(38), NOON)
        with pytest.raises(TooLateToUndo):
            await reviews.undo(session, row.id, COORDINATOR, NOON)
        with pytest.raises(TooLateToUndo):
            await reviews.undo(session, row.id, ADMIN, NOON)
        assert row.state is ApplicationState.APPROVED


async def test_a_decision_is_undone_within_five_minutes(town: Town) -> None:
    coordinator, rider = await at_work(town), town.rider(37)
    await rider.says("/start")
    await rider.hears_of(WELCOME)
    async with town.database.writing() as session:
        await applied(session, 37)
    await decide(coordinator)
    await coordinator.presses(APPROVE)
    await coordinator.hears_of("is approved")
    await rider.hears_of(IS_MEMBER)
    town.now += timedelta(minutes=4)
    await coordinator.presses("Undo")
    await coordinator.hears_of("assigned to you again")
    await rider.hears_of("was reversed")
    await rider.says("/my")
    await rider.hears_of("waiting for a coordinator")
    await coordinator.hears_of(ASSIGNED)
    await coordinator.presses(APPROVE)
    await coordinator.hears_of("No. 000002")
    town.now += timedelta(minutes=6)
    await coordinator.presses("Undo")
    await coordinator.until(lambda: any("Too late" in one["text"] for one in coordinator.answers))


async def test_applications_ring_once_in_ten_minutes_in_one_message(town: Town) -> None:
    coordinator = await at_work(town)

    async def one_more(number: int, minutes: float) -> None:
        town.now = NOON + timedelta(minutes=minutes)
        async with town.database.writing() as session:
            await applications.apply(
                session, PersonId(number), {**ANSWERS, "phone": f"+861380013{number:04d}"}, 1, town.now
            )
        await town.tick("reviews")
        town.deliver()

    await one_more(41, 0)
    first = await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1))
    await town.until_true(lambda: _all_settled(town))
    await one_more(42, 3)
    edited = await coordinator.hears_of(APPLICATIONS_WAITING.format(n=2))
    assert edited["edited"] and edited["message_id"] == first["message_id"]
    await town.until_true(lambda: _all_settled(town))
    await one_more(43, 11)
    again = await coordinator.hears_of(APPLICATIONS_WAITING.format(n=3))
    assert not again["edited"]
    messages = town.world.chats[COORDINATOR].messages
    await town.until(lambda: first["message_id"] not in messages)
    async with town.database.writing() as session:
        for number in (41, 42, 43):
            await applications.withdraw(session, PersonId(number), town.now)
    await town.until_true(lambda: _all_settled(town))
    await town.tick("reviews")
    town.deliver()
    assert (await coordinator.hears_of(NO_APPLICATION_WAITS))["message_id"] == again["message_id"]


async def test_who_asked_hears_of_the_answer_at_once_and_of_the_next_in_the_same_message(town: Town) -> None:
    """A question was answered in silence for as long as the last ring was not ten minutes old."""
    coordinator = await at_work(town)
    people = [PersonId(51), PersonId(52)]

    async def turn(minutes: float) -> None:
        town.now = NOON + timedelta(minutes=minutes)
        await town.until_true(lambda: _all_settled(town))
        await town.tick("reviews")
        town.deliver()

    async with town.database.writing() as session:
        for person in people:
            answers = {**ANSWERS, "phone": f"+8613800130{person:03d}"}
            await applications.apply(session, person, answers, 1, town.now)
    await turn(0)
    await coordinator.hears_of(APPLICATIONS_WAITING.format(n=2))
    async with town.database.writing() as session:
        for person in people:
            row = await applications.latest_of(session, person)
            assert row is not None
            await reviews.claim(session, row.id, COORDINATOR, town.now)
            await reviews.ask(session, row.id, COORDINATOR, "Which station do you ride for?", town.now)
    await turn(1)
    await coordinator.hears_of(NO_APPLICATION_WAITS)

    async with town.database.writing() as session:
        await applications.answer(session, people[1], "德兴路站", "", NOON + timedelta(minutes=2))
    await turn(2)
    first = await coordinator.hears_of("Your question was answered: A-2026-000002")
    assert not first["edited"], "it rings"
    async with town.database.writing() as session:
        await applications.answer(session, people[0], "湖滨路站", "", NOON + timedelta(minutes=3))
    await turn(3)
    both = await coordinator.hears_of("A-2026-000001")
    assert both["edited"] and both["message_id"] == first["message_id"] and "A-2026-000002" in both["text"]
    await coordinator.presses("▶ A-2026-000002")
    assert "德兴路站" in (await coordinator.hears_of(ASSIGNED))["text"]


async def _all_settled(town: Town) -> bool:
    async with town.database.reading() as session:
        return await session.scalar(select(Delivery.id).where(Delivery.state < 3)) is None


async def test_once_a_day_what_waits_too_long_is_told(town: Town) -> None:
    coordinator = await at_work(town)
    async with town.database.writing() as session:
        await applied(session, 44)
    for days, told in ((0, 0), (3, 1), (3, 1), (4, 2)):
        town.now = NOON + timedelta(days=days)
        await town.tick("reviews")
        town.deliver()
        await town.until_true(lambda: _all_settled(town))
        late = [one for one in coordinator.heard if "waiting for more than 2 days" in one.get("text", "")]
        assert len(late) == told


@pytest.mark.both_databases
async def test_segments_of_members(database: Database) -> None:
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(map(PersonId, range(1, 6)), "en"), NOON)
        for person_id, platform, district in ((1, "美团", "德城区"), (2, "other", "德城区"), (3, "美团", "陵城区")):
            answers = {**ANSWERS, "platform": platform, "platform_other": "闪送", "district": district}
            if platform != "other":
                del answers["platform_other"]
            await memberships.create(session, PersonId(person_id), answers, NOON)
        await memberships.leave(session, PersonId(3), NOON)
        for conditions, count in (
            ((IsMember(),), 2),
            ((IsNoMember(),), 3),
            ((WorksFor("美团"),), 1),
            ((WorksFor("闪送"),), 1),
            ((WorksIn("德城区"),), 2),
            ((WorksIn("德城区"), WorksFor("美团")), 1),
        ):
            segment = Segment.parse(Segment(conditions).text)
            assert (await broadcast_recipients.audience(session, segment, Topic.NEWS, NOON)).reached == count


async def test_decided_applications_and_former_members_are_forgotten_in_time(database: Database) -> None:
    clock = clock_context(Retention(decided_applications=timedelta(days=10), former_members=timedelta(days=20)))
    async with database.writing() as session:
        refused, waiting, approved = [await applied(session, number, phone=None) for number in (1, 2, 3)]
        for row in (refused, approved):
            await reviews.claim(session, row.id, PersonId(9), NOON)
        await reviews.refuse(session, refused.id, PersonId(9), "too far", NOON)
        member = await reviews.approve(session, approved.id, PersonId(9), NOON)
        await memberships.leave(session, PersonId(3), NOON)
    for days, kept, named in ((9, 3, True), (11, 1, True), (21, 1, False)):
        async with database.writing() as session:
            await retention.run(session, NOON + timedelta(days=days), clock)
        async with database.reading() as session:
            assert len((await session.scalars(select(Application))).all()) == kept
            left = await memberships.by_number(session, member.number)
            assert left is not None and bool(memberships.content_of(session, left)) is named
    async with database.reading() as session:
        still = await applications.find(session, waiting.id)
        assert still is not None and still.state == ApplicationState.WAITING


async def test_what_the_platform_makes_plain_is_not_asked_but_can_be_changed(town: Town) -> None:
    """Who rides for Meituan carries meals; who works for JD.com may do either."""
    rider = town.rider(78)
    await begins_to_join(rider)
    await rider.says("李雷")
    await rider.hears_of(ASKED_FOR_PHONE)
    await rider.says("138 0013 8000")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("滴滴")
    await rider.hears_of(ASKED_FOR_DISTRICT)
    await rider.presses("Back")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("美团")
    assert "Step 5 of 7" in (await rider.hears_of(ASKED_FOR_DISTRICT))["text"]
    await rider.says("德城区")
    await rider.hears_of(ASKED_FOR_ID_NUMBER)
    await rider.presses(SKIP)
    await rider.hears_of(ASKED_FOR_INSURANCE)
    await rider.presses("Not insured")
    assert "Work: 🛵 Meals" in (await rider.hears_of(REVIEW_PAGE))["text"]
    await rider.changes("Platform")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("京东")
    await rider.hears_of(ASKED_FOR_WORK)
    await rider.presses("Parcels")
    assert "Work: 📦 Parcels" in (await rider.hears_of(REVIEW_PAGE))["text"]
    await rider.changes("Platform")
    await rider.hears_of(ASKED_FOR_PLATFORM)
    await rider.presses("美团")
    assert "Work: 📦 Parcels" in (await rider.hears_of(REVIEW_PAGE))["text"], "what somebody said themselves stands"


async def test_my_is_one_screen_with_ways_to_the_rest(town: Town) -> None:
    """In 0.7 membership and cases scrolled away above the switches of what one is written to about."""
    rider = town.rider(77)
    await rider.says("/my")
    page = await rider.hears()
    assert page["text"].index("not a member") < page["text"].index("My activities")
    await town.until_idle()
    assert rider.unheard == [], "all of it in one message"
    labels = [key["text"] for row in page["reply_markup"]["inline_keyboard"] for key in row]
    assert labels == ["🔔 Reminders", "🗞 Weekly digest", "✉️ Messages I get"]
    await rider.presses("Messages I get")
    await rider.hears_of("What I can write to you about")
    async with town.database.writing() as session:
        await memberships.create(session, rider.id, ANSWERS, NOON)
    await rider.says("/my")
    rows = (await rider.hears_of("No. 000001"))["reply_markup"]["inline_keyboard"]
    assert rows[0][0]["text"] == "🪪 My card", "what one comes for is first"
    assert rows[-1][-1]["text"] in ("Leave the union", "✉️ Messages I get"), "what is rare is last"
