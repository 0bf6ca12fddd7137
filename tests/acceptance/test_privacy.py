"""What is kept about a person: shown, copied, withdrawn, erased, forgotten in time."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.config.config import BadConfig, load
from handlers.inputs.consent import JOIN
from schedules import retention
from storage import audit, dialogues
from storage.activities import (
    activity_reminders,
    attendance,
    calendar_feeds,
    participants,
    planning,
    reminders,
    sign_ups,
    weekly_digest,
)
from storage.activities import questions as activity_questions
from storage.activities.activities import Kind as ActivityKind
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState
from storage.activities.planning import Plan
from storage.cases import access as case_access
from storage.cases import cases
from storage.cases import contexts as case_contexts
from storage.cases import deadlines as case_deadlines
from storage.cases import drafts as case_drafts
from storage.cases import messages as case_messages
from storage.cases.files import evidence
from storage.cases.ids import CaseId
from storage.cases.messages import Said
from storage.cases.table import CaseConflict, CaseContent, Side
from storage.database import Base, Database
from storage.deliveries.table import Delivery
from storage.dialogues import Filled, OpenForm
from storage.hours.quiet_hours import QuietHours
from storage.membership import applications, memberships, reviews
from storage.membership.audited import MembershipAction
from storage.membership.ids import MemberNumber
from storage.operations import log_files
from storage.people import people
from storage.privacy import consents
from storage.privacy.audited import PrivacyAction
from storage.privacy.retention import Retention
from storage.stations import reports
from storage.stations.ids import SearchId, StationKey
from storage.stations.reports import Kind
from storage.stations.searches import Search
from storage.telegram_ids import MessageId, PersonId
from storage.updates import batched_writes
from storage.updates.batched_writes import Seen
from tests.support.applications import ANSWERS, ID_NUMBER, applied, at_work, begins_to_join
from tests.support.case_scripts import keep_evidence
from tests.support.privacy import erases_everything
from tests.support.settings import clock_context
from tests.support.simulator import COORDINATOR, COUNSEL, NOON, Rider, Town
from tests.support.words.broadcasts import NEWS, TOPICS_PAGE
from tests.support.words.chat import WELCOME
from tests.support.words.forms import REVIEW_PAGE, SEND
from tests.support.words.membership import APPLICATIONS_WAITING, TAKE_OLDEST
from tests.support.words.privacy import STORED_PAGE
from tests.support.words.stations import NEAREST_STATIONS

UTC = ZoneInfo("UTC")
PERSON = PersonId(7_391_846)
"""A number that stands nowhere by chance."""


async def member_of(town: Town) -> Rider:
    """Somebody of whom every feature keeps something."""
    rider = town.rider(PERSON)
    await rider.says("/start")
    await rider.hears_of(WELCOME)
    await rider.shares()
    await rider.hears_of(NEAREST_STATIONS)
    await rider.presses("Save as my area")
    await rider.presses("1")
    await rider.hears_of("暖新之家")
    await rider.presses("Crowded")
    await rider.says("/my")
    await rider.hears_of("My activities")
    await rider.presses("Messages I get")
    await rider.hears_of(TOPICS_PAGE)
    await rider.presses(NEWS)
    async with town.database.writing() as session:
        plan = Plan("Health check", ActivityKind.HEALTH, NOON + timedelta(days=2), NOON + timedelta(days=3), places=1)
        activity = await planning.create(session, plan, COORDINATOR, NOON)
        await planning.publish(session, activity.id, NOON)
        await sign_ups.sign_up(session, activity.id, PERSON, NOON, is_member=False, answers=["diabetes"])
        await activity_reminders.plan(session, activity, [timedelta(hours=2)], NOON, QuietHours.of("00:00-00:00", UTC))
        await activity_reminders.choose(session, PERSON, "7200")
        await sign_ups.sign_up(session, activity.id, PersonId(8), NOON, is_member=False)
        await activity_questions.ask(session, activity.id, PERSON, "Where?", NOON)
        await calendar_feeds.token_of(session, PERSON)
        await weekly_digest.switch(session, PERSON)
    await begins_to_join(rider)
    async with town.database.writing() as session:
        await brought(session)
        row = await applied(session, PERSON)
        await reviews.claim(session, row.id, COORDINATOR, NOON)
        await reviews.approve(session, row.id, COORDINATOR, NOON)
        await audit.note(session, COORDINATOR, MembershipAction.APPLICATION_APPROVED, NOON, PERSON, row.receipt)
    await town.until_idle()
    return rider


async def brought(session: AsyncSession) -> None:
    """A case of theirs, with evidence, in a handler's hands; a case of somebody else that they handle; a saved form."""
    for rider, handler in ((PERSON, COUNSEL), (8, PERSON)):
        row = await cases.open_case(
            session,
            "legal",
            "L",
            PersonId(rider),
            CaseContent("pay", "美团", "2026-09-01", "李雷"),
            1,
            2026,
            NOON,
            NOON,
        )
        limit = await case_deadlines.add(session, row.id, "arbitration", date(2027, 9, 1))
        quiet = QuietHours.of("00:00-00:00", UTC)
        at = NOON + timedelta(days=280)
        await reminders.add(session, PersonId(rider), "case_limit", limit.id, at, [timedelta(days=7)], NOON, quiet)
        file = Said("document", "my payslip", file_id="x", file_name="payslip.pdf")
        await case_messages.say(session, row, Side.RIDER, PersonId(rider), MessageId(1), file, NOON)
        await cases.claim(session, row.id, handler, ["legal"], NOON)
        await case_messages.say(session, row, Side.HANDLER, handler, MessageId(2), Said(text="Which month?"), NOON)
        (kept,) = await evidence.of_case(session, row.id)
        await keep_evidence(session, kept.id, b"bytes")
    await cases.mark_conflict(session, row, PersonId(9))
    await case_contexts.enter(session, PERSON, row.id, NOON)
    await case_drafts.save(session, PERSON, "aid", Filled({"kind": "housing"}), NOON)
    session.add(CaseConflict(case_id=1_000, person_id=PERSON))


