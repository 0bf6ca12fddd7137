"""A right is asked for at the moment when something takes effect: when a notice is sent, and at the door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers import features
from handlers.activities import presses as activity_presses
from storage.activities import check_ins
from storage.activities.activities import Activity
from storage.activities.ids import ActivityId, QuestionId
from storage.activities.notices import QuestionAsked, SeriesEnded
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.notices import BroadcastDoubted, BroadcastWaits, CorrectionWaits
from storage.campaigns.ids import CampaignId, SurveyId
from storage.campaigns.notices import PhaseOverdue
from storage.campaigns.surveys.notices import SurveyEnded
from storage.cases import cases
from storage.cases import messages as case_messages
from storage.cases.ids import CaseId, CaseMessageId
from storage.cases.messages import Said
from storage.cases.notices import (
    CaseDoubted,
    CaseEnded,
    CaseErased,
    CaseGiven,
    CaseLate,
    CaseOrphaned,
    CaseReopened,
    CaseTaken,
    CaseUrgent,
    CaseUrgentLate,
    CaseWaits,
    ColleagueAnswers,
    ColleagueAsks,
    InHandOf,
    RiderAway,
    RiderBack,
)
from storage.cases.table import Case, CaseContent, Outcome, Side
from storage.contests.ids import ContestId
from storage.contests.notices import ContestOverdue, JudgeNamed, JudgingBegins, VotesBurst
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.deliveries.table import State
from storage.honours.ids import TripId
from storage.honours.notices import HonoursImported, SituationDue, TripOffered
from storage.membership import memberships
from storage.membership.notices import ReviewsLate, ReviewsWait
from storage.operations.notices import (
    AuditLogEnds,
    BackupFailed,
    BackupMade,
    BackupNotRestorable,
    BackupTried,
    ClockDiffers,
    ClockJumped,
    DataExported,
    DeliveryFailed,
    ErrorReported,
    UpdateSetAside,
    UpdatesTaken,
    WebhookChanged,
)
from storage.people import roles
from storage.people.access import Role
from storage.stations.ids import StationKey
from storage.stations.notices import ProposalsWait, StationReported, StationsImported
from storage.stations.reports import Kind
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, at_home, planned
from tests.support.applications import ANSWERS
from tests.support.case_scripts import at_desk
from tests.support.deliveries import settled
from tests.support.simulator import ADMIN, COORDINATOR, COUNSEL, NOON, Town

FORMER = PersonId(950)
RIDER = PersonId(440)
NUMBER = "L-2026-000001"
"""The first case of its desk."""

BY_ROLE: list[Notice] = [
    AuditLogEnds(3, "ab"),
    BackupFailed("host", "no room"),
    BackupMade("file", "host"),
    BackupNotRestorable("file", "damaged"),
    BackupTried("file"),
    BroadcastDoubted(BroadcastId(1)),
    BroadcastWaits(BroadcastId(1), 700),
    CaseDoubted(NUMBER),
    CaseEnded(NUMBER),
    CaseErased(NUMBER),
    CaseGiven(NUMBER, CaseId(1)),
    CaseLate(NUMBER, "legal", 24, opens=True),
    CaseOrphaned(NUMBER),
    CaseReopened(NUMBER, CaseId(1)),
    CaseTaken(NUMBER),
    CaseUrgent(NUMBER, "legal", CaseId(1), InHandOf.NOBODY),
    CaseUrgentLate(NUMBER, "legal", 30, opens=True),
    CaseWaits(NUMBER, "legal", CaseId(1)),
    ClockDiffers("host:1", 5),
    ClockJumped("host:1", -60),
    ColleagueAnswers(NUMBER, CaseId(1), "yes"),
    ColleagueAsks("legal", "?", CaseMessageId(1)),
    ContestOverdue(ContestId(1)),
    CorrectionWaits(BroadcastId(1), 700),
    DataExported("members", ADMIN, 3, "statistics"),
    DeliveryFailed("report", 5, "odd"),
    ErrorReported("ab", "KeyError", "a.py:1"),
    HonoursImported(3, 2),
    JudgeNamed(ContestId(1)),
    JudgingBegins(ContestId(1)),
    PhaseOverdue(CampaignId(1)),
    ProposalsWait(),
    QuestionAsked(ActivityId(1), QuestionId(1), "?"),
    ReviewsLate(3, 2),
    ReviewsWait(3),
    RiderAway(NUMBER, CaseId(1)),
    RiderBack(NUMBER, CaseId(1)),
    SeriesEnded("3x3"),
    SituationDue(2026),
    StationReported(StationKey(1), "Hall", Kind.CLOSED),
    StationsImported(3, 1),
    SurveyEnded(SurveyId(1)),
    TripOffered(TripId(1)),
    UpdateSetAside("ab", "message", "", ""),
    UpdatesTaken(),
    VotesBurst(ContestId(1), "A", NOON, 40, 20, 10),
    WebhookChanged(),
]


def test_every_notice_that_a_role_brings_is_tried() -> None:
    routes = features.routes(features.FEATURES, {})
    assert {kind for kind, route in routes.notices.items() if route.reader is not None} == {
        notice.kind for notice in BY_ROLE
    }


async def case_in_hand_of(town: Town, handler: PersonId) -> CaseId:
    async with town.database.writing() as session:
        due = NOON + timedelta(hours=24)
        row = await cases.open_case(session, "legal", "L", RIDER, CaseContent("pay"), 1, 2026, due, NOON)
        await cases.claim(session, row.id, handler, ["legal"], NOON)
        return row.id


async def test_whoever_has_lost_their_role_reads_no_notice_of_it(town: Town) -> None:
    former = await at_desk(town, FORMER)
    await case_in_hand_of(town, FORMER)  # until the next turn of the clock
    await planned(town)
    async with town.database.writing() as session:
        await delivery_queue.add_all(session, [Addressed(FORMER, notice, NOON) for notice in BY_ROLE])
    assert set(await settled(town, FORMER)) == {State.CANCELLED}
    assert not former.rider.heard


async def test_a_former_handler_does_not_get_what_the_rider_writes(town: Town) -> None:
    former, rider = await at_desk(town, FORMER), await at_desk(town, RIDER)
    async with town.database.writing() as session:
        await roles.grant(session, FORMER, Role.COUNSEL, ADMIN, NOON)
    case_id = await case_in_hand_of(town, FORMER)
    await rider.rider.forges(f"casewrite:{case_id}")
    await rider.rider.hears_of("Everything you send now")
    await rider.says("They owe me September")
    await former.rider.hears_of("They owe me September")
    async with town.database.writing() as session:
        await roles.take(session, FORMER, Role.COUNSEL)
    heard = len(former.rider.heard)
    secret = await rider.says("My number is 138")
    await rider.rider.edits(secret, "My number is 139")
    await town.until_idle()
    assert set((await settled(town, FORMER))[-2:]) == {State.CANCELLED}
    assert len(former.rider.heard) == heard


async def test_a_riders_question_goes_to_whoever_runs_activities_now(town: Town) -> None:
    former, rider = await at_desk(town, FORMER), await at_home(town, RIDER)
    coordinator = await at_home(town, COORDINATOR)
    activity = await planned(town)
    async with town.database.writing() as session:
        row = await session.get_one(Activity, activity)
        row.organiser = FORMER
    await rider.forges(f"actask:{activity}")
    await rider.hears_of("What do you want to ask")
    await rider.says("Is there parking?")
    await coordinator.hears_of("Is there parking?")
    assert not former.rider.heard
    await former.rider.forges("actreply:1")
    assert "staff in charge" in await former.rider.is_answered()


async def test_a_question_is_answered_by_those_who_were_asked(town: Town) -> None:
    organiser, other, rider = await at_home(town, COORDINATOR), await at_home(town, FORMER), await at_home(town, RIDER)
    async with town.database.writing() as session:
        await roles.grant(session, FORMER, Role.COORDINATOR, ADMIN, NOON)
    activity = await planned(town)
    await rider.forges(f"actask:{activity}")
    await rider.hears_of("What do you want to ask")
    await rider.says("Is there parking?")
    await organiser.hears_of("Is there parking?")
    await other.forges("actreply:1")
    assert "no longer exists" in await other.is_answered()


async def test_the_picture_of_the_door_changes_only_for_those_who_run_activities(town: Town) -> None:
    former, organiser = await at_home(town, FORMER), await at_home(town, COORDINATOR)
    async with town.database.writing() as session:
        await roles.grant(session, FORMER, Role.COORDINATOR, ADMIN, NOON)
    activity = await planned(town)
    town.now = SATURDAY
    for person in (former, organiser):
        await person.forges(activity_presses.OPEN_DOOR.data(activity))
        await person.hears_of("Riders scan this")
    async with town.database.writing() as session:
        await roles.take(session, FORMER, Role.COORDINATOR)
    heard = len(former.heard)
    town.now += timedelta(seconds=check_ins.CHANGES_EVERY)
    await organiser.until(lambda: any("photo" in one and one["edited"] for one in organiser.heard))
    assert len(former.heard) == heard


@pytest.mark.parametrize("is_member", [False, True])
async def test_the_door_of_a_members_activity_is_for_members(town: Town, *, is_member: bool) -> None:
    rider = await at_home(town, RIDER)
    activity = await planned(town, members_only=True)
    if is_member:
        async with town.database.writing() as session:
            await memberships.create(session, RIDER, ANSWERS, NOON)
    town.now = SATURDAY
    async with town.database.reading() as session:
        code = check_ins.code(session, activity, check_ins.window(town.now))
    await rider.says(f"/start ci_{code}")
    await rider.hears_of("There was a free place" if is_member else "Members only")


async def test_a_colleague_answers_only_questions_that_they_were_asked(town: Town) -> None:
    counsel, former = await at_desk(town, COUNSEL), await at_desk(town, FORMER)
    async with town.database.writing() as session:
        await roles.grant(session, FORMER, Role.COUNSEL, ADMIN, NOON)
    case_id = await case_in_hand_of(town, COUNSEL)
    async with town.database.writing() as session:
        row = await session.get_one(Case, case_id)
        note = await case_messages.say(session, row, Side.NOTE, COUNSEL, None, Said(text="Call him on Monday"), NOON)
    await former.rider.forges(f"casetell:{note.id}")
    assert "no such case" in await former.rider.is_answered()
    await counsel.rider.forges(f"casepeers:{case_id}")
    await counsel.rider.hears_of("What do you want to ask")
    await counsel.says("Is a screenshot enough?")
    await former.rider.hears_of("Is a screenshot enough?")
    await former.rider.presses("✍ Answer")
    await former.rider.hears_of("What is your answer")
    await former.says("Yes")
    await counsel.rider.hears_of("Yes")


async def test_nothing_is_moved_out_of_a_closed_case(town: Town) -> None:
    rider = await at_desk(town, RIDER)
    case_id, other = await case_in_hand_of(town, COUNSEL), await case_in_hand_of(town, COUNSEL)
    await rider.rider.forges(f"casewrite:{case_id}")
    await rider.rider.hears_of("Everything you send now")
    assert not await rider.rider.is_answered()
    await rider.says("Evidence")
    await rider.rider.hears_of("✓")
    async with town.database.writing() as session:
        row = await session.get_one(Case, case_id)
        cases.close(row, Outcome.SETTLED, NOON)
        message = await case_messages.last_of(session, case_id, RIDER)
    assert message is not None
    for act in (f"casemove:{message.id}", f"casemoveto:{message.id}:{other}"):
        await rider.rider.forges(act)
        assert "is closed" in await rider.rider.is_answered()
    async with town.database.reading() as session:
        assert (await session.get_one(case_messages.CaseMessage, message.id)).case_id == case_id
