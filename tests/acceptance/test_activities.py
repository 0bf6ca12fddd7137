"""Activities in the chat: riders find, sign up, queue, come; coordinators run them."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import vobject
import zxingcpp
from PIL import Image
from sqlalchemy import select

from bot import process
from bot.sandbox.params import Upload
from handlers.activities import presses as activities_presses
from handlers.broadcasts import presses as broadcasts_presses
from handlers.i18n.formatting import listed
from handlers.i18n.translations import plural_in, translator
from storage import audit
from storage.activities import (
    activities,
    attendance,
    calendar_feeds,
    check_ins,
    participants,
    planning,
    recurrence,
    series,
    sign_ups,
)
from storage.activities.activities import Activity, ActivityState
from storage.activities.audited import ActivityAction
from storage.activities.ids import ActivityId, SeriesId
from storage.activities.notices import ActivityReminder
from storage.activities.reminders import Reminder
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import Delivery, State
from storage.membership import memberships
from storage.people import people
from storage.spreadsheet_cells import harmless
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, at_home, planned
from tests.support.applications import picture
from tests.support.config import configured
from tests.support.languages import LANGUAGES
from tests.support.simulator import COORDINATOR, HALL, NOON, Rider, Town, free_port, running, telegram
from tests.support.words.activities import HAS_PLACE, HAS_PLACE_NUMBER, JOIN_WAITING_LIST, SIGN_UP, START
from tests.support.words.broadcasts import ASKED_FOR_MESSAGE, PREVIEW, SEND_TO
from tests.support.words.chat import ANSWER
from tests.support.words.forms import REVIEW_PAGE
from tests.support.words.stations import NEAREST_STATIONS

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def opened(rider: Rider, activity_id: ActivityId) -> None:
    await rider.says(f"/start act_{activity_id}")
    await rider.hears_of("3x3")


async def settled(town: Town) -> bool:
    town.deliver()
    async with town.database.reading() as session:
        due = select(Delivery.id).where(Delivery.state < 3, Delivery.due <= town.now)
        return await session.scalar(due) is None


@LANGUAGES
async def test_a_rider_finds_signs_up_gives_back_and_the_next_gets_the_place(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town, places=1)
    li, wang = await at_home(town, 51, language), await at_home(town, 52, language)
    await li.says("/activities")
    listed = (await li.hears_of("3x3"))["text"]
    assert plural_in(language, "{n} place left", "{n} places left", 1).format(n=1) in listed and "15:00" in listed
    await li.presses("1")
    await li.hears_of("15:00–17:00")
    await li.presses(_(SIGN_UP))
    card = await li.hears_of("15:00–17:00")
    assert card["edited"] and _("full") in card["text"]
    await li.until(lambda: any(_("You're signed up. I'll remind you.") in one["text"] for one in li.answers))

    await wang.says("/start act_1")
    await wang.hears_of("3x3")
    await wang.presses(_(JOIN_WAITING_LIST))
    said = await wang.hears_of(_("It's full, so you are on the waiting list. I'll tell you when it's your turn."))
    assert said["text"].count(_("🕒 You are number {n} on the waiting list.").format(n=1).removeprefix("🕒 ")) == 1

    await li.presses(_("↩ Give up my place"))
    await li.hears_of(_("Give up your place at “{title}”?").format(title="3x3 basketball"))
    await li.presses(_("↩ Give it up"))
    await wang.hears_of(_("A place is free for you!"))
    await wang.presses(_("🎁 Take the place"))
    await wang.hears_of(_(HAS_PLACE_NUMBER).format(n=2))
    await wang.says("/my")
    assert "3x3" in (await wang.hears_of(_("My activities")))["text"]
    await wang.presses(_("🔔 Reminders"))
    await wang.hears_of(_("How long before activities should I remind you?"))


@LANGUAGES
async def test_reminders_come_in_the_riders_language_and_only_before_the_start(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town)
    rider = await at_home(town, 53, language)
    await rider.says("/start act_1")
    await rider.hears_of("3x3")
    await rider.presses(_(SIGN_UP))
    await rider.hears_of(_(HAS_PLACE_NUMBER).format(n=1))
    for before, day in ((24, _("tomorrow ({weekday})")), (2, _("today"))):
        town.now = SATURDAY - timedelta(hours=before)
        await town.tick("reminders")
        town.deliver()
        heard = (await rider.hears_of(_("A reminder:")))["text"]
        assert "3x3 basketball" in heard and day.partition("{")[0].rstrip(" (（") in heard
    async with town.database.writing() as session:
        assert (await session.scalars(select(Reminder))).all() == []
        await delivery_queue.add(session, Addressed(PersonId(53), ActivityReminder(ActivityId(1)), SATURDAY))
        late = (await session.scalars(select(Delivery).where(Delivery.state == 0))).one()
        late.expires_at = SATURDAY
    town.now = SATURDAY  # what the courier could not send before the start is not sent any more
    await town.until_true(lambda: settled(town))
    async with town.database.reading() as session:
        row = await session.get_one(Delivery, late.id)
        assert row.state == State.CANCELLED


async def test_overlapping_ones_are_warned_of(town: Town) -> None:
    await planned(town)
    await planned(town, title="3x3 final")
    rider = await at_home(town, 54)
    await opened(rider, ActivityId(1))
    await rider.presses(SIGN_UP)
    await rider.hears_of(HAS_PLACE)
    await opened(rider, ActivityId(2))
    await rider.presses(SIGN_UP)
    await rider.hears_of("You are already signed up at that time for: 3x3 basketball")
    await rider.presses("Sign up anyway")
    await rider.hears_of(HAS_PLACE)


async def test_guests_and_questions_are_asked_for_by_the_form(town: Town) -> None:
    await planned(town, places=5, guests=2, questions=("T-shirt size?", "<b>Allergies?</b>"))
    rider = await at_home(town, 55)
    await opened(rider, ActivityId(1))
    await rider.presses(SIGN_UP)
    await rider.hears_of("Is anyone coming with you")
    await rider.presses("+2")
    await rider.hears_of("T-shirt size?")
    await rider.says("L")
    await rider.hears_of("<b>Allergies?</b>")
    await rider.says("none")
    assert "no. 1, with 2 guests" in (await rider.hears_of("You're signed up"))["text"]
    async with town.database.reading() as session:
        row = await participants.of(session, ActivityId(1), PersonId(55))
        assert row is not None and participants.answers_of(session, row) == ["L", "none"]
        assert row.answers is not None and b"none" not in row.answers


async def test_a_guest_is_brought_by_the_cards_own_button(town: Town) -> None:
    await planned(town, places=3, guests=2)
    rider, second = await at_home(town, 57), await at_home(town, 58)
    await opened(rider, ActivityId(1))
    await rider.presses("+1")
    assert "no. 1, with 1 guest" in (await rider.hears_of("You're signed up"))["text"]
    await rider.forges("signupwith:1:7")  # who has a place keeps it as it is
    await opened(second, ActivityId(1))
    await second.forges("signupwith:1:7")
    await second.until(lambda: any("guests" in one["text"] for one in second.answers))
    async with town.database.reading() as session:
        assert await participants.of(session, ActivityId(1), PersonId(58)) is None


async def test_members_only_and_forged_buttons(town: Town) -> None:
    await planned(town, members_only=True)
    rider = await at_home(town, 56)
    await opened(rider, ActivityId(1))
    await rider.presses(SIGN_UP)
    await rider.until(lambda: any("Members only" in one["text"] for one in rider.answers))
    for data in (
        "signup:99",
        "giveback:1",
        "take:1",
        "act:99",
        "acts:nonsense:0",
        "acts:week:-1",
        "setleads:1:99",
        "rate:1:5",
        "rate:1:9",
        "actwhere:1",
    ):
        before = len(rider.answers)
        await rider.forges(data)
        await rider.until(lambda seen=before: len(rider.answers) > seen)
        assert rider.answers[-1]["text"], data
    async with town.database.writing() as session:
        await memberships.create(session, PersonId(56), {"name": "李雷"}, NOON)
    await rider.presses(SIGN_UP)
    await rider.hears_of(HAS_PLACE)


@LANGUAGES
async def test_a_draft_is_found_by_nobody_until_it_is_published(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, 57, language)
    await coordinator.says("/activity")
    await coordinator.hears_of(_("Activities you run"))
    await coordinator.presses(_("➕ New activity"))
    await coordinator.hears_of(_("Title, for example 3x3 basketball"))
    await coordinator.says("3x3 <Cup>")
    await coordinator.hears_of(_("What kind of activity is it?"))
    await coordinator.presses("🏆")
    await coordinator.hears_of(_(START))
    await coordinator.says("2020-01-01 10:00")
    await coordinator.hears_of(_("The time must be in the future, within a year."))
    await coordinator.says("2026-11-28 15:00")
    await coordinator.hears_of(_("Where? Write a station's name or the place, or send a location."))
    await coordinator.says("second")
    await coordinator.hears_of(_("How many places? Choose, or write a number."))
    await coordinator.says("1")
    review = (await coordinator.hears_of(_(REVIEW_PAGE)))["text"]
    assert "3x3 <Cup>" in review and "Second 📍" in review
    assert _("Left empty") in review and "—" not in review, "what was not answered shares a line"
    default = _("default ({leads} before)").format(leads=_(", ").join(_("{n} h").format(n=hours) for hours in (24, 2)))
    assert default in review and _("once it is published") in review and _("when it starts") in review
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(_("📝 Draft"))
    await rider.says("/start act_1")
    await rider.hears_of(_("This activity is no longer planned."))
    await coordinator.presses(_("✅ Publish"))
    await coordinator.hears_of(_("✅ Published"))
    await rider.says("/start act_1")
    await rider.hears_of("3x3 <Cup>")
    await rider.presses(_(SIGN_UP))
    await rider.hears_of(_(HAS_PLACE_NUMBER).format(n=1))


async def test_an_activity_is_published_right_from_its_review(town: Town) -> None:
    """A draft is for whoever wants one; most want riders to see it."""
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, 58)
    await coordinator.says("/activity")
    await coordinator.hears_of("Activities you run")
    await coordinator.presses("New activity")
    await coordinator.hears_of("Title, for example")
    await coordinator.says("Tea party")
    await coordinator.hears_of("What kind of activity is it?")
    await coordinator.presses("🏆")
    await coordinator.hears_of(START)
    await coordinator.says("today 12:30")
    await coordinator.hears_of("Where?")
    await coordinator.says("second")
    await coordinator.hears_of("How many places?")
    await coordinator.says("1")
    await coordinator.hears_of(REVIEW_PAGE)
    town.now += timedelta(hours=5)
    message, publish = coordinator.button("✅ Publish")
    await coordinator.presses("✅ Publish")
    await coordinator.until(lambda: bool(coordinator.answers) or "over" in str(coordinator.heard[-1].get("text")))
    town.now -= timedelta(hours=5)
    await coordinator.presses("✅ Publish")
    await coordinator.hears_of("✅ Published")
    await coordinator.forges(publish, message)  # the second of two quick taps
    await rider.says("/start act_1")
    await rider.hears_of("Tea party")
    async with town.database.reading() as session:
        assert len(await activities.coming(session, town.now)) == 1


class Planned(NamedTuple):
    """An activity that a coordinator looks at and a rider has a place in."""

    coordinator: Rider
    rider: Rider


async def with_a_place(town: Town, language: str = "en") -> Planned:
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, 57, language)
    activity_id = await planned(town)
    async with town.database.writing() as session:
        await sign_ups.sign_up(session, activity_id, rider.id, NOON, is_member=False)
    await coordinator.forges(activities_presses.SHOW.data(activity_id))
    await coordinator.hears_of(translator(language)("✅ Published"))
    return Planned(coordinator, rider)


@LANGUAGES
async def test_who_has_a_place_is_told_what_changed_from_what_to_what(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await with_a_place(town, language)
    await coordinator.presses(_("✎ Change"))
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.changes(_("Starts"))
    await coordinator.hears_of(_(START))
    await coordinator.says("2026-11-28 16:30")
    await coordinator.hears_of(_(REVIEW_PAGE))
    await coordinator.presses(_("💾 Save it"))
    await coordinator.hears_of(
        plural_in(language, "{n} person is told what changed.", "{n} people are told what changed.", 1).format(n=1)
    )
    told = (await rider.hears_of(_("has changed:")))["text"]
    assert "15:00" in told and "16:30" in told and told.index("15:00") < told.index("16:30")
    async with town.database.reading() as session:
        row = await activities.find(session, ActivityId(1))
        assert row is not None and row.sequence == 1, "calendars take it for newer"


@LANGUAGES
async def test_who_has_a_place_is_told_why_it_is_cancelled(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await with_a_place(town, language)
    await coordinator.presses(_("❌ Cancel it …"))
    await coordinator.hears_of(_("Why is it cancelled? Everyone who signed up will read this."))
    await coordinator.says("Hall is flooded")
    await coordinator.hears_of(_("Cancel “{title}”? This can't be undone.").format(title="3x3 basketball"))
    await coordinator.presses("1")
    await coordinator.hears_of(
        plural_in(language, "Cancelled; {n} person is told why.", "Cancelled; {n} people are told why.", 1).format(n=1)
    )
    assert "Hall is flooded" in (await rider.hears_of(_("Cancelled:")))["text"]
    async with town.database.reading() as session:
        row = await activities.find(session, ActivityId(1))
        assert row is not None and (row.state, row.sequence) == (ActivityState.CANCELLED, 1)


async def test_what_changes_no_time_place_or_rule_is_told_to_nobody(town: Town) -> None:
    coordinator, rider = await at_home(town, COORDINATOR), await at_home(town, 58)
    await planned(town)
    await opened(rider, ActivityId(1))
    await rider.presses(SIGN_UP)
    await rider.hears_of(HAS_PLACE)
    heard = len(rider.heard)
    await coordinator.forges(activities_presses.EDIT.data(ActivityId(1)))
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.changes("Title")
    await coordinator.hears_of("Title, for example")
    await coordinator.says("3x3 cup")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses("Save it")
    await coordinator.hears_of("3x3 cup")
    await town.until_true(lambda: settled(town))
    assert len(rider.heard) == heard


@pytest.mark.both_databases
async def test_a_series_skips_holidays_and_one_of_it_is_cancelled_alone(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await planned(
        town, starts_at=datetime(2026, 12, 25, 15, tzinfo=SHANGHAI), ends_at=datetime(2026, 12, 25, 17, tzinfo=SHANGHAI)
    )
    await coordinator.forges(activities_presses.SHOW.data(ActivityId(1)))
    await coordinator.hears_of("Published")
    await coordinator.presses("🔁 Repeat")
    await coordinator.hears_of("How often?")
    await coordinator.says("every now and then")
    await coordinator.hears_of("couldn't read how often")
    await coordinator.presses("Every week")
    await coordinator.hears_of("public holidays")
    await coordinator.presses("Skip those days")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses("✔ Create series")
    said = (await coordinator.hears_of("more planned for the next eight weeks"))["text"]
    assert "1 Jan" not in said and "8 Jan" in said
    async with town.database.writing() as session:
        await planning.cancel(session, ActivityId(2), "rain", NOON)
        rows = (await session.scalars(select(Activity).order_by(Activity.id))).all()
        assert [row.state for row in rows[:3]] == [1, 2, 1]
    town.now = NOON + timedelta(days=40)
    await town.tick("activities")
    async with town.database.reading() as session:
        starts = (await session.scalars(select(Activity.starts_at).order_by(Activity.starts_at))).all()
        assert starts[-1] > NOON + timedelta(days=80)
        assert len(starts) == len(set(starts)) == await series.count(session, SeriesId(1))


def test_a_rule_keeps_the_clock_on_the_wall() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    first = datetime(2026, 10, 17, 15, tzinfo=berlin)
    found = list(recurrence.occurrences("FREQ=WEEKLY;COUNT=4", first, first, first + timedelta(days=60), berlin))
    assert [at.hour for at in found] == [15, 15, 15] and found[1] - found[0] == timedelta(days=7)
    assert found[1].utcoffset() != found[0].utcoffset()


async def at_the_door(town: Town, coordinator: Rider, _: Callable[[str], str]) -> dict[str, Any]:
    """Ten minutes before the start: the message with the code."""
    town.now = SATURDAY - timedelta(minutes=10)
    await coordinator.says("/checkin")
    return await coordinator.hears_of(_("Riders scan this to check in. It changes every minute."))


@LANGUAGES
async def test_the_code_at_the_door_changes_and_checks_in(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town, places=2)
    coordinator, rider, walk_in = [await at_home(town, number, language) for number in (COORDINATOR, 59, 60)]
    async with town.database.writing() as session:
        await sign_ups.sign_up(session, ActivityId(1), PersonId(59), NOON, is_member=False)
    link = _scanned(town, await at_the_door(town, coordinator, _))
    await rider.says("/start " + link.partition("=")[2])
    await rider.hears_of(_("👋 Welcome! You are checked in."))
    async with town.database.reading() as session:
        assert await check_ins.windows_shown(session) == {check_ins.window(town.now)}

    town.now += timedelta(seconds=121)
    await town.app.background.check_in_codes.show()
    changed = await coordinator.hears_of(
        plural_in(language, "{n} person has come.", "{n} people have come.", 1).format(n=1)
    )
    assert changed["edited"] and _scanned(town, changed) != link
    old = _("This code has expired. Please scan the one shown at the door now.")
    await walk_in.says("/start " + link.partition("=")[2])
    await walk_in.hears_of(old)
    await walk_in.says("/start " + _scanned(town, changed).partition("=")[2])
    await walk_in.hears_of(_("👋 Welcome! There was a free place, and it's yours."))
    await rider.says("/start ci_1-" + "A" * 22)
    await rider.hears_of(old)


@LANGUAGES
async def test_at_the_door_a_number_or_name_is_typed_and_the_look_at_names_is_noted(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town)
    coordinator = await at_home(town, COORDINATOR, language)
    async with town.database.writing() as session:
        await sign_ups.sign_up(session, ActivityId(1), PersonId(59), NOON, is_member=False)
    await at_the_door(town, coordinator, _)
    nobody = _("I can't find “{who}” here. Please check the name or the number.").format(who="77")
    for typed, heard in (("77", nobody), ("1", _("Checked in:"))):
        await coordinator.presses(_("⌨ Type a number or name"))
        await coordinator.hears_of(_("What is the sign-up number, the member number, or the member's name?"))
        await coordinator.says(typed)
        await coordinator.hears_of(heard)
    async with town.database.reading() as session:
        noted = [(entry.act, entry.about) for entry in await audit.newest(session)]
    assert noted == [(ActivityAction.ATTENDANCE_READ, "activity 1 at the door")] * 2, "names were looked at twice"


def _scanned(town: Town, message: dict[str, Any]) -> str:
    upload = town.world.files.get(message["photo"][-1]["file_id"])
    assert upload is not None
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(upload.content)))
    return str(code.text)


@LANGUAGES
async def test_who_came_is_thanked_and_rates(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(town)
    rider, absent = await at_home(town, 61, language), await at_home(town, 62, language)
    async with town.database.writing() as session:
        for person in (61, 62):
            await sign_ups.sign_up(session, ActivityId(1), PersonId(person), NOON, is_member=False)
        await attendance.check_in(session, ActivityId(1), PersonId(61), SATURDAY, is_member=False)
    town.now = SATURDAY + timedelta(hours=3)
    for _turn in range(2):
        await town.tick("activities")
        await town.until_true(lambda: settled(town))
    assert len([one for one in rider.heard if _("How was it?") in one.get("text", "")]) == 1
    assert not [one for one in absent.heard if _("How was it?") in one.get("text", "")]
    await rider.presses("⭐⭐⭐⭐")
    await rider.hears_of(_("Thank you: {stars}").format(stars="⭐⭐⭐⭐"))
    await rider.hears_of(_("What was good, what could be better? Up to 500 characters, or skip."))
    await rider.says("More water, please")
    await rider.hears_of(_("Thank you! This helps us make the next one better."))
    async with town.database.reading() as session:
        row = await participants.of(session, ActivityId(1), PersonId(61))
        assert row is not None and row.rating is not None and row.comment is not None and b"water" not in row.comment


@LANGUAGES
async def test_a_rider_wants_other_reminders_or_none(town: Town, language: str) -> None:
    """For one activity under its card, for all in /my; with two taps."""
    _ = translator(language)
    await planned(town)
    rider = await at_home(town, 75, language)
    await rider.says("/start act_1")
    await rider.hears_of("3x3")
    await rider.presses(_(SIGN_UP))
    await rider.hears_of(_(HAS_PLACE_NUMBER).format(n=1))

    async def waiting() -> list[int]:
        await town.until_idle()
        async with town.database.reading() as session:
            return sorted(await session.scalars(select(Reminder.lead)))

    assert await waiting() == [7_200, 86_400]
    usual = listed([_("{n} h").format(n=24), _("{n} h").format(n=2)], language)
    one, all_of_them = (
        "How long before this activity should I remind you?",
        "How long before activities should I remind you?",
    )
    for where, question, label, kept in (
        ("/start act_1", one, _("{n} min").format(n=30), [1_800]),
        ("/my", all_of_them, _("no reminders"), [1_800]),
        ("/start act_1", one, _("default ({leads} before)").format(leads=usual), []),
    ):
        await rider.says(where)
        await rider.hears_of("3x3")
        await rider.presses(_("🔔 Reminders"))
        await rider.hears_of(_(question))
        await rider.presses(label)
        await rider.hears_of(_("Reminders: {leads}").format(leads=label))
        assert await waiting() == kept


async def test_the_stream_comes_to_who_has_a_place_when_it_begins(town: Town) -> None:
    await planned(town, stream="https://example.org/live", places=1)
    rider, waiting = await at_home(town, 63), await at_home(town, 64)
    async with town.database.writing() as session:
        for person in (63, 64):
            await sign_ups.sign_up(session, ActivityId(1), PersonId(person), NOON, is_member=False)
    town.now = SATURDAY - timedelta(minutes=4)
    for _ in range(2):
        await town.tick("activities")
        await town.until_true(lambda: settled(town))
    assert len([one for one in rider.heard if "starts now" in one.get("text", "")]) == 1
    assert rider.button("▶ Watch")[1] == "https://example.org/live"
    assert not [one for one in waiting.heard if "starts now" in one.get("text", "")]


@LANGUAGES
async def test_on_monday_at_ten_the_week_comes_to_who_wants_it(town: Town, language: str) -> None:
    _ = translator(language)
    await planned(
        town,
        latitude=37.44,
        longitude=116.37,
        starts_at=NOON + timedelta(days=8),
        ends_at=NOON + timedelta(days=8, hours=2),
    )
    rider, other = await at_home(town, 65, language), await at_home(town, 66, language)
    async with town.database.writing() as session:
        await people.keep_home(session, PersonId(65), 37.43, 116.36)
    await rider.says("/my")
    await rider.hears_of(_("My activities"))
    await rider.presses(_("🗞 Weekly digest"))
    await rider.hears_of(_("Shall I send you what's on near you every week?"))
    await rider.presses(_("🔔 Yes, every week"))
    await rider.hears_of(_("Every week I'll send you what's on near you."))
    for moment in ("2026-11-29T11:00", "2026-11-30T09:59", "2026-11-30T10:00", "2026-11-30T12:00"):
        town.now = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        await town.tick("activities")
        await town.until_true(lambda: settled(town))
        told = [one for one in rider.heard if _("This week near you") in one.get("text", "")]
        assert len(told) == (1 if moment >= "2026-11-30T10:00" else 0)
    assert "1.4" in told[0]["text"]
    assert not [one for one in other.heard if _("This week near you") in one.get("text", "")]


@LANGUAGES
async def test_an_organiser_answers_without_learning_who_asked(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, 67, language)
    await planned(town)
    await opened(rider, ActivityId(1))
    await rider.presses(_("💬 Ask"))
    await rider.hears_of(_("What do you want to ask the organiser? They won't know who is asking."))
    await rider.says("Is there parking?")
    await rider.hears_of(_("Your question was sent to the organiser without your name. The answer will come here."))
    asked = await coordinator.hears_of("Is there parking?")
    assert "67" not in str(asked["reply_markup"]) and "67" not in asked["text"]
    await coordinator.presses(_(ANSWER))
    await coordinator.hears_of(_("What is your answer?"))
    await coordinator.says("Yes, behind the hall")
    await coordinator.hears_of(_("Your answer has been sent."))
    assert "behind the hall" in (await rider.hears_of(_("The organiser's reply about")))["text"]


async def test_the_attendance_list_is_safe_for_spreadsheets_and_audited(town: Town) -> None:
    coordinator = await at_home(town, COORDINATOR)
    await planned(town, questions=("=cmd|' /C calc'!A0",))
    async with town.database.writing() as session:
        await memberships.create(session, PersonId(68), {"name": "李雷"}, NOON)
        await sign_ups.sign_up(session, ActivityId(1), PersonId(68), NOON, is_member=True, answers=["=1+1"])
    await coordinator.forges(activities_presses.SHOW_PEOPLE.data(ActivityId(1)))
    assert "李雷" in (await coordinator.hears_of("3x3"))["text"]
    await coordinator.presses("As a file")
    sent = await coordinator.hears_of("treat it as confidential")
    upload = town.world.files.get(sent["document"]["file_id"])
    assert upload is not None
    text = upload.content.decode("utf-8-sig")
    assert "'=1+1" in text and "李雷" in text and "placed" in text
    async with town.database.reading() as session:
        assert [entry.act for entry in await audit.newest(session)] == [ActivityAction.ATTENDANCE_READ] * 2
    assert [harmless(cell) for cell in ("=x", "+x", "-x", "@x", "\tx", "x")] == [
        "'=x",
        "'+x",
        "'-x",
        "'@x",
        "'\tx",
        "x",
    ]


@LANGUAGES
async def test_rounds_and_who_goes_on(town: Town, language: str) -> None:
    _ = translator(language)
    coordinator, rider = await at_home(town, COORDINATOR, language), await at_home(town, 69, language)
    await planned(town)
    async with town.database.writing() as session:
        await sign_ups.sign_up(session, ActivityId(1), PersonId(69), NOON, is_member=False)
    for title, when in (("Heats", "2026-11-28 15:00"), ("Final", "2026-11-28 16:00")):
        await coordinator.forges(activities_presses.SHOW_ROUNDS.data(ActivityId(1)))
        await coordinator.hears_of("🏆")
        await coordinator.presses(_("➕ Add a round"))
        await coordinator.hears_of(_("What is the round called? For example: Semi-final"))
        await coordinator.says(title)
        await coordinator.hears_of(_(START))
        await coordinator.says(when)
        await coordinator.hears_of(_("Round {n} is planned.").format(n=1 if title == "Heats" else 2))
    await coordinator.forges(activities_presses.SHOW_ROUNDS.data(ActivityId(1)))
    await coordinator.hears_of("Heats")
    who = _("Who goes through to: {round}").format(round="Final")
    await coordinator.presses(who)
    await coordinator.hears_of(who)
    await coordinator.presses("1")
    await coordinator.hears()
    await coordinator.presses(_("✔ That's all"))
    await coordinator.hears_of(_("✅ Through:"))
    await coordinator.presses("📨")
    assert "16:00" in (await rider.hears_of("Final"))["text"]
    await coordinator.forges("goeson:1:1:7")
    await coordinator.until(lambda: any(_("This round doesn't exist.") in one["text"] for one in coordinator.answers))
    async with town.database.reading() as session:
        noted = [(entry.act, entry.about) for entry in await audit.newest(session)]
    assert noted == [(ActivityAction.ATTENDANCE_READ, "activity 1, round 2")], "names were shown"


async def test_the_bots_name_typed_anywhere_offers_what_is_coming(town: Town) -> None:
    await planned(town)
    await planned(town, title="Health check")
    rider = await at_home(town, 70)
    found: list[Any] = []
    town.world.listeners.add(lambda _chat, event: found.append(event) if event["type"] == "inline" else None)
    await town.world.asks_inline(rider.person, "3X3")
    await town.until(lambda: bool(found))
    (result,) = found[0]["results"]
    assert result["title"] == "3x3 basketball"
    assert "?start=act_1" in result["reply_markup"]["inline_keyboard"][0][0]["url"]


@pytest.mark.both_databases
async def test_writing_to_all_who_signed_up_and_a_button_that_opens_it(town: Town) -> None:
    coordinator, rider, other = await at_home(town, COORDINATOR), await at_home(town, 71), await at_home(town, 72)
    await planned(town)
    async with town.database.writing() as session:
        await sign_ups.sign_up(session, ActivityId(1), PersonId(71), NOON, is_member=False)
    await coordinator.forges(broadcasts_presses.WRITE_TO_ALL.data(ActivityId(1)))
    await coordinator.hears_of(ASKED_FOR_MESSAGE)
    await coordinator.says("Bring a bottle")
    await coordinator.hears_of("Which attendees?")
    await coordinator.presses("people with a place")
    await coordinator.hears_of(REVIEW_PAGE)
    await coordinator.presses(PREVIEW)
    await coordinator.hears_of("It goes to fewer than 5 people")
    await coordinator.presses(SEND_TO)
    await town.tick("broadcasts")
    await rider.hears_of("Bring a bottle")
    await rider.presses("🏀 3x3 basketball")
    await rider.hears_of(HAS_PLACE)
    assert not [one for one in other.heard if "bottle" in one.get("text", "")]


@pytest.mark.both_databases
async def test_near_me_and_by_kind(town: Town) -> None:
    await planned(town, title="3x3 far", latitude=38.0, longitude=117.0)
    await planned(town, title="3x3 near", latitude=HALL.latitude, longitude=HALL.longitude)
    rider = await at_home(town, 73)
    await rider.says("/activities")
    await rider.hears_of("3x3 far")
    await rider.presses("Near me")
    await rider.hears_of("Send a location first")
    await rider.shares()
    await rider.hears_of(NEAREST_STATIONS)
    await rider.forges(activities_presses.TURN_LIST.data("near", 0))
    near = (await rider.hears_of("3x3 near"))["text"]
    assert near.index("3x3 near") < near.index("3x3 far") and "m" in near
    await rider.forges(activities_presses.CHOOSE_KIND.data())
    await rider.hears_of("Which kind?")
    await rider.presses("Talk")
    await rider.hears_of("Nothing is planned here")


@pytest.fixture
async def served(database: Database, tmp_path: Path) -> AsyncIterator[tuple[Town, str]]:
    """The bot with its web side, and the address of it."""
    async with telegram() as (api, telegram_url):
        config = configured(tmp_path, telegram_url)
        section = config.web.model_copy(update={"public_url": "https://bot.example.org"})
        town = Town(database, api, config.model_copy(update={"web": section}))
        async with running(town.app), process.served(town.app.web_application(), free_port(), 0.1) as address:
            yield town, address


async def test_a_calendar_follows_what_one_signs_up_for(served: tuple[Town, str]) -> None:
    town, address = served
    await planned(town, about="Bring shoes", latitude=37.44, longitude=116.37, place="Hall; court 1")
    rider = await at_home(town, 74)
    await opened(rider, ActivityId(1))
    await rider.presses(SIGN_UP)
    await rider.hears_of(HAS_PLACE)
    await rider.presses("📅 Calendar")
    sent = await rider.hears_of("phone's calendar")
    upload = town.world.files.get(sent["document"]["file_id"])
    assert upload is not None
    event = vobject.readOne(upload.content.decode()).vevent
    assert event.summary.value == "3x3 basketball" and event.dtstart.value == SATURDAY
    assert event.location.value == "Hall; court 1" and event.status.value == "CONFIRMED"
    assert [alarm.trigger.value for alarm in event.valarm_list] == [-timedelta(hours=24), -timedelta(hours=2)]

    await rider.hears_of("Or let your calendar follow")
    await rider.presses("All my activities")
    said = (await rider.hears_of("as a subscription"))["text"]
    path = "/calendar/" + said.partition("/calendar/")[2].split()[0]
    async with aiohttp.ClientSession(address) as web_session:
        async with web_session.get(path) as answer:
            assert answer.status == 200 and answer.content_type == "text/calendar"
            tag = answer.headers["ETag"]
            assert vobject.readOne(await answer.text()).vevent.sequence.value == "0"
        async with web_session.get(path, headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304
        async with town.database.writing() as session:
            await planning.cancel(session, ActivityId(1), "rain", NOON + timedelta(minutes=1))
        async with web_session.get(path, headers={"If-None-Match": tag}) as answer:
            cancelled = vobject.readOne(await answer.text()).vevent
            assert (cancelled.status.value, cancelled.sequence.value) == ("CANCELLED", "1")
            assert cancelled.uid.value == event.uid.value
        await rider.presses("Create a new one")
        await rider.hears_of("stop being updated")
        await rider.presses("Create a new address")
        await rider.hears_of("as a subscription")
        async with web_session.get(path) as answer:
            assert answer.status == 404
        async with web_session.get("/calendar/x.ics") as answer:
            assert answer.status == 404
    async with town.database.reading() as session:
        assert await calendar_feeds.owner(session, "x") is None


async def test_a_card_with_a_poster_leads_back_to_the_list_and_a_broadcast_stays_as_it_is(town: Town) -> None:
    upload = Upload("poster.png", picture())
    photo = town.world.files.photo(upload)
    await planned(town, poster=photo[-1]["file_id"], places=1)
    rider = await at_home(town, 76)
    await rider.says("/activities")
    listed = await rider.hears_of("3x3")
    await rider.presses("1")
    card = await rider.hears_of("1 of 1 place left")
    assert "photo" in card
    await rider.presses(SIGN_UP)
    signed = await rider.hears_of(HAS_PLACE)
    assert signed["edited"] and signed["message_id"] == card["message_id"]
    await rider.presses("◀ Back to list")
    again = await rider.hears_of("This week")
    assert not again["edited"] and again["message_id"] > listed["message_id"]
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(PersonId(76), ActivityReminder(ActivityId(1)), NOON))
    town.deliver()
    reminder = await rider.hears_of("A reminder")
    await rider.presses("View")
    await rider.hears_of(HAS_PLACE)
    kept = town.world.chats[76].messages[reminder["message_id"]]
    assert "A reminder" in kept["text"]


async def test_nobody_is_woken_by_an_offer_at_night(town: Town) -> None:
    await planned(town, places=1)
    rider, waiting = await at_home(town, 77), await at_home(town, 78)
    async with town.database.writing() as session:
        for person in (77, 78):
            await sign_ups.sign_up(session, ActivityId(1), PersonId(person), NOON, is_member=False)
    town.now = NOON + timedelta(hours=12)  # midnight in Dezhou
    await opened(rider, ActivityId(1))
    await rider.presses("↩ Give up my place")
    await rider.hears_of("Give up your place")
    await rider.presses("↩ Give it up")
    await rider.until(lambda: any("given up your place" in one["text"] for one in rider.answers))
    await town.until_true(lambda: settled(town))
    assert not [one for one in waiting.heard if "A place is free" in one.get("text", "")]
    town.now = NOON + timedelta(hours=19)  # 07:00
    town.deliver()
    assert "19:00" in (await waiting.hears_of("A place is free"))["text"]