async def test_a_copy_has_it_all_to_read_and_as_json(town: Town) -> None:
    rider = await member_of(town)
    await rider.says("/privacy")
    assert "membership: saved" in (await rider.hears_of(STORED_PAGE))["text"]
    await rider.presses("Download a copy")
    await rider.until(lambda: "document" in rider.heard[-1])
    upload = town.world.files.get(rider.heard[-1]["document"]["file_id"])
    assert upload is not None and upload.name == "nuanxin.html"
    page = upload.content.decode()
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert data["person"][0]["telegram_id"] == PERSON
    assert data["memberships"][0]["name"] == "李雷" and data["applications"][0]["answers"]["phone"] == "+8613800138000"
    assert data["searches"][0]["latitude"] == pytest.approx(37.43) and data["reports"][0]["kind"] == "crowded"
    assert data["consents"][0]["version"] == JOIN.version and data["muted_topics"] == ["news"]
    assert data["activities"][0]["answers"] == ["diabetes"] and data["activity_questions"][0]["text"] == "Where?"
    assert data["cases"][0]["number"] == "L-2026-000001" and data["cases"][0]["kind"] == "pay"
    assert [one["text"] for one in data["case_talk"]] == ["my payslip", "Which month?"]
    assert data["case_drafts"][0]["answers"] == {"kind": "housing"}
    assert data["audit"][0]["act"] == "application_approved" and data["dialogue"][0]["form"] == "join"
    readable = html.unescape(re.sub(r"<script.*</script>", "", page, flags=re.DOTALL))
    assert "李雷" in readable and ID_NUMBER in readable


