"""What is done some rows at a time, or counted in another way than row by row, comes to the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from schedules import broadcasts as broadcasts_by_the_clock
from schedules import retention
from schedules.context import ClockContext
from storage.activities import attendance, participants, planning, sign_ups
from storage.activities.activities import Activity, Kind
from storage.activities.ids import ActivityId
from storage.activities.planning import Plan
from storage.broadcasts import broadcasts
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.database import Database, apart
from storage.deliveries import retention as delivery_retention
from storage.deliveries.table import Delivery, State
from storage.membership import memberships
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.privacy.retention import Retention
from storage.statistics import statistics
from storage.telegram_ids import PersonId
from tests.support.settings import clock_context
from tests.support.simulator import COORDINATOR, NOON

PEOPLE = range(500, 507)
QUIET_UNTIL = NOON + timedelta(hours=9)


@pytest.fixture
def context() -> ClockContext:
    return replace(clock_context(), retention=(statistics.archive,))


async def running(database: Database, topic: Topic = Topic.NEWS) -> BroadcastId:
    """A broadcast of which nothing has been sent yet."""
    async with database.writing() as session:
        content = Content("sendMessage", {"text": "Free haircuts"})
        row = await broadcasts.create(session, COORDINATOR, content, Segment(), topic, NOON, NOON)
        row.state, row.started_at, row.total = BroadcastState.RUNNING, NOON, len(PEOPLE)
        for person in PEOPLE:
            session.add(
                Delivery(recipient=PersonId(person), priority=3, due=NOON, kind="broadcast", broadcast_id=row.id)
            )
        return row.id


async def counted(database: Database, broadcast_id: BroadcastId) -> dict[State, int]:
    async with database.reading() as session:
        states = select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id)
        return {state: count for state, count in await session.execute(states.group_by(Delivery.state))}  # noqa: C416


async def test_a_long_broadcast_is_paused_resumed_and_stopped_some_deliveries_at_a_time(
    database: Database, context: ClockContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be sent first is held by the press; the clock does the rest, and has nothing to do then."""
    monkeypatch.setattr(broadcasts, "AT_ONCE", 2)
    broadcast_id = await running(database)
    for what, becomes in (("pause", State.HELD), ("resume", State.WAITING), ("cancel", State.CANCELLED)):
        async with database.writing() as session:
            await broadcasts.move(session, broadcast_id, what, NOON)
            first = list(await session.scalars(select(Delivery.state).order_by(Delivery.id)))
            assert first[:2] == [becomes, becomes] and becomes not in first[2:]
        more = True
        while more:
            async with database.writing() as session:
                more = await broadcasts_by_the_clock.run(session, NOON, context)
        assert await counted(database, broadcast_id) == {becomes: len(PEOPLE)}


async def test_the_deliveries_of_a_stopped_broadcast_are_forgotten_too(database: Database) -> None:
    broadcast_id = await running(database)
    async with database.writing() as session:
        await broadcasts.move(session, broadcast_id, "cancel", NOON)
    async with database.writing() as session:
        await delivery_retention.forget(session, NOON + delivery_retention.KEPT - timedelta(hours=1))
    assert await counted(database, broadcast_id) == {State.CANCELLED: len(PEOPLE)}
    async with database.writing() as session:
        await delivery_retention.forget(session, NOON + delivery_retention.KEPT + timedelta(hours=1))
    assert await counted(database, broadcast_id) == {}


async def test_quiet_hours_put_off_all_but_what_is_urgent_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_broadcasts, "AT_ONCE", 2)
    urgent, news = await running(database, Topic.URGENT), await running(database)
    steps = 0
    async with database.writing() as session:
        while await running_broadcasts.keep_quiet(session, QUIET_UNTIL):
            steps += 1
        assert steps == len(PEOPLE) // 2
        for broadcast_id, due in ((urgent, NOON), (news, QUIET_UNTIL)):
            found = await session.scalars(select(Delivery.due).where(Delivery.broadcast_id == broadcast_id))
            assert set(found) == {due}


async def over(database: Database, ended: datetime, came: Sequence[int]) -> ActivityId:
    """An activity that these people came to."""
    async with database.writing() as session:
        begins = ended - timedelta(hours=2)
        row = await planning.create(session, Plan("3x3", Kind.GAMES, begins, ended), COORDINATOR, begins)
        await planning.publish(session, row.id, begins - timedelta(days=1))
        for person in came:
            who = PersonId(person)
            await sign_ups.sign_up(session, row.id, who, begins - timedelta(days=1), is_member=False)
            await attendance.check_in(session, row.id, who, begins, is_member=False)
        return row.id


