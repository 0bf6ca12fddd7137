"""A stolen database names nobody: no Telegram number stands in any column or file, and everything goes on working."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.features import FEATURES
from storage import audit, keys, schema
from storage.activities import (
    activity_reminders,
    attendance,
    calendar_feeds,
    check_ins,
    planning,
    questions,
    reminders,
    series,
    sign_ups,
    weekly_digest,
)
from storage.activities.activities import Kind
from storage.activities.planning import Plan
from storage.broadcasts import broadcasts, reads, recipients
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content
from storage.broadcasts.recipients import Audience
from storage.campaigns import campaigns, moves
from storage.campaigns.ballots import ballots, papers
from storage.campaigns.ballots.table import State, Voter
from storage.campaigns.campaigns import Phase
from storage.campaigns.campaigns import Plan as CampaignPlan
from storage.campaigns.commitments import askings, commitments
from storage.campaigns.demands import following, gathering, moderation, stances
from storage.campaigns.demands.gathering import Brought
from storage.campaigns.demands.stances import Stance
from storage.campaigns.ids import CampaignId
from storage.campaigns.notices import CampaignMoved
from storage.campaigns.surveys import questions as questions_of_surveys
from storage.campaigns.surveys import running as running_surveys
from storage.campaigns.surveys import surveys
from storage.cases import cases, contexts, drafts
from storage.cases import messages as case_messages
from storage.cases.messages import Said
from storage.cases.table import CaseContent, Side
from storage.console import passes
from storage.contests import contests, entry_changes, judges
from storage.contests import moves as contest_moves
from storage.contests import teams as contest_teams
from storage.contests.entries import Content as EntryContent
from storage.contests.entries import Kind as EntryKind
from storage.contests.entry_changes import Offered
from storage.database import Base, Database
from storage.deliveries import announcements
from storage.deliveries import queue as delivery_queue
from storage.deliveries.table import Delivery
from storage.dialogues import Filled, OpenForm, keep
from storage.encryption import Vault, WrongKey
from storage.heat import wishes as weather_wishes
from storage.honours import register
from storage.honours.table import Entry
from storage.hours.quiet_hours import QuietHours
from storage.membership import memberships, review_alerts, reviews
from storage.operations import published_menus, settings
from storage.operations.published_menus import Place
from storage.pay import entries as pay_entries
from storage.pay import reminders as pay_reminders
from storage.pay.pool import members as pay_pool_members
from storage.pay.shifts import Shift
from storage.people import blocks, people, roles, segments, topics
from storage.people.audited import PeopleAction
from storage.people.segments import LivesNear, Segment
from storage.people.topics import Topic
from storage.privacy import consents
from storage.pseudonym_columns import Pseudonym, known
from storage.sos import calls as help_calls
from storage.sos import duties as help_duties
from storage.sos import going as help_going
from storage.sos.duties import Volunteer
from storage.sos.table import Content as CallContent
from storage.stations import proposals, reports
from storage.stations.ids import SearchId, StationKey
from storage.stations.searches import Search
from storage.stations.stations import StationPatch
from storage.telegram_ids import ChatId, MessageId, PersonId
from storage.updates import batched_writes, strikes, updates
from storage.updates.batched_writes import Seen
from storage.updates.ids import UpdateKey
from storage.updates.strikes import Crash, Suspect
from tests.support import version_0_7
from tests.support.applications import applied
from tests.support.ballots import plan as ballot_plan
from tests.support.ballots import trustees
from tests.support.databases import opened
from tests.support.raw_values import columns_with, places_of, raw_values
from tests.support.simulator import NOON
from tests.support.surveys import RAISE

LI, WANG, ADMIN = PersonId(7_391_846_203), PersonId(7_391_846_917), PersonId(5_618_273_405)
GROUP = ChatId(-1_002_718_281_828)
SEARCH, UPDATE, STRUCK = SearchId(6_180_339_887_498_948), UpdateKey(4_142_135_623_730_950), UpdateKey(1_732_050_807_568)
NUMBERS = {LI, WANG, ADMIN, -GROUP, SEARCH, UPDATE, STRUCK}
ALL_DAY = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))


_NOT_BEFORE = {
    "publications.person_id",
    "broadcasts.frozen_to",
    "broadcasts.changed_to",
    "announcements.frozen_to",
    "pay_entries.person_id",
    "pay_reminders.person_id",
    "weather_wishes.person_id",
    "pay_pool_members.person_id",
    "browser_passes.person_id",
    "surveys.roll_to",
    "survey_roll.person_id",
    "demand_authors.person_id",
    "demand_followers.person_id",
    "commitment_askings.laid_to",
    "commitment_rolls.person_id",
    "ballots.frozen_to",
    "ballots.opened_by",
    "ballots.closed_by",
    "ballots.published_by",
    "ballot_papers.person_id",
    "ballot_voters.person_id",
    "contest_entries.person_id",
    "contest_judges.person_id",
    "contest_team_left.person_id",
    "contest_team_members.person_id",
    "honoured.person_id",
    "station_proposals.person_id",
    "sos_calls.person_id",
    "sos_calls.helper",
    "sos_duties.person_id",
    "sos_told.person_id",
}
"""What an older schema does not have, or what is not converted."""


def columns() -> Iterator[str]:
    """All that hold pseudonyms."""
    for table in Base.metadata.sorted_tables:
        yield from (f"{table.name}.{one.name}" for one in table.columns if isinstance(one.type, Pseudonym))


async def _people(session: AsyncSession) -> None:
    search = Search(SEARCH, LI, NOON, 37.43, 116.36, MessageId(4))
    await batched_writes.write(session, [search, *(Seen(one, "en") for one in (LI, WANG, ADMIN))], NOON)
    await people.keep_home(session, LI, 37.43, 116.36)
    await roles.grant(session, WANG, "coordinator", ADMIN, NOON)
    await blocks.block(session, WANG, "spam", ADMIN, NOON, None)
    await consents.give(session, LI, "join", 1, NOON)
    await keep(session, OpenForm(LI, "join", "name", Filled({"name": "李雷"})), NOON, timedelta(hours=24))
    await reports.report(session, StationKey(1), LI, reports.Kind.CROWDED, NOON)
    await proposals.propose(session, LI, None, proposals.Content(StationPatch(name="Hall")), NOON)
    await settings.change(session, "organisation.hotline", "12351", ADMIN, NOON)
    await published_menus.remember(session, {Place("5/chat", ADMIN): "digest"})
    await updates.mark_done(session, UPDATE, NOON, b"answer", NOON)
    await strikes.note(session, Crash("here:1", [Suspect(STRUCK, "message", "")], is_certain=True), NOON)
    await audit.note(session, ADMIN, PeopleAction.ROLE_GRANTED, NOON, WANG)
    for person in (LI, WANG):
        row = await applied(session, person, phone=f"+86138001380{person % 100:02d}")
        await reviews.claim(session, row.id, ADMIN, NOON)
        if person == LI:
            await reviews.approve(session, row.id, ADMIN, NOON)
    await applied(session, ADMIN)
    await review_alerts.ring(session, WANG, NOON)


async def _activities(session: AsyncSession) -> None:
    plan = Plan("Basketball", Kind.SPORT, NOON + timedelta(days=2), NOON + timedelta(days=3))
    row = await planning.create(session, plan, ADMIN, NOON)
    await planning.publish(session, row.id, NOON)
    await series.start(session, row, "FREQ=WEEKLY;COUNT=2", ADMIN, NOON, ZoneInfo("UTC"), "CN", skips_holidays=False)
    await sign_ups.sign_up(session, row.id, LI, NOON, is_member=True)
    await attendance.check_in(session, row.id, WANG, NOON, is_member=True)
    await questions.ask(session, row.id, LI, "Where?", NOON)
    await calendar_feeds.token_of(session, LI)
    await check_ins.open_door(session, GROUP, MessageId(5), row.id, NOON + timedelta(days=3), 1)
    await activity_reminders.choose(session, LI, "7200,3600")
    await activity_reminders.plan(session, row, [timedelta(hours=2)], NOON, ALL_DAY)
    assert await reminders.claim_due(session, NOON + timedelta(days=1, hours=22, minutes=30), limit=1) == 1
    await weekly_digest.switch(session, LI)
    await weekly_digest.queue_all(session, NOON)


async def _cases(session: AsyncSession) -> None:
    row = await cases.open_case(session, "legal", "L", LI, CaseContent(), 1, 2026, NOON, NOON)
    await cases.claim(session, row.id, WANG, ["legal"], NOON)
    await case_messages.say(session, row, Side.RIDER, LI, MessageId(1), Said(text="Help"), NOON)
    await cases.mark_conflict(session, row, ADMIN)
    await contexts.enter(session, LI, row.id, NOON)
    await drafts.save(session, LI, "aid", Filled({"kind": "housing"}), NOON)


async def _demands(session: AsyncSession) -> None:
    row = await campaigns.create(session, campaigns.Plan("Talks", "Meituan", Segment(), dict.fromkeys(Phase)))
    await moves.move(session, row.id, None, ADMIN, NOON, None)
    demand = await gathering.bring(session, row, LI, Brought("No deductions in heavy rain"), NOON)
    await moderation.show(session, demand.id, 0)
    await following.follow(session, demand.id, WANG)
    await stances.stand(session, demand.id, LI, Stance.AGREE, Phase.GATHER, NOON)


async def _broadcasts(session: AsyncSession) -> None:
    await topics.mute(session, WANG, Topic.SURVEYS)
    for segment in (Segment(), Segment((LivesNear(37.43, 116.36, 5.0),))):
        row = await broadcast(session, segment)
        while not await recipients.freeze_chunk(session, row, NOON):
            row.corrected_by = ADMIN
        row.frozen_to = row.changed_to = LI
    await reads.note_read(session, row.id, LI, NOON)


async def _campaigns(session: AsyncSession) -> None:
    """Riders are being asked whether a commitment is kept, and told of it."""
    phases = {Phase.RESULT: None, Phase.FOLLOW_UP: None}
    row = await campaigns.create(session, campaigns.Plan("Talks", "Meituan", Segment(), phases))
    await campaigns.move(session, row.id, None, NOON)
    await commitments.add(session, row.id, "Shoes", NOON)
    await campaigns.move(session, row.id, Phase.RESULT, NOON)
    for _ in range(2):
        assert await askings.carry_on(session, NOON, NOON)


async def _surveys(session: AsyncSession) -> None:
    """One is open: everybody stands on its roll."""
    row = await campaigns.create(session, campaigns.Plan("Talks", "Meituan", Segment(), dict.fromkeys(Phase)))
    await campaigns.move(session, row.id, None, NOON)
    survey = await surveys.create(session, row.id, surveys.Plan("Winter", NOON + timedelta(days=1)))
    await questions_of_surveys.replace_all(session, survey.id, [RAISE])
    await running_surveys.open_(session, survey.id, ADMIN, NOON)
    assert await running_surveys.carry_on(session, NOON, None)


async def _pay(session: AsyncSession) -> None:
    await pay_entries.add(session, LI, NOON.date(), Shift(540, 42, 31_800), NOON.date(), NOON)
    await weather_wishes.want(session, LI, "all")
    await pay_reminders.set_to(session, LI, time(21), ZoneInfo("UTC"), NOON)
    await pay_pool_members.join(session, LI, NOON.date(), NOON)


async def _browsers(session: AsyncSession) -> None:
    await passes.issue(session, LI, passes.Kind.SESSION, NOON)


async def _announcements(session: AsyncSession) -> None:
    """One of which some have been written down."""
    await session.flush()
    while await announcements.carry_on(session, NOON):
        pass
    announcements.announce(session, CampaignMoved(CampaignId(1)), Segment(), Topic.SURVEYS, NOON)
    await session.flush()
    assert await announcements.carry_on(session, NOON)


async def _ballots(session: AsyncSession) -> None:
    campaign = await campaigns.create(session, CampaignPlan("Talks", "Meituan", Segment(), {Phase.VOTE: None}))
    row = await ballots.prepare(session, campaign.id, ballot_plan(trustees().key), ADMIN, NOON)
    row.state, row.opened_by, row.closed_by, row.published_by = State.FREEZING, ADMIN, ADMIN, ADMIN
    await session.flush()
    await papers.lay_down(session, NOON, NOON)
    session.add(Voter(ballot_id=row.id, person_id=LI, voted=True))


async def _contests(session: AsyncSession) -> None:
    settings_ = contests.Settings(categories=("Videos",), by_team=True)
    phases = {contests.Phase.ENTRY: None, contests.Phase.VOTE: None}
    row = await contests.create(session, contests.Plan("Contest", "Rules", Segment(), settings_, phases))
    await contest_moves.move(session, row.id, None, ADMIN, NOON, None)
    offered = Offered(0, EntryContent(EntryKind.TEXT, "Work", "Words", "Team"), 1)
    entered = await entry_changes.enter(session, row.id, LI, offered, NOON)
    assert entered.team_id is not None
    await contest_teams.remember_leaving(session, row, entered.team_id, WANG)
    await judges.name(session, row.id, WANG)


async def _honours(session: AsyncSession) -> None:
    await register.add(session, Entry("李雷", "Model worker", 2025), LI, NOON)


async def _sos(session: AsyncSession) -> None:
    await memberships.create(session, ADMIN, {"name": "赵六"}, NOON)
    await help_duties.begin(session, ADMIN, Volunteer("Zhao", 37.43, 116.36), NOON + timedelta(hours=4), None)
    call, _ = await help_calls.begin(session, LI, CallContent("Li", 37.43, 116.36), 3_000, [], NOON)
    await help_going.take(session, call.id, ADMIN, [], NOON)


async def broadcast(session: AsyncSession, segment: Segment) -> Broadcast:
    content = Content("sendMessage", {"text": "Hello"})
    row = await broadcasts.create(session, ADMIN, content, segment, Topic.SURVEYS, NOON, NOON)
    await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=False)
    running_broadcasts.start(row, NOON)
    return row


async def filled(database: Database) -> None:
    """Everybody named in every column that names people."""
    async with database.writing() as session:
        for fill in (
            _people,
            _activities,
            _cases,
            _demands,
            _broadcasts,
            _campaigns,
            _surveys,
            _ballots,
            _pay,
            _browsers,
            _contests,
            _honours,
            _sos,
            _announcements,
        ):
            await fill(session)


async def test_no_number_stands_in_any_column_or_file(database: Database) -> None:
    await filled(database)
    empty = [one for one in columns() if not any(await raw_values(database, *one.split(".")))]
    assert empty == [], "each has to be filled by what the program does, so that it is tested"
    assert await places_of(database, NUMBERS) == set()
    async with database.reading() as session:
        assert {one.recipient for one in await delivery_queue.claim(session, NOON, 100)} >= {LI, WANG}
        assert (await audit.verify(session)).fault == ""
        assert await roles.holders(session, ["coordinator"], NOON) == {WANG}
        assert await people.home_of(session, LI) == (37.43, 116.36)
        assert await published_menus.digests(session) == {Place("5/chat", ADMIN): "digest"}
        assert (await updates.done(session, [UPDATE]))[0] == updates.Done(b"answer", NOON)
        assert [door.chat_id for door in await check_ins.to_change(session, NOON)] == [GROUP]
    await schema.migrate(database, "0012")
    everywhere = {*columns(), "publications.name", "deliveries.subject"} - _NOT_BEFORE
    assert await places_of(database, NUMBERS) - {"test.db"} == everywhere
    await schema.migrate(database)
    assert await places_of(database, NUMBERS) == set()


BY_STAFF = {
    "activities.organiser",
    "activity_series.organiser",
    "applications.claimed_by",
    "applications.decided_by",
    "audit.actor",
    "broadcasts.author",
    "broadcasts.corrected_by",
    "publications.person_id",
    "roles.granted_by",
}
"""Who did something as staff stays with what they did, and the menu of their chat until it is taken away."""


@pytest.mark.parametrize(
    ("person", "left"),
    [(LI, set()), (WANG, {"blocks.person_id"}), (ADMIN, BY_STAFF)],
    ids=["rider", "blocked", "staff"],
)
async def test_who_is_erased_stands_in_no_column(database: Database, person: PersonId, left: set[str]) -> None:
    await filled(database)
    async with database.writing() as session:
        for kept in (kept for feature in FEATURES for kept in feature.personal_data):
            if kept.erase is not None:
                await kept.erase(session, person)
    async with database.reading() as session:
        pseudonym = known(session.get_bind().dialect).encrypt(person)
    assert await columns_with(database, pseudonym) == left


async def test_others_are_met_once_though_the_one_at_the_end_of_a_page_is_erased(database: Database) -> None:
    everybody = set(map(PersonId, range(LI, LI + 20)))
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(everybody, "en"), NOON)
        row = await broadcast(session, Segment())
        last = await segments.end_of_page(session, row.frozen_to, 7)
        assert last is not None
        before = await segments.page(session, Segment(), row.frozen_to, last, NOON)
        row.frozen_to = last
        await session.flush()
        await reads.erase(session, last)
        await people.erase(session, last)
        await session.refresh(row)
        end = await segments.end_of_page(session, row.frozen_to, 100)
        assert end is not None
        after = await segments.page(session, Segment(), row.frozen_to, end, NOON)
        assert len(before) == 7 and len(after) == 13
        assert {one.id for one in before} | {one.id for one in after} == everybody


async def test_everybody_is_met_once_though_the_order_of_the_table_means_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages of few, by SQL alone and by rows; one of the two had begun in another order, before the migration."""
    monkeypatch.setattr(recipients, "CHUNK", 7)
    monkeypatch.setattr(recipients, "CHUNK_READ", 7)
    monkeypatch.setattr(segments, "PAGE", 7)
    everybody = set(map(PersonId, range(LI, LI + 60)))
    muted, early = PersonId(LI + 30), PersonId(LI + 40)
    async with database.writing() as session:
        await people.seen_all(session, dict.fromkeys(everybody, "en"), NOON)
        for person in everybody:
            await people.keep_home(session, person, 37.43, 116.36)
        await topics.mute(session, muted, Topic.SURVEYS)
        for segment in (Segment(), Segment((LivesNear(37.43, 116.36, 5.0),))):
            assert await recipients.audience(session, segment, Topic.SURVEYS, NOON) == Audience(59, 0, 1)
            row = await broadcast(session, segment)
            row.total = 1
            session.add(Delivery(recipient=early, priority=3, due=NOON, kind="broadcast", broadcast_id=row.id))
            while not await recipients.freeze_chunk(session, row, NOON):
                assert row.state is BroadcastState.FREEZING
            found = await session.scalars(select(Delivery.recipient).where(Delivery.broadcast_id == row.id))
            assert Counter(found) == Counter(everybody - {muted})
            assert row.total == 59


