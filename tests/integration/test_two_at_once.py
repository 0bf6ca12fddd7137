"""Two who press at the same time, on PostgreSQL: the second waits for the first, and decides on what that one left.

SQLite has one writer at a time. Both have read what there is before either acts, as two replicas would.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from storage.activities import activities, participants, planning, rounds, series, waiting_list
from storage.activities.activities import Activity, ActivityOver, ActivityState
from storage.activities.participants import PlaceState
from storage.activities.series import RepeatsAlready, Series
from storage.broadcasts import broadcasts, corrections
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.cases import access, cases
from storage.cases.cases import CaseClosed, CaseTaken
from storage.cases.table import Case, CaseContent, CaseState, NoSuchCase, Outcome
from storage.database import Database
from storage.hours.quiet_hours import QuietHours
from storage.membership import applications, reviews
from storage.membership.applications import Application, ApplicationState, NothingOpen
from storage.membership.memberships import Membership
from storage.membership.reviews import DecidedAlready, InOtherHands
from storage.operations import settings
from storage.people import blocks, roles
from storage.people.blocks import Block, NotBlocked
from storage.people.roles import RoleRow
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, published, signs_up
from tests.support.applications import applied
from tests.support.simulator import NOON

ONE, OTHER, RIDER = PersonId(901), PersonId(902), PersonId(440)
LATER = NOON + timedelta(hours=1)
UTC = ZoneInfo("UTC")
LOUD = QuietHours.of("00:00-00:00", UTC)
TEXT = Content("sendMessage", {"text": "Hello"})
Act = Callable[[AsyncSession], Awaitable[object]]

_WAITING = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def postgresql_alone(database: Database) -> Database:
    if not database.is_postgresql:
        pytest.skip("SQLite has one writer at a time")
    return database


async def meet(database: Database, reads: Act, first: Act, second: Act) -> object:
    """Lets the second act while the first has acted and not committed yet. Returns what the second got; raises what it
    raises."""
    async with database.writing() as slower:
        await reads(slower)
        async with database.writing() as faster:
            await first(faster)
            waiting = asyncio.create_task(_of(second, slower))
            await _until_it_waits(database, waiting)
        return await waiting


async def _of(act: Act, session: AsyncSession) -> object:
    return await act(session)


async def _until_it_waits(database: Database, task: asyncio.Task[object]) -> None:
    """Or until it has done without."""
    async with asyncio.timeout(10):
        while not task.done():
            async with database.reading() as session:
                if await session.scalar(_WAITING):
                    return
            await asyncio.sleep(0.01)


async def refused(database: Database, reads: Act, first: Act, second: Act, why: type[Refused]) -> None:
    with pytest.raises(why):
        await meet(database, reads, first, second)


# Applications


async def in_hand(database: Database) -> Application:
    """One that ONE has in hand for half an hour."""
    async with database.writing() as session:
        row = await applied(session, RIDER)
        return await reviews.claim(session, row.id, ONE, NOON)


def finds(row: Application) -> Act:
    return lambda session: applications.find(session, row.id)


def approves_at(row: Application, now: datetime) -> Act:
    return lambda session: reviews.approve(session, row.id, ONE, now)


def claims_at(row: Application, now: datetime) -> Act:
    return lambda session: reviews.claim(session, row.id, OTHER, now)


DECISIONS: dict[str, Callable[[Application], Act]] = {
    "approve": lambda row: approves_at(row, NOON),
    "refuse": lambda row: lambda session: reviews.refuse(session, row.id, ONE, "no", NOON),
    "ask": lambda row: lambda session: reviews.ask(session, row.id, ONE, "?", NOON),
}


@pytest.mark.parametrize("second", DECISIONS)
@pytest.mark.parametrize("first", DECISIONS)
async def test_an_application_is_decided_once(postgresql_alone: Database, first: str, second: str) -> None:
    database, row = postgresql_alone, await in_hand(postgresql_alone)
    why = InOtherHands if first == "ask" else DecidedAlready  # the same coordinator's second tap
    await refused(database, finds(row), DECISIONS[first](row), DECISIONS[second](row), why)
    async with database.reading() as session:
        members = await session.scalar(select(func.count()).select_from(Membership))
        assert members == (first == "approve")


async def test_a_claim_that_lapsed_is_taken_over_or_used_and_not_both(postgresql_alone: Database) -> None:
    database, row = postgresql_alone, await in_hand(postgresql_alone)

    await refused(database, finds(row), claims_at(row, LATER), approves_at(row, NOON), InOtherHands)
    async with database.writing() as session:
        await reviews.release(session, row.id, OTHER, LATER)
        await reviews.claim(session, row.id, ONE, LATER)
    after = LATER + timedelta(hours=1)
    await refused(database, finds(row), approves_at(row, LATER), claims_at(row, after), InOtherHands)


async def test_what_is_withdrawn_is_not_approved_and_the_other_way_round(postgresql_alone: Database) -> None:
    database, row = postgresql_alone, await in_hand(postgresql_alone)

    async def withdraws(session: AsyncSession) -> None:
        await applications.withdraw(session, RIDER, NOON)

    await refused(database, finds(row), withdraws, approves_at(row, NOON), InOtherHands)
    async with database.writing() as session:
        again = await applied(session, RIDER)
        await reviews.claim(session, again.id, ONE, NOON)
    await refused(database, finds(again), approves_at(again, NOON), withdraws, NothingOpen)
    async with database.reading() as session:
        assert (await session.get_one(Application, again.id)).state is ApplicationState.APPROVED


# Cases


async def opened(database: Database, handler: PersonId | None = None) -> Case:
    async with database.writing() as session:
        due = NOON + timedelta(hours=24)
        row = await cases.open_case(session, "legal", "L", RIDER, CaseContent("pay"), 1, 2026, due, NOON)
        if handler is not None:
            await cases.claim(session, row.id, handler, ["legal"], NOON)
        return row


async def test_a_case_is_taken_by_one(postgresql_alone: Database) -> None:
    database, row = postgresql_alone, await opened(postgresql_alone)

    def claims(handler: PersonId) -> Act:
        return lambda session: cases.claim(session, row.id, handler, ["legal"], NOON)

    await refused(database, lambda session: access.find(session, row.id), claims(ONE), claims(OTHER), CaseTaken)
    async with database.reading() as session:
        assert (await session.get_one(Case, row.id)).assigned_to == ONE


async def test_what_was_closed_or_handed_over_is_not_closed_again(postgresql_alone: Database) -> None:
    database, row = postgresql_alone, await opened(postgresql_alone, ONE)

    async def reads(session: AsyncSession) -> None:
        await access.of_handler(session, row.id, ONE)

    async def closes(session: AsyncSession) -> None:
        cases.close(await access.of_handler_for_update(session, row.id, ONE), Outcome.ADVISED, NOON)

    async def hands_over(session: AsyncSession) -> None:
        await cases.assign(session, await access.of_handler_for_update(session, row.id, ONE), OTHER, NOON)

    await refused(database, reads, hands_over, closes, NoSuchCase)
    async with database.writing() as session:
        await cases.assign(session, await access.of_handler_for_update(session, row.id, OTHER), ONE, NOON)
    await refused(database, reads, closes, hands_over, CaseClosed)
    async with database.reading() as session:
        found = await session.get_one(Case, row.id)
        assert (found.state, found.assigned_to) == (CaseState.CLOSED, ONE)


# Activities


async def test_an_activity_is_cancelled_once_and_changed_no_more(postgresql_alone: Database) -> None:
    database, activity_id = postgresql_alone, await published(postgresql_alone)

    async def reads(session: AsyncSession) -> None:
        await activities.find(session, activity_id)

    def cancels(why: str) -> Act:
        return lambda session: planning.cancel(session, activity_id, why, NOON)

    await refused(database, reads, cancels("rain"), cancels("snow"), ActivityOver)
    other = await published(database)

    async def publishes(session: AsyncSession) -> None:
        await planning.publish(session, other, NOON)

    async def cancels_it(session: AsyncSession) -> None:
        await planning.cancel(session, other, "x", NOON)

    await refused(database, reads, cancels_it, publishes, ActivityOver)
    async with database.reading() as session:
        assert (await session.get_one(Activity, activity_id)).reason == "rain"
        assert (await session.get_one(Activity, other)).state is ActivityState.CANCELLED


async def test_a_place_that_was_given_up_is_not_taken_from_its_offer(postgresql_alone: Database) -> None:
    """Two give theirs up at once while one waits: one offer, and one place that stays free."""
    database, activity_id = postgresql_alone, await published(postgresql_alone)
    for person in (1, 2, 3):
        await signs_up(database, activity_id, person)

    def leaves(person: int) -> Act:
        return lambda session: waiting_list.release(session, activity_id, PersonId(person), NOON, LOUD)

    async def reads(session: AsyncSession) -> None:
        await participants.people_of(session, activity_id, list(PlaceState))

    await meet(database, reads, leaves(1), leaves(2))
    async with database.reading() as session:
        (offered,) = await participants.people_of(session, activity_id, (PlaceState.OFFERED,))
        assert offered.person_id == PersonId(3)


async def test_an_activity_is_made_a_series_once(postgresql_alone: Database) -> None:
    database, activity_id = postgresql_alone, await published(postgresql_alone)

    async def repeats(session: AsyncSession) -> None:
        row = await activities.find(session, activity_id)
        assert row is not None
        await series.start(session, row, "FREQ=WEEKLY", ONE, NOON, UTC, "CN", skips_holidays=False)

    await refused(database, lambda session: activities.find(session, activity_id), repeats, repeats, RepeatsAlready)
    async with database.writing() as session:
        assert await session.scalar(select(func.count()).select_from(Series)) == 1
        assert await series.belongs_to_one(session, await session.get_one(Activity, activity_id))
        await series.end(session, (await session.scalars(select(Series.id))).one())
        await repeats(session)


async def test_two_rounds_that_are_added_at_once_follow_each_other(postgresql_alone: Database) -> None:
    database, activity_id = postgresql_alone, await published(postgresql_alone)

    def adds(title: str) -> Act:
        return lambda session: rounds.add(session, activity_id, title, SATURDAY)

    await meet(database, lambda session: rounds.of(session, activity_id), adds("Heats"), adds("Final"))
    async with database.reading() as session:
        found = [(row.number, row.title) for row in await rounds.of(session, activity_id)]
    assert found == [(1, "Heats"), (2, "Final")]


# Broadcasts: with the three decisions on a state that is over, tests/integration/test_broadcast_locks.py


async def broadcast(database: Database, state: BroadcastState) -> BroadcastId:
    async with database.writing() as session:
        row = await broadcasts.create(session, RIDER, TEXT, Segment(), Topic.NEWS, NOON, NOON)
        await broadcasts.confirm(session, row.id, None, None, NOON, needs_approval=True)
        row.state = state
        return row.id


async def test_a_broadcast_is_approved_once(postgresql_alone: Database) -> None:
    database, broadcast_id = postgresql_alone, await broadcast(postgresql_alone, BroadcastState.AWAITING)

    def approves(who: PersonId) -> Act:
        return lambda session: broadcasts.approve(session, broadcast_id, who, NOON)

    await refused(
        database, lambda session: broadcasts.find(session, broadcast_id), approves(ONE), approves(OTHER), NotNow
    )
    async with database.reading() as session:
        row = await session.get_one(Broadcast, broadcast_id)
        assert broadcasts.release_of(session, row).approved_by == ONE


async def test_a_correction_is_approved_or_discarded_and_not_both(postgresql_alone: Database) -> None:
    database, broadcast_id = postgresql_alone, await broadcast(postgresql_alone, BroadcastState.RUNNING)
    async with database.writing() as session:
        assert isinstance(await corrections.correct(session, broadcast_id, TEXT, RIDER, 500, NOON), Broadcast)

    async def reads(session: AsyncSession) -> None:
        await broadcasts.find(session, broadcast_id)

    def approves(who: PersonId) -> Act:
        return lambda session: corrections.approve(session, broadcast_id, 1, who, NOON)

    await refused(database, reads, approves(ONE), approves(OTHER), NotNow)
    await refused(
        database,
        reads,
        lambda session: corrections.correct(session, broadcast_id, TEXT, RIDER, 500, NOON),
        lambda session: corrections.discard(session, broadcast_id, 2),
        NotNow,
    )


# Roles, blocks, settings


async def test_a_role_is_given_once_and_taken_once(postgresql_alone: Database) -> None:
    """Neither fails; whoever comes second takes nothing away, and tells nobody."""
    database = postgresql_alone

    def grants(by: PersonId) -> Act:
        return lambda session: roles.grant(session, RIDER, "coordinator", by, NOON)

    async def reads(session: AsyncSession) -> None:
        await session.get(RoleRow, (RIDER, "coordinator"))

    await meet(database, reads, grants(ONE), grants(OTHER))
    async with database.reading() as session:
        assert await roles.held(session, [RIDER], NOON) == {RIDER: {"coordinator"}}

    async def takes(session: AsyncSession) -> bool:
        return await roles.take(session, RIDER, "coordinator")

    assert await meet(database, reads, takes, takes) is False


async def test_a_block_is_set_once_and_lifted_once(postgresql_alone: Database) -> None:
    database = postgresql_alone

    def sets(by: PersonId) -> Act:
        return lambda session: blocks.block(session, RIDER, "flood", by, NOON, None)

    async def reads(session: AsyncSession) -> None:
        await session.get(Block, RIDER)

    await meet(database, reads, sets(ONE), sets(OTHER))
    async with database.reading() as session:
        assert set(await blocks.read_all(session)) == {RIDER}

    async def lifts(session: AsyncSession) -> None:
        await blocks.lift(session, RIDER)

    await refused(database, reads, lifts, lifts, NotBlocked)


async def test_of_two_changes_of_a_setting_the_later_one_stays(postgresql_alone: Database) -> None:
    database = postgresql_alone

    def changes(value: str, by: PersonId) -> Act:
        return lambda session: settings.change(session, "organisation.hotline", value, by, NOON)

    await meet(database, settings.read_all, changes("12351", ONE), changes("12345", OTHER))
    async with database.reading() as session:
        assert await settings.read_all(session) == {"organisation.hotline": "12345"}