async def test_figures_are_kept_soon_and_counted_anew_after_a_late_rating(
    database: Database, context: ClockContext
) -> None:
    activity_id = await over(database, NOON - timedelta(days=2), PEOPLE)

    async def kept() -> str | None:
        async with database.writing() as session:
            assert not await retention.run(session, NOON, context)
            return (await session.get_one(Activity, activity_id, populate_existing=True)).figures

    assert await kept() == "[7,7,0,0]"
    async with database.writing() as session:
        await attendance.rate(session, activity_id, PersonId(PEOPLE[0]), 4)
    async with database.reading() as session:
        (turnout,) = await statistics.turnouts(session, NOON - timedelta(days=3), NOON)
        assert (turnout.placed, turnout.rated, turnout.stars) == (7, 1, 4)
    assert await kept() == "[7,7,1,4]"


async def test_a_broadcast_that_is_tried_again_is_counted_anew(database: Database, context: ClockContext) -> None:
    broadcast_id, later = await running(database), NOON + timedelta(days=2)
    async with database.writing() as session:
        await session.execute(update(Delivery).values(state=State.FAILED, done_at=NOON))
        row = await session.get_one(Broadcast, broadcast_id)
        row.state, row.finished_at = BroadcastState.DONE, NOON
    async with database.writing() as session:
        while await retention.run(session, later, context):
            pass
        row = await session.get_one(Broadcast, broadcast_id, populate_existing=True)
        assert row.delivered == 0 and row.confirmed is None
    async with database.writing() as session:
        row = await session.get_one(Broadcast, broadcast_id)
        assert await broadcasts.retry_failed(session, row, later) == len(PEOPLE)
        await session.flush()
        await session.execute(update(Delivery).values(state=State.SENT, done_at=later))
        (reach,) = await statistics.reach_by_stretch(session, [NOON, later])
        assert reach.delivered == len(PEOPLE)


async def test_nothing_is_forgotten_before_its_figures_are_kept(database: Database) -> None:
    """Each step keeps the figures of some; forgetting begins once there are no more."""

    async def forget(session: AsyncSession, now: datetime, kept: Retention) -> bool:
        return await sign_ups.forget(session, now, kept.sign_ups)

    short = clock_context(Retention(sign_ups=timedelta(days=1)))
    context = replace(short, retention=(statistics.archive, forget))
    ids = [await over(database, NOON - timedelta(days=3, minutes=at), PEOPLE[:1]) for at in range(25)]
    steps = 0
    async with database.writing() as session:
        while await retention.run(session, NOON, context):
            steps += 1
            assert len((await session.scalars(select(participants.SignUp.id))).all()) == len(ids)
        assert steps == 1 and (await session.scalars(select(participants.SignUp.id))).all() == []
        found = await statistics.turnouts(session, NOON - timedelta(days=9), NOON)
        assert [one.came for one in found] == [1] * len(ids)


async def test_members_are_counted_by_stretch_as_if_each_were_looked_at(database: Database) -> None:
    edges = [NOON + timedelta(days=day) for day in (0, 1, 2, 3)]
    lives = ((-5, None), (-5, -1), (-5, 1.5), (0, None), (0.5, 0.6), (1.5, 4), (2, 2.5), (3, None))
    async with database.writing() as session:
        for person, (since, left) in enumerate(lives, start=1):
            await memberships.create(session, PersonId(person), {"name": "李雷"}, NOON + timedelta(days=since))
            if left is not None:
                await memberships.leave(session, PersonId(person), NOON + timedelta(days=left))
    async with database.reading() as session:
        found = await statistics.members(session, edges)
    for at in range(3):
        assert found.joined[at] == sum(at <= since < at + 1 for since, _ in lives)
        assert found.left[at] == sum(left is not None and at <= left < at + 1 for _, left in lives)
        assert found.there[at] == sum(since < at + 1 and (left is None or left >= at + 1) for since, left in lives)


async def test_few_people_at_many_activities_are_counted_as_few(database: Database) -> None:
    """The largest activity tells that there were as many; where it is small, people are counted, up to five."""
    start = NOON - timedelta(days=20)
    for day in range(12):
        await over(database, NOON - timedelta(days=day + 1), PEOPLE[: 1 if day < 6 else 2])
    edges = [start, NOON - timedelta(days=7), NOON]
    async with database.reading() as session:
        each = await statistics.turnouts(session, edges[0], edges[-1])
        earlier, later = await statistics.different(session, edges, each)
    assert (earlier.placed, later.placed, later.rated) == (2, 1, 0)
    await over(database, NOON - timedelta(hours=3), PEOPLE)
    async with database.reading() as session:
        each = await statistics.turnouts(session, edges[0], edges[-1])
        _, later = await statistics.different(session, edges, each)
    assert later.placed >= 5


async def test_long_statements_leave_the_loop_to_others(database: Database) -> None:
    """On SQLite they run in the thread of the connection, while others have their turn; then all is as it was."""
    slow = (
        "SELECT pg_sleep(0.2)"
        if database.is_postgresql
        else "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) SELECT max(i) FROM n"
    )
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    async with database.reading() as session:
        beside = asyncio.create_task(others())
        await asyncio.sleep(0)
        with apart(session):
            await session.execute(text(slow))
        beside.cancel()
        assert turns > 3
        if not database.is_postgresql:
            before = turns
            await session.execute(text(slow))
            assert turns == before
