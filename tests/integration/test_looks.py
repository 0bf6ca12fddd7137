"""Looks at the database that are left out: none that could have found something is."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.background.periodic_task import PeriodicTask
from schedules.job import Job
from storage.coordination.looks import AT_LEAST_EVERY, AT_LEAST_EVERY_UNSEEN, Looks
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.queue import Addressed
from storage.deliveries.table import Delivery, State
from storage.engine.write_detection import WrittenTables, tables_written
from storage.membership.notices import ReviewsWait
from storage.people.people import PersonRow
from storage.telegram_ids import PersonId
from tests.support.databases import new_file, opened
from tests.support.simulator import COORDINATOR, NOON, Town

RIDER = PersonId(5)
_READ = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)"?')


class Stage:
    """A clock, and what was written."""

    def __init__(self, *, alone: bool = True, sees_others: bool = True) -> None:
        self.now = 0.0
        self.written = WrittenTables(sees_others=sees_others)
        self.looks = Looks(self.written, lambda: self.now, alone=alone)

    def is_worth(self) -> bool:
        return self.looks.is_worth("sample", frozenset({"cases"}))


def test_a_look_is_left_out_until_something_is_written_to_its_tables() -> None:
    stage = Stage()
    assert stage.is_worth()
    assert not stage.is_worth()
    stage.written.note(["people"])
    assert not stage.is_worth(), "that is another table"
    stage.written.note(["people", "cases"])
    assert stage.is_worth()
    assert not stage.is_worth()
    stage.written.note(["*"])
    assert stage.is_worth(), "that may have been any table"


@pytest.mark.parametrize(("sees_others", "seconds"), [(True, AT_LEAST_EVERY), (False, AT_LEAST_EVERY_UNSEEN)])
def test_a_look_is_never_left_out_for_long(*, sees_others: bool, seconds: float) -> None:
    """A command line may have written beside this process."""
    stage = Stage(sees_others=sees_others)
    assert stage.is_worth()
    stage.now += seconds - 0.1
    assert not stage.is_worth()
    stage.now += 0.1
    assert stage.is_worth()


def test_a_look_that_failed_is_repeated() -> None:
    stage = Stage()
    assert stage.is_worth()
    stage.looks.forget("sample")
    assert stage.is_worth()


def test_none_is_left_out_where_others_handle_updates_too() -> None:
    """Unless they are heard."""
    stage = Stage(alone=False, sees_others=False)
    assert all(stage.is_worth() for _ in range(3))
    stage.written.see_others(sees=True)
    assert [stage.is_worth() for _ in range(3)] == [True, False, False]
    stage.written.see_others(sees=False)
    assert all(stage.is_worth() for _ in range(3))


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("INSERT INTO people (id) VALUES (1)", {"people"}),
        ('UPDATE "updates" SET x=1', {"updates"}),
        ("DELETE FROM cases WHERE id IN (SELECT id FROM people)", {"cases"}),
        ("WITH gone AS (DELETE FROM doors RETURNING 1) INSERT INTO cases SELECT 1", {"doors", "cases"}),
        ("INSERT INTO cases (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 2", {"cases"}),
        ("SELECT id FROM people FOR UPDATE", set()),
        ("UPDATE OR IGNORE people SET x=1", {"people"}),
        ("UPDATE main.people SET x=1", {"people"}),
        ("INSERT OR REPLACE INTO people VALUES (1)", {"people"}),
        ("REPLACE INTO people VALUES (1)", {"people"}),
        ("DROP INDEX somewhere", {"*"}),
    ],
)
def test_the_tables_that_a_statement_changes(statement: str, tables: set[str]) -> None:
    assert tables_written(statement) == tables


async def test_what_is_committed_is_noted_and_nothing_else(database: Database) -> None:
    def people() -> int:
        return database.written.last(["people"])

    before = people()
    async with database.writing() as session:
        session.add(PersonRow(id=RIDER, first_seen=NOON, last_seen=NOON))
    assert people() > before, "also what is only flushed by the commit"
    before = people()
    with pytest.raises(ZeroDivisionError):
        async with database.writing() as session:
            await session.execute(update(PersonRow).values(language="zh_Hans"))
            raise ZeroDivisionError
    async with database.writing():
        pass
    assert people() == before


async def test_what_another_process_writes_is_noticed_with_the_next_transaction(tmp_path: Path) -> None:
    url = new_file(tmp_path / "x.db")
    here, there = opened(url), opened(url)

    async def see(database: Database, number: int) -> None:
        async with database.writing() as session:
            session.add(PersonRow(id=PersonId(number), first_seen=NOON, last_seen=NOON))

    await see(here, 1)
    before = here.written.last(["cases"])
    await see(here, 2)
    assert here.written.last(["cases"]) == before, "nobody else has written"
    await see(there, 3)
    async with here.writing():
        pass
    assert here.written.last(["cases"]) > before, "that may have been any table"
    await here.close()
    await there.close()


async def test_the_next_delivery_is_known(database: Database) -> None:
    later = NOON + timedelta(hours=8)
    async with database.writing() as session:
        assert await delivery_queue.next_due(session) is None
        key = await delivery_queue.add(session, Addressed(RIDER, ReviewsWait(1), later))
        assert await delivery_queue.next_due(session) == later
        await delivery_queue.add(session, Addressed(RIDER, ReviewsWait(1), NOON, priority=3))
        assert await delivery_queue.next_due(session) == NOON
        await session.execute(update(Delivery).where(Delivery.id != key).values(state=State.SENT))
        await session.execute(
            update(Delivery).where(Delivery.id == key).values(state=State.CLAIMED, claimed_until=NOON)
        )
        assert await delivery_queue.next_due(session) == NOON, "a lease lapses"


async def test_a_notice_leaves_as_soon_as_it_is_committed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without waiting for the next look."""
    monkeypatch.setattr("bot.telegram.delivery_sender.LOOKED_EVERY", 3_600)
    monkeypatch.setattr(Looks, "at_least_every", 3_600)
    coordinator = town.rider(COORDINATOR)
    await town.until(town.app.base.leader.leads)
    town.deliver()
    await asyncio.sleep(0.1)
    for number in (1, 2):
        async with town.database.writing() as session:
            await delivery_queue.add(session, Addressed(coordinator.id, ReviewsWait(number), NOON))
        await coordinator.hears()