async def test_a_database_has_pseudonyms_of_its_own(tmp_path: Path) -> None:
    """Two with the same keys of the vault, in one process; the pseudonyms outlive the keys."""
    found = []
    for name in ("a", "b"):
        database = opened(f"sqlite+aiosqlite:///{tmp_path / name}.db")
        await schema.migrate(database)
        async with database.writing() as session:
            await people.seen_all(session, {LI: "en"}, NOON)
            assert list(await session.scalars(select(people.PersonRow.id))) == [LI]
        found.append(await raw_values(database, "people", "id"))
        await database.close()
    assert found[0] != found[1]
    new_key, old_key = bytes(32), bytes(range(32))
    both = opened(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}", new_key, old_key)
    assert sum([done async for done in keys.rotate(both)]) == 2, (
        "the key of the pseudonyms and the end of the audit log"
    )
    await both.close()
    alone = opened(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}", new_key)
    async with alone.reading() as session:
        assert await people.is_known(session, LI)
    assert await raw_values(alone, "people", "id") == found[0]
    await alone.close()


# The upgrade


async def of_0_7(database: Database) -> dict[str, list[int]]:
    """Loads a database of 0.7 and gives everybody in it a number that stands nowhere by chance; returns these by
    column."""
    await version_0_7.load(database)
    found = {}
    async with database.engine.begin() as connection:
        there = await connection.run_sync(_columns)
        for name in (name for name in columns() if name in there):
            table, column = name.split(".")
            await connection.execute(text(f'UPDATE "{table}" SET "{column}" = "{column}" + {LI} WHERE "{column}" > 0'))
            rows = await connection.scalars(text(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL'))
            found[name] = sorted(rows)
        await connection.execute(text(f"UPDATE publications SET name = '5/chat/{WANG}' WHERE name LIKE '%/chat/900'"))
        await connection.execute(text("DELETE FROM publications WHERE name LIKE '%/chat/90_'"))
        last = text("SELECT max(id) FROM deliveries WHERE recipient > 0")
        digest = text("UPDATE deliveries SET kind = 'week_digest', subject = recipient WHERE id = :id")
        await connection.execute(digest, {"id": await connection.scalar(last)})
    del found["broadcasts.frozen_to"]
    return found


def _columns(connection: Connection) -> set[str]:
    looked_at = inspect(connection)
    return {f"{table}.{one['name']}" for table in looked_at.get_table_names() for one in looked_at.get_columns(table)}


async def numbers_by_column(database: Database, names: Iterable[str]) -> dict[str, list[int]]:
    """As the program reads them."""
    found = {}
    async with database.reading() as session:
        for name in names:
            table, column = name.split(".")
            one = Base.metadata.tables[table].c[column]
            found[name] = sorted(await session.scalars(select(one).where(one.is_not(None))))
    return found


async def test_an_upgrade_leaves_no_number_and_loses_none(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is killed in the middle once, and refuses keys that are not the database's; a second start does nothing."""
    database = opened(database_url)
    before = await of_0_7(database)
    numbers = {number for found in before.values() for number in found if number > LI}
    assert len(await places_of(database, numbers)) >= 15
    with monkeypatch.context() as patched, pytest.raises(ZeroDivisionError):
        patched.setattr(Vault, "seal", lambda *_: 1 // 0)  # its last step, once every number is converted
        await schema.migrate(database)
    wrong = opened(database_url, bytes(32))
    with pytest.raises(WrongKey, match="nothing was changed"):
        await schema.migrate(wrong)
    await wrong.close()
    assert sorted(await raw_values(database, "people", "id")) == before["people.id"]

    assert await schema.migrate(database)
    assert await places_of(database, numbers | {WANG}) == set()
    assert await numbers_by_column(database, before) == before
    assert Place("5/chat", WANG) in await menus(database)
    stored = await raw_values(database, "people", "id")
    assert not await schema.migrate(database)
    assert await raw_values(database, "people", "id") == stored

    await schema.migrate(database, "0012")
    assert await raw_values(database, "people", "id") == before["people.id"]
    assert f"5/chat/{WANG}" in await raw_values(database, "publications", "name")
    await database.close()


async def menus(database: Database) -> dict[Place, str]:
    async with database.reading() as session:
        return await published_menus.digests(session)
