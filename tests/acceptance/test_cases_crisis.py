"""Somebody in danger: whom to call comes first and alone, whatever they were doing; and those on duty hear of it."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sandbox.params import Json
from handlers.cases import presses as cases_presses
from handlers.forms import forms
from handlers.i18n.translations import translator
from handlers.inputs.consent import CASE, URGENT
from storage import dialogues
from storage.cases import access as case_access
from storage.cases import cases, erasure
from storage.cases import messages as case_messages
from storage.cases import queue as case_queue
from storage.cases.table import Case, CaseContent
from storage.database import Database
from storage.deliveries.table import Delivery
from storage.people import blocks
from storage.privacy import consents
from storage.telegram_ids import PersonId
from tests.support.applications import begins_to_join
from tests.support.case_scripts import AtDesk, at_desk, brings_pay
from tests.support.config import configured
from tests.support.disk import tables_of
from tests.support.languages import LANGUAGES
from tests.support.settings import change_settings
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, SECOND_COUNSEL, Town, running, telegram
from tests.support.words.cases import (
    AGREE_AT_DESK,
    ASKED_WHAT_ABOUT,
    ASKED_WHEN,
    ASKED_WHICH_PLATFORM,
    ASKED_WHY_TO_READ,
    DESKS_PAGE,
    IN_CONVERSATION,
    SEND_NOW,
    TAKE,
    TALK_TO_SOMEONE,
    WRITE_AT_ONCE,
    WRITE_IN_CASE,
)
from tests.support.words.chat import HELP_PAGE, NOT_UNDERSTOOD
from tests.support.words.forms import CONSENT_PAGE, REVIEW_PAGE, SEND
from tests.support.words.membership import ASKED_FOR_PLATFORM

WHOM = "Are you in danger right now? Please call at once:"
CALLED = "The people on duty are being alerted now. Keep writing here: everything you write goes into {number}."
OPENED = (
    "{sign} The people on duty are being alerted now. Your case number is {number}. What you write now goes to them, "
    "and they will answer here."
)
ALARM = "Someone may be in danger: this case contains warning signs. Please answer now."


def buttons(heard: Json) -> list[str]:
    rows = heard.get("reply_markup", {}).get("inline_keyboard", [])
    return [key["text"] for row in rows for key in row]


async def is_told_whom_to_call(town: Town, person: AtDesk, button: str = TALK_TO_SOMEONE) -> Json:
    """The next thing that they hear, with one button."""
    told = await person.rider.hears()
    while told["edited"]:  # a pressed button went
        told = await person.rider.hears()
    assert person._(WHOM) in told["text"]
    for number in ("120", "110", "12356", "12351"):
        assert f"☎️ {number}" in told["text"]
    assert buttons(told) == [person._(button)]
    return told


async def hears_no_more(town: Town, person: AtDesk) -> None:
    await town.until_idle()
    assert person.rider.unheard == []


async def the_case(town: Town, desk: str = "care") -> Case:
    async with town.database.reading() as session:
        row = await session.scalar(select(Case).where(Case.desk == desk).order_by(Case.id.desc()).limit(1))
    assert row is not None
    return row


async def said_in(town: Town, row: Case) -> list[str]:
    async with town.database.reading() as session:
        return [case_messages.said_in(session, one).text for one in await case_messages.talk_of(session, row.id)]


async def begins_care(person: AtDesk) -> None:
    await person.says("/care")
    await person.rider.hears_of("12356")
    await person.presses(AGREE_AT_DESK)
    await person.rider.hears_of("Roughly, what is it about?" if person.language == "en" else "大概是什么事")


# Wherever it is written


@LANGUAGES
async def test_outside_of_any_form_the_numbers_come_alone_and_leave_no_trace(town: Town, language: str) -> None:
    rider = await at_desk(town, 500, language)
    await rider.says("/help")
    await rider.hears(HELP_PAGE)
    await town.until_idle()
    before = await tables_of(town.database)
    text = "I want to die" if language == "en" else "我不想活了"
    said = await rider.says(text)
    await is_told_whom_to_call(town, rider)
    await rider.rider.edits(said, text + "!")
    await is_told_whom_to_call(town, rider)
    await rider.sends_photo(caption=text)
    await is_told_whom_to_call(town, rider)
    origin = {"type": "user", "date": 1, "sender_user": rider.rider.person.user()}
    await rider.says(text, forward_origin=origin)
    await is_told_whom_to_call(town, rider)
    await rider.says(f"/help {text}")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    after = await tables_of(town.database)
    # The leader renews its lease meanwhile.
    assert {name for name in before if before[name] != after[name]} - {"leases"} == set()
    await rider.says("累死了" if language == "zh_Hans" else "this is killing me")
    await rider.hears(NOT_UNDERSTOOD)


async def test_in_a_group_nobody_listens(town: Town) -> None:
    rider = await at_desk(town, 501)
    group = town.world.add_group(-50, "Riders", [501])
    group.has_bot_as_admin = True
    await town.world.sends(rider.rider.person, {"text": "我不想活了"}, group)
    await hears_no_more(town, rider)
    assert not [one for one in group.messages.values() if one["from"]["is_bot"]]


async def test_in_a_form_the_answer_is_kept_and_what_follows_waits(town: Town) -> None:
    rider = await at_desk(town, 502)
    await rider.says("/legal")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Unpaid")
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.says("Meituan, kill myself")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    await rider.says("kill myself, do you hear")  # nor is that the answer to what was not asked yet
    await is_told_whom_to_call(town, rider)
    await rider.says("I am still here")
    await rider.rider.hears_of(ASKED_WHEN)
    await rider.says("I want to die")  # no day, and the question stays
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    await rider.says("2026-11-01")
    await rider.rider.hears_of("Tell us in your own words")
    await rider.says("They cut my pay, I want to end it all")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    await rider.says("And nobody answers me")
    await rider.rider.hears_of(REVIEW_PAGE)
    async with town.database.writing() as session:
        state = await dialogues.current(session, PersonId(502), NOON)
    assert state is not None and state.filled.answers["platform"] == "Meituan, kill myself"
    assert not state.filled.gathered and not state.is_hidden


async def test_a_command_in_mid_form_shows_what_was_not_asked_yet(town: Town) -> None:
    rider = await at_desk(town, 503)
    await begins_to_join(rider.rider)
    await rider.says("I want to die")  # no name, and the question stays
    await is_told_whom_to_call(town, rider)
    await rider.says("Kill Myself")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    await rider.says("/help")
    await rider.hears(HELP_PAGE)
    await rider.rider.hears_of("phone number")
    await rider.says("138 0013 8000")
    await rider.rider.hears_of(ASKED_FOR_PLATFORM)


async def test_suggestions_ring_and_the_sent_one_is_marked(town: Town) -> None:
    rider, counsel = await at_desk(town, 504), await at_desk(town, COUNSEL)
    await rider.says("/suggestion")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses("🙈 I agree, anonymously: no reply")
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Rates")
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.rider.presses("美团")
    await rider.rider.hears_of("Write it down")
    await rider.says("They cut my pay again, I want to kill myself")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    await rider.says("That is it")
    await rider.rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.rider.hears_of("Nobody will know it was you")
    alarm = await counsel.rider.hears_of("S-2026-000001")
    assert "🚨" in alarm["text"] and ALARM in alarm["text"]
    row = await the_case(town, "suggestion")
    assert row.urgent_at is not None and row.urgent_due_at is None, "nobody can answer it"
    await counsel.says("/cases")
    await counsel.rider.hears_of(DESKS_PAGE)
    await counsel.rider.presses("📣")
    await counsel.rider.hears_of("🚨 S-2026-000001")


async def test_a_blocked_person_hears_whom_to_call_once_a_minute(town: Town) -> None:
    rider = await at_desk(town, 505)
    async with town.database.writing() as session:
        await blocks.block(session, PersonId(505), "spam", ADMIN, NOON, None)
    await town.context.blocks.refresh()
    await rider.says("hello")
    await rider.rider.hears_of("You can't use this bot")
    for minutes in (0, 2):
        town.now = NOON + timedelta(minutes=minutes)
        await rider.rider.sends(text="I want to die", date=int(town.now.timestamp()))
        told = await rider.rider.hears()
        assert rider._(WHOM) in told["text"] and buttons(told) == []
        await rider.rider.sends(text="kill myself", date=int(town.now.timestamp()))
        await hears_no_more(town, rider)


@pytest.fixture
async def impatient(database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """A town whose bot takes five messages of a person at once."""
    async with telegram() as (api, address):
        config = configured(tmp_path, address)
        limits = config.limits.model_copy(update={"actions_per_minute": 1, "burst": 5})
        town = Town(database, api, config.model_copy(update={"limits": limits}))
        async with running(town.app):
            yield town


async def test_who_wrote_too_much_hears_whom_to_call(impatient: Town) -> None:
    town, rider = impatient, await at_desk(impatient, 506)
    for text in ("spam",) * 7 + ("我不想活了",) * 2:
        await rider.says(text)
    await town.until_idle()
    assert sum(rider._(WHOM) in one["text"] for one in rider.rider.heard) == 1
    assert rider._(WHOM) in rider.rider.heard[-1]["text"]


async def test_an_error_does_not_swallow_whom_to_call(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    rider = await at_desk(town, 507)
    await begins_care(rider)

    async def fails(*_: object) -> bool:
        raise ValueError("broken")

    with monkeypatch.context() as patched:
        patched.setattr(forms, "answer", fails)
        await rider.says("I want to die")
        await is_told_whom_to_call(town, rider, SEND_NOW)
        await hears_no_more(town, rider)


async def test_who_runs_the_bot_hears_whom_to_call_and_goes_on(town: Town) -> None:
    """What they write in their own forms is often about somebody else."""
    rider, admin, counsel = await at_desk(town, 508), await at_desk(town, ADMIN), await at_desk(town, COUNSEL)
    row_number = await brings_pay(rider, evidence=False)
    row = await the_case(town, "legal")
    await admin.rider.forges(cases_presses.BEGIN_READING.data(row.id))
    await admin.rider.hears_of(ASKED_WHY_TO_READ)
    await admin.says("The rider wrote of suicide to a friend")
    await is_told_whom_to_call(town, admin)
    await admin.rider.hears_of(row_number)

    await counsel.rider.hears_of(row_number)
    await counsel.presses(TAKE)
    await counsel.rider.hears_of(row_number)
    await town.until_idle()
    before = len(counsel.rider.heard)
    said = await counsel.says("Do you think of suicide?")
    await rider.rider.hears_of("Do you think of suicide?")
    await counsel.rider.edits(said, "Do you think of suicide now?")
    await rider.rider.hears_of("Do you think of suicide now?")
    await town.until_idle()
    assert not any(WHOM in one.get("text", "") for one in counsel.rider.heard[before:])
    async with town.database.reading() as session:
        found = await case_access.find(session, row.id)
        assert found is not None and found.urgent_at is None


# The desk that listens


def test_a_changed_short_wording_is_a_new_version() -> None:
    said = "/".join(translator(language)(URGENT.text) for language in ("en", "zh_Hans"))
    assert (URGENT.version, hashlib.sha256(said.encode()).hexdigest()[:16]) == (103, "dcf886b18998fc74")
    assert URGENT.version != CASE.version


@LANGUAGES
async def test_a_draft_is_sent_by_one_press_and_all_on_duty_hear_of_it_at_night(town: Town, language: str) -> None:
    town.now = NOON + timedelta(hours=15)  # 03:00 in Dezhou
    rider = await at_desk(town, 510, language)
    counsel, second = await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    await begins_care(rider)
    await rider.says("活着没意思，想不开")  # where a button was asked for
    await is_told_whom_to_call(town, rider, SEND_NOW)
    await hears_no_more(town, rider)
    await rider.rider.presses("Stress" if language == "en" else "压力")
    await rider.rider.hears_of("Say whatever you want" if language == "en" else "想说什么都可以")
    await rider.says("We are three weeks behind" if language == "en" else "欠了三个星期")
    await rider.hears(REVIEW_PAGE)
    await rider.says("I want to die")
    await is_told_whom_to_call(town, rider, SEND_NOW)
    await rider.presses(SEND_NOW)
    number = "C-2026-000001"
    opened = await rider.rider.hears_of(number)
    assert opened["text"].startswith(rider._(OPENED).format(sign="💛", number=number)[:12])
    row = await the_case(town)
    assert (await said_in(town, row))[::2] == ["活着没意思，想不开", "I want to die"]
    assert row.urgent_due_at == town.now + timedelta(minutes=30)

    for one in (counsel, second):
        alarm = await one.rider.hears_of(number)
        assert "🚨" in alarm["text"] and ALARM in alarm["text"] and "die" not in alarm["text"]
    await second.says("/cases")
    await second.rider.hears_of(DESKS_PAGE)
    await second.rider.presses("💛")
    assert f"🚨 {number}" in (await second.rider.hears_of(number))["text"]
    await counsel.presses(TAKE)
    assert "🚨" in (await counsel.rider.hears_of("Stress"))["text"]
    await counsel.rider.hears_of("I want to die")

    # What is written now goes on into the case.
    await rider.says("Is somebody there?")
    await counsel.rider.hears_of("Is somebody there?")
    await counsel.says("I am here, I read you")
    await rider.rider.hears_of("I am here, I read you")
    assert (await the_case(town)).urgent_due_at is None


@LANGUAGES
async def test_the_short_way_leads_to_somebody_with_the_first_message(town: Town, language: str) -> None:
    rider, counsel = await at_desk(town, 511, language), await at_desk(town, COUNSEL)
    await rider.says("我不想活了")
    await is_told_whom_to_call(town, rider)
    await rider.presses(TALK_TO_SOMEONE)
    asked = await rider.rider.hears()
    assert "12356" in asked["text"] and "Telegram" in asked["text"]
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(WRITE_AT_ONCE if language == "en" else "第一条消息")
    await rider.says("I owe everybody money")
    number = "C-2026-000001"
    assert number in (await rider.rider.hears())["text"]
    await counsel.rider.hears_of(ALARM)
    row = await the_case(town)
    assert row.person_id == 511 and row.urgent_at is not None and await said_in(town, row) == ["I owe everybody money"]
    async with town.database.reading() as session:
        given = await consents.version_of(session, PersonId(511), "desk_care")
        assert given == row.consent_version == URGENT.version

    await rider.says("I can't sleep")
    await rider.rider.hears_of(f"✓ {number}")
    assert await said_in(town, row) == ["I owe everybody money", "I can't sleep"]
    # Words of danger in the talk: the numbers again, but nobody is called twice while they have time to answer.
    await rider.says("I want to die")
    await is_told_whom_to_call(town, rider)
    await hears_no_more(town, rider)
    assert len(await said_in(town, row)) == 3
    # The button leads back into the same case.
    await rider.presses(TALK_TO_SOMEONE)
    assert number in (await rider.rider.hears())["text"]
    assert (await the_case(town)).id == row.id
    assert sum(ALARM in one.get("text", "") for one in counsel.rider.heard) == 1


async def test_words_of_danger_in_the_first_message_ring_and_reach_those_on_duty(town: Town) -> None:
    rider, counsel = await at_desk(town, 512), await at_desk(town, COUNSEL)
    await rider.rider.forges("urgent")
    await rider.rider.hears_of("You are not alone in this")
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(WRITE_AT_ONCE)
    await rider.says("I want to die")
    await is_told_whom_to_call(town, rider)
    assert "C-2026-000001" in (await rider.rider.hears())["text"]
    await hears_no_more(town, rider)
    await counsel.rider.hears_of(ALARM)


async def test_what_was_told_to_another_desk_is_put_aside(town: Town) -> None:
    rider = await at_desk(town, 513)
    await rider.says("/legal")
    await rider.rider.hears_of(CONSENT_PAGE)
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(ASKED_WHAT_ABOUT)
    await rider.rider.presses("Ban")
    await rider.rider.hears_of(ASKED_WHICH_PLATFORM)
    await rider.says("I want to die")
    await is_told_whom_to_call(town, rider)
    await rider.presses(TALK_TO_SOMEONE)
    await rider.rider.hears_of("You are not alone in this")
    await rider.presses(AGREE_AT_DESK)
    await rider.rider.hears_of(WRITE_AT_ONCE)
    await rider.says("/legal")
    await rider.rider.hears_of(CONSENT_PAGE)
    assert rider.rider.button("Continue my saved form")


async def test_without_a_desk_that_listens_there_are_the_numbers(town: Town) -> None:
    rider = await at_desk(town, 514)
    desks = town.context.settings.desks
    change_settings(town.app, desks={key: desk for key, desk in desks.items() if key != "care"})
    await rider.says("I want to die")
    told = await rider.rider.hears()
    assert WHOM in told["text"] and buttons(told) == []
    await rider.rider.forges("urgent")
    assert "expired" in await rider.rider.is_answered() or rider.rider.answers
    calls = dataclasses.replace(desks["care"], emergency={"en": "Call 999"})
    change_settings(town.app, desks={**desks, "care": calls})
    await rider.says("I want to die")
    assert (await rider.rider.hears_of("Call 999"))["text"] == "Call 999"


# Told on


async def test_without_an_answer_in_time_coordinators_and_admins_hear_of_it(town: Town) -> None:
    rider, counsel, second = await at_desk(town, 520), await at_desk(town, COUNSEL), await at_desk(town, SECOND_COUNSEL)
    coordinator, admin = await at_desk(town, COORDINATOR), await at_desk(town, ADMIN)
    await begins_care(rider)
    await rider.says("I want to die")
    await is_told_whom_to_call(town, rider, SEND_NOW)
    await rider.presses(SEND_NOW)
    await rider.rider.hears_of("C-2026-000001")
    await counsel.rider.hears_of(ALARM)
    await second.rider.hears_of(ALARM)
    everybody = (counsel, second, coordinator, admin)
    for minutes in (29, 31, 40):
        await all_settled(town)
        town.now = NOON + timedelta(minutes=minutes)
        await town.tick("cases")
        town.deliver()
        if minutes == 31:
            for one in everybody:
                late = await one.rider.hears_of("has had no answer for 30 min")
                assert "🚨" in late["text"] and bool(buttons(late)) is (one is not coordinator)
    await all_settled(town)
    assert [sum("30 min" in one.get("text", "") for one in person.rider.heard) for person in everybody] == [1] * 4
    # The next words of danger call everybody on duty again.
    await rider.says("I really want to kill myself")
    await is_told_whom_to_call(town, rider)
    await rider.hears(CALLED)
    await second.rider.hears_of(ALARM)


async def test_an_answer_in_time_tells_nobody_and_is_not_the_end(town: Town) -> None:
    rider, counsel, admin = await at_desk(town, 521), await at_desk(town, COUNSEL), await at_desk(town, ADMIN)
    second = await at_desk(town, SECOND_COUNSEL)
    number = await brings_pay(rider, evidence=False)
    await counsel.rider.hears_of(number)
    await second.rider.hears_of(number)
    await counsel.presses(TAKE)
    await rider.presses(WRITE_IN_CASE)
    await rider.rider.hears_of(IN_CONVERSATION)
    await rider.says("I can't pay the rent")
    await counsel.rider.hears_of("I can't pay the rent")
    await counsel.says("We look into it")
    await rider.rider.hears_of("We look into it")
    said = await rider.says("I am so tired")
    await counsel.rider.hears_of("I am so tired")
    await town.until_idle()
    rider.rider.skips_the_rest()
    await rider.rider.edits(said, "I am so tired, I want to die")
    await is_told_whom_to_call(town, rider)
    await rider.hears(CALLED)
    assert "View" in buttons(await counsel.rider.hears_of(ALARM)), "whose case it is"
    taken = await second.rider.hears_of(ALARM)
    assert number in taken["text"] and "assigned" in taken["text"] and TAKE not in str(buttons(taken))
    await counsel.presses("View")
    assert "🚨" in (await counsel.rider.hears_of("The pay"))["text"]
    await counsel.says("I call you right now")
    await rider.rider.hears_of("I call you right now")
    await all_settled(town)
    town.now = NOON + timedelta(minutes=45)
    await town.tick("cases")
    await town.until_idle()
    assert not any("30 min" in one.get("text", "") for one in admin.rider.heard)
    row = await the_case(town, "legal")
    assert row.urgent_at is not None and row.urgent_due_at is None and not row.urgent_told


async def all_settled(town: Town) -> None:
    async def settled() -> bool:
        async with town.database.reading() as session:
            return await session.scalar(select(Delivery.id).where(Delivery.state < 2, Delivery.due <= town.now)) is None

    await town.until_idle()
    await town.until_true(settled)


async def test_urgent_cases_come_first_and_lose_the_mark_with_their_personal_part(database: Database) -> None:
    async with database.writing() as session:
        rows = [
            await cases.open_case(session, "care", "C", person, CaseContent(), 1, 2026, NOON, NOON)
            for person in (PersonId(1), PersonId(2), None)
        ]
        assert cases.mark_urgent(rows[1], NOON, timedelta(minutes=30))
        assert not cases.mark_urgent(rows[1], NOON, timedelta(minutes=30))
        assert cases.mark_urgent(rows[2], NOON, timedelta(minutes=30))
        assert not cases.mark_urgent(rows[2], NOON, timedelta(minutes=30)), "nobody could answer it"
        await session.flush()
        found = await case_queue.in_queue(session, "care", PersonId(9))
        assert [row.id for row in found] == [rows[1].id, rows[2].id, rows[0].id]
        assert [row.id for row in await case_queue.urgent_and_late(session, NOON + timedelta(minutes=30))] == [2]
        assert not await case_queue.urgent_and_late(session, NOON + timedelta(minutes=29))
        await erasure.strip_case(session, rows[1].id)
    async with database.reading() as session:
        row = await case_access.find(session, rows[1].id)
        assert row is not None and (row.urgent_at, row.urgent_due_at) == (None, None)