async def test_what_is_committed_during_a_look_is_not_forgotten(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind its back: the look has read already that nothing is due."""
    monkeypatch.setattr("bot.telegram.delivery_sender.LOOKED_EVERY", 3_600)
    monkeypatch.setattr(Looks, "at_least_every", 3_600)
    coordinator = town.rider(COORDINATOR)
    await town.until(town.app.base.leader.leads)
    notices = [Addressed(coordinator.id, ReviewsWait(1), NOON)]
    next_due = delivery_queue.next_due

    async def next_due_before(session: AsyncSession) -> datetime | None:
        found = await next_due(session)
        if notices:
            async with town.database.writing() as other:
                await delivery_queue.add(other, notices.pop())
        return found

    monkeypatch.setattr(delivery_queue, "next_due", next_due_before)
    async with town.database.writing() as session:
        await delivery_queue.add(session, Addressed(coordinator.id, ReviewsWait(2), NOON + timedelta(days=1)))
    await coordinator.hears()


async def test_each_look_names_all_tables_that_it_reads(town: Town) -> None:
    """One that it does not name would be looked at late. Empty as they are, the tables show only the first query."""
    app = town.app
    read: set[str] = set()

    @event.listens_for(town.database.engine.sync_engine, "before_cursor_execute")
    def on_execute(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        read.update(_READ.findall(statement))

    await town.until(app.base.leader.leads)
    tasks = [task for task in app.background.tasks if isinstance(task, PeriodicTask) and task.tables is not None]
    assert len(tasks) >= 5
    app.left.set()
    await app.base.runner.close()
    for task in tasks:
        read.clear()
        await task.run()
        assert read - {"pseudonym_keys"} <= (task.tables or set()), task.name


def test_a_job_that_is_left_out_says_when_it_is_due() -> None:
    """Its tables say nothing about time."""
    from schedules.jobs import jobs

    def needs_no_time(job: Job) -> bool:
        return job.tables is None or job.name in ("reviews", "figures")

    assert all(needs_no_time(job) or job.next_due is not None for job in jobs())


def test_how_long_a_look_can_find_nothing_is_known() -> None:
    stage, tables = Stage(), frozenset({"cases"})
    assert stage.looks.seconds_until_worth("sample", tables) == 0.0, "it has not looked yet"
    stage.is_worth()
    stage.now += 10
    assert stage.looks.seconds_until_worth("sample", tables) == AT_LEAST_EVERY - 10
    assert stage.looks.seconds_until_worth("sample", None) == 0.0
    stage.written.note(["cases"], wakes=False)
    assert stage.looks.seconds_until_worth("sample", tables) == 0.0
