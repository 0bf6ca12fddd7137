"""What is counted once of a broadcast's deliveries comes to the same as counting all of them, whatever happens."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.broadcasts import broadcasts, corrections, reads, tallies, tally_table
from storage.broadcasts import running as running_broadcasts
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.reads import BroadcastRead
from storage.database import Database
from storage.deliveries import of_broadcasts, queue, retention
from storage.deliveries.queue import Outcome
from storage.deliveries.table import Delivery, State
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import PersonId
from tests.support.databases import new_file, opened
from tests.support.simulator import COORDINATOR, NOON

T = TypeVar("T")
PEOPLE = range(500, 540)
SETTLED_AS = (State.SENT, State.UNCERTAIN, State.UNREACHABLE, State.FAILED)


async def begun(session: AsyncSession) -> BroadcastId:
    """A broadcast of which nothing has been sent yet."""
    content = Content("sendMessage", {"text": "Free haircuts"})
    row = await broadcasts.create(session, COORDINATOR, content, Segment(), Topic.NEWS, NOON, NOON)
    row.state, row.started_at, row.total = BroadcastState.RUNNING, NOON, len(PEOPLE)
    for person in PEOPLE:
        session.add(Delivery(recipient=PersonId(person), priority=3, due=NOON, kind="broadcast", broadcast_id=row.id))
    return row.id


async def recounted(session: AsyncSession, broadcast_id: BroadcastId) -> dict[State, int]:
    chosen = select(Delivery.state, func.count()).where(Delivery.broadcast_id == broadcast_id)
    found = {state: count for state, count in await session.execute(chosen.group_by(Delivery.state))}  # noqa: C416
    return {state: count for state, count in found.items() if state >= State.SENT}


async def test_a_long_broadcast_is_counted_in_steps_of_bounded_length(database: Database) -> None:
    async with database.writing() as session:
        broadcast_id = await begun(session)
        ids = (await session.scalars(select(Delivery.id).order_by(Delivery.id))).all()
        claimed = await queue.claim(session, NOON, len(PEOPLE))
        assert len(claimed) == len(ids)
        for at, delivery_id in enumerate(ids):
            await queue.settle(session, [Outcome(delivery_id, State.SENT, 0)], NOON + timedelta(seconds=at // 2))
        row = await session.get_one(Broadcast, broadcast_id)
        row.state, row.finished_at = BroadcastState.DONE, NOON + timedelta(seconds=20)
    later, seen = NOON + timedelta(minutes=5), []
    with patch.object(tallies, "AT_ONCE", 8):
        more = True
        while more:
            async with database.writing() as session:
                more = await tallies.carry_on(session, later)
                tally = await tally_table.find(session, broadcast_id)
                assert tally is not None
                seen.append(tally.by_state[State.SENT])
                assert (await tallies.counts(session, broadcast_id))[State.SENT] == len(PEOPLE)
    assert seen[:5] == [8, 16, 24, 32, 40]
    async with database.reading() as session:
        row = await session.get_one(Broadcast, broadcast_id)
        assert row.delivered == len(PEOPLE)
        end = NOON + timedelta(seconds=20)
        assert await tallies.timeline(session, broadcast_id, NOON, end, 4) == [12, 10, 10, 8]


async def test_a_clock_that_was_set_back_has_it_counted_anew(database: Database) -> None:
    async with database.writing() as session:
        broadcast_id = await begun(session)
        ahead = NOON + timedelta(hours=1)
        first, second = (await queue.claim(session, NOON, len(PEOPLE)))[:2]
        await queue.settle(session, [Outcome(first.id, State.SENT, 0)], ahead)
        assert await tallies.carry_on(session, ahead + timedelta(minutes=5))
        await queue.settle(session, [Outcome(second.id, State.SENT, 0)], NOON + timedelta(minutes=3))
        while await tallies.carry_on(session, NOON + timedelta(minutes=8)):
            pass
        assert await tallies.counts(session, broadcast_id) == {State.SENT: 2}


@pytest.mark.parametrize("is_counted_already", [False, True])
async def test_who_is_erased_while_the_clock_counts_is_no_reader_any_more(
    database: Database, *, is_counted_already: bool
) -> None:
    first, *others = map(PersonId, PEOPLE[:3])
    now = NOON + timedelta(minutes=5)
    async with database.writing() as session:
        broadcast_id = await begun(session)
        claimed = await queue.claim(session, NOON, len(PEOPLE))
        await queue.settle(session, [Outcome(one.id, State.SENT, 0) for one in claimed], NOON)
        await reads.note_read(session, broadcast_id, first, NOON)
        if is_counted_already:
            await tallies.carry_on(session, now)
        for person in others:
            await reads.note_read(session, broadcast_id, person, now)
        now += timedelta(minutes=5)

    read_within, erasing = reads.read_within, list[asyncio.Task[None]]()

    async def erased() -> None:
        async with database.writing() as session:
            await reads.erase(session, first)

    async def read_while_somebody_is_erased(*arguments: Any) -> int:
        found = await read_within(*arguments)
        erasing.append(asyncio.create_task(erased()))
        await asyncio.wait(erasing, timeout=0.5)  # or until it waits for the clock
        return found

    with patch.object(reads, "read_within", read_while_somebody_is_erased):
        async with database.writing() as session:
            await tallies.carry_on(session, now)
    await asyncio.gather(*erasing)
    async with database.reading() as session:
        assert await reads.read_count(session, broadcast_id) == len(others)


class Sending(RuleBasedStateMachine):
    """A broadcast is sent, fails, is tried again, paused, stopped and recalled; people are erased; the clock counts."""

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        self.database = opened(new_file(Path(self._folder.name) / "sending.db"))
        self._steps = patch.object(tallies, "AT_ONCE", 3), patch.object(tallies, "POINTS", 8)
        for one in self._steps:
            one.start()
        self.now = NOON
        self.id = self.run(self._written(begun))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    async def _written(self, work: Any) -> Any:
        async with self.database.writing() as session:
            return await work(session)

    async def _row(self, session: AsyncSession) -> Broadcast:
        return await session.get_one(Broadcast, self.id, populate_existing=True)

    @rule(seconds=st.integers(1, 200))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(count=st.integers(1, 9), state=st.sampled_from(SETTLED_AS), late=st.integers(0, 20))
    def some_are_settled(self, count: int, state: State, late: int) -> None:
        async def work(session: AsyncSession) -> None:
            claimed = await queue.claim(session, self.now, count)
            outcomes = [Outcome(one.id, state, 1) for one in claimed if one.broadcast_id == self.id]
            if outcomes:
                await queue.settle(session, outcomes, self.now - timedelta(seconds=late))

        self.run(self._written(work))

    @rule()
    def is_counted_on(self) -> None:
        self.run(self._written(lambda session: tallies.carry_on(session, self.now)))

    @rule(what=st.sampled_from(("pause", "resume", "cancel")))
    def is_moved(self, what: str) -> None:
        async def work(session: AsyncSession) -> None:
            await broadcasts.move(session, self.id, what, self.now)

        with contextlib.suppress(NotNow):
            self.run(self._written(work))

    @rule()
    def the_clock_ticks(self) -> None:
        async def work(session: AsyncSession) -> None:
            await running_broadcasts.hold_stragglers(session, self.now)
            await running_broadcasts.finish_idle(session, self.now)

        self.run(self._written(work))

    @rule()
    def the_failed_are_tried_again(self) -> None:
        async def work(session: AsyncSession) -> None:
            await broadcasts.retry_failed(session, await self._row(session), self.now)

        with contextlib.suppress(NotNow):
            self.run(self._written(work))

    @rule(person=st.sampled_from(PEOPLE))
    def somebody_is_erased(self, person: int) -> None:
        async def work(session: AsyncSession) -> None:
            await reads.erase(session, PersonId(person))
            await retention.erase(session, PersonId(person))

        self.run(self._written(work))

    @rule(person=st.sampled_from(PEOPLE))
    def somebody_confirms(self, person: int) -> None:
        with contextlib.suppress(NotNow):
            self.run(self._written(lambda session: reads.note_read(session, self.id, PersonId(person), self.now)))

    @precondition(lambda self: self.now > NOON + timedelta(minutes=5))
    @rule()
    def is_recalled(self) -> None:
        async def work(session: AsyncSession) -> None:
            await corrections.recall(session, await self._row(session), self.now)

        with contextlib.suppress(NotNow):
            self.run(self._written(work))

    @invariant()
    def comes_to_the_same(self) -> None:
        self.run(self._compare())

    async def _compare(self) -> None:
        async with self.database.reading() as session:
            expected = await recounted(session, self.id)
            assert await tallies.counts(session, self.id) == expected
            row = await self._row(session)
            assert row.delivered in (None, expected.get(State.SENT, 0))
            start, end = NOON, self.now + timedelta(seconds=1)
            edges = [start + at * (end - start) / 5 for at in range(6)]
            within = [
                await session.scalar(
                    select(func.count())
                    .select_from(Delivery)
                    .where(Delivery.broadcast_id == self.id, Delivery.state == State.SENT)
                    .where(Delivery.done_at <= edge)
                )
                for edge in edges[1:]
            ]
            timeline = await tallies.timeline(session, self.id, start, end, 5)
            begun_before = await of_broadcasts.sent_within(session, self.id, [(None, NOON - timedelta(microseconds=1))])
            assert [sum(timeline[: at + 1]) + begun_before[0] for at in range(5)] == within
            confirmed = select(func.count()).select_from(BroadcastRead)
            assert await reads.read_count(session, self.id) == await session.scalar(confirmed)
            tally = await tally_table.find(session, self.id)
            assert tally is None or len(tally.points) <= tallies.POINTS

    def teardown(self) -> None:
        for one in self._steps:
            one.stop()
        self.run(self.database.close())
        self._loop.close()
        self._folder.cleanup()


TestSending = Sending.TestCase
TestSending.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