async def test_erasing_leaves_nothing_of_the_person_in_any_table(town: Town) -> None:
    """Every column of every row is looked at: no number, no digest, nothing sealed of theirs."""
    rider = await member_of(town)
    assert await mentions(town.database) != {}
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    warned = await erases_everything(rider)
    assert "You are a member" in warned["text"] and "law requires" in warned["text"]
    await town.until_idle()
    await town.until_true(lambda: _all_answered(town))
    assert await mentions(town.database) == {}
    async with town.database.reading() as session:
        (following,) = await participants.people_of(session, ActivityId(1))
        assert (following.person_id, following.state) == (8, PlaceState.OFFERED), "the place goes to the next"
    async with town.database.reading() as session:
        assert (
            await evidence.of_case(session, CaseId(1)) == []
            and await case_messages.talk_of(session, CaseId(1), notes=True) == []
        )
        others = await case_access.find(session, CaseId(2))
        assert others is not None and others.person_id == 8 and others.assigned_to is None, "it waits again"
        assert len(await case_messages.talk_of(session, CaseId(2))) == 2, "what was said in it stays"
    async with town.database.reading() as session:
        left = await memberships.by_number(session, MemberNumber(1))
        assert left is not None and left.left_at is not None and memberships.content_of(session, left) == {}
        assert (await audit.verify(session))[1:] == (1, "")
        assert (await audit.newest(session))[0].act == PrivacyAction.PERSON_ERASED


async def _all_answered(town: Town) -> bool:
    async with town.database.reading() as session:
        table = Base.metadata.tables["updates"]
        return not await session.scalar(select(func.count()).select_from(table).where(table.c.answers.is_not(None)))


async def mentions(database: Database) -> dict[str, int]:
    """By table, the rows that hold the person's number, or a digest of what is theirs."""
    vault = database.vault
    digests = {
        vault.blind(str(PERSON), "audit.subject"),
        vault.blind(str(ANSWERS["phone"]), "memberships.phone"),
        vault.blind(ID_NUMBER, "memberships.id_number"),
        vault.blind("美团", "memberships.platform"),
        vault.blind("德城区", "memberships.district"),
    }
    found = {}
    async with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            rows = (await session.execute(select(table))).all()
            count = sum(any(_is_theirs(value, digests) for value in row) for row in rows)
            if count:
                found[table.name] = count
    return found


def _is_theirs(value: Any, digests: set[bytes]) -> bool:
    return value == PERSON or value in (-PERSON, str(PERSON)) or (isinstance(value, bytes) and value in digests)


async def test_withdrawing_consent_ends_the_membership_and_erases_its_data(town: Town) -> None:
    rider = await member_of(town)
    await rider.says("/privacy")
    await rider.hears_of(STORED_PAGE)
    await rider.presses("Withdraw my consent")
    await rider.hears_of("remains lawful")
    await rider.presses("↩ Withdraw, and erase the data")
    await rider.hears_of("consent has been withdrawn")
    async with town.database.reading() as session:
        assert await memberships.of(session, PERSON) is None
        assert await applications.latest_of(session, PERSON) is None
        assert await consents.version_of(session, PERSON, "join") is None
        (kept,) = await consents.copy_of(session, PERSON)
        assert kept["version"] == JOIN.version and kept["withdrawn_at"] == NOON


async def test_a_withdrawn_consent_stops_a_form_that_is_open(town: Town) -> None:
    rider = town.rider(PERSON)
    async with town.database.writing() as session:
        await people.seen_all(session, {PERSON: "en"}, NOON)
        filled = Filled({**ANSWERS, "proof": None}, context={"id_number_is": "optional"})
        await dialogues.keep(session, OpenForm(PERSON, "join", None, filled), NOON, timedelta(hours=1))
    await rider.says("/help")
    await rider.hears_of("Your answers were saved")
    await rider.presses("Back to my form")
    await rider.hears_of(REVIEW_PAGE)
    await rider.presses(SEND)
    await rider.until(lambda: any("haven't agreed" in one["text"] for one in rider.answers))
    async with town.database.reading() as session:
        assert await applications.latest_of(session, PERSON) is None


@pytest.mark.both_databases
async def test_what_is_kept_for_a_while_is_forgotten_when_the_config_says(database: Database) -> None:
    kept = Retention(timedelta(hours=2), reports=timedelta(hours=3), places=timedelta(hours=4))
    clock = clock_context(kept)
    async with database.writing() as session:
        await batched_writes.write(
            session, [Seen(PersonId(1), "en"), Search(SearchId(7), PersonId(1), NOON, 37.43, 116.36)], NOON
        )
        await reports.report(session, StationKey(1), PersonId(1), Kind.CROWDED, NOON)
        await dialogues.keep(session, OpenForm(PersonId(1), "join", "name"), NOON, kept.unfinished_forms)
    left = []
    for hours in (1.9, 2.1, 3.1, 4.1):
        async with database.writing() as session:
            await retention.run(session, NOON + timedelta(hours=hours), clock)
        async with database.reading() as session:
            tables = (Base.metadata.tables[name] for name in ("dialogues", "reports", "searches"))
            left.append([await session.scalar(select(func.count()).select_from(table)) for table in tables])
    assert left == [[1, 1, 1], [0, 1, 1], [0, 0, 1], [0, 0, 0]]


async def test_who_came_is_forgotten_after_a_year(database: Database) -> None:
    clock = clock_context()
    async with database.writing() as session:
        plan = Plan("Health check", ActivityKind.HEALTH, NOON, NOON + timedelta(hours=1))
        activity = await planning.create(session, plan, COORDINATOR, NOON)
        await planning.publish(session, activity.id, NOON)
        await attendance.check_in(session, activity.id, PersonId(1), NOON, is_member=False)
    for days, kept in ((364, 1), (366, 0)):
        async with database.writing() as session:
            await retention.run(session, NOON + timedelta(days=days), clock)
            assert len(await participants.people_of(session, activity.id)) == kept


async def test_log_files_are_forgotten_when_the_config_says(tmp_path: Path, database: Database) -> None:
    file = tmp_path / "nuanxin.log"
    for name in (
        "nuanxin.log",
        "nuanxin.log.2026-10-20",
        "nuanxin.log.2026-10-24",
        "nuanxin.log.2026-11-23",
        "nuanxin.log.notes",
    ):
        (tmp_path / name).write_text("x")
    clock = clock_context(log_file=file)
    async with database.writing() as session:
        await retention.run(session, NOON, clock)
    assert logs_in(tmp_path) == ["nuanxin.log", "nuanxin.log.2026-11-23", "nuanxin.log.notes"]
    log_files.forget(file, NOON, timedelta(0))
    assert logs_in(tmp_path) == ["nuanxin.log", "nuanxin.log.notes"]


def logs_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.glob("nuanxin.log*"))


def test_the_config_takes_retention_districts_and_the_hour_of_the_digest(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[retention]\nplaces = "2h"\n[membership]\ndistricts = ["德城区"]\ndigest_at = "08:30"\n'
        '[logging]\nfile = "logs/x.log"\n'
    )
    config = load(tmp_path / "config.toml")
    assert config.retention.places == timedelta(hours=2)
    assert config.membership.districts == ["德城区"] and config.membership.digest_at.hour == 8
    assert config.log_file == tmp_path / "logs" / "x.log"
    (tmp_path / "config.toml").write_text('[membership]\ndigest_at = "25:00"\n[retention]\nlogs = "long"\n')
    with pytest.raises(BadConfig) as fault:
        load(tmp_path / "config.toml")
    assert len(fault.value.lines) == 2


async def test_the_queue_shows_no_name_and_each_reading_is_noted(town: Town) -> None:
    coordinator = await at_work(town)
    async with town.database.writing() as session:
        await applied(session, PERSON)
    await coordinator.says("/reviews")
    assert "李雷" not in (await coordinator.hears_of(APPLICATIONS_WAITING.format(n=1)))["text"]
    async with town.database.reading() as session:
        assert await audit.count(session) == 0
    await coordinator.presses(TAKE_OLDEST)
    assert (await coordinator.hears_of("李雷")).get("has_protected_content")
    async with town.database.reading() as session:
        (entry,) = await audit.newest(session, subject=PERSON)
        assert (entry.actor, entry.act) == (COORDINATOR, MembershipAction.APPLICATION_READ)
        assert not await session.scalar(select(func.count()).select_from(Delivery).where(Delivery.recipient == PERSON))
