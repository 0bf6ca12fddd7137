"""Reminders: each once, in time or late while it helps, whatever moves, lapses or restarts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from schedules import reminders as ticking
from schedules.context import ClockContext
from schedules.scheduler import Scheduler
from storage.activities import activities, activity_reminders, participants, planning, reminders
from storage.activities.ids import ActivityId
from storage.activities.reminders import Reminder
from storage.coordination.looks import Looks
from storage.database import Database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.table import Delivery
from storage.hours.quiet_hours import QuietHours
from storage.telegram_ids import PersonId
from tests.support.activities import SATURDAY, basketball, published, signs_up
from tests.support.settings import clock_context
from tests.support.simulator import NOON, PATIENCE

SHANGHAI = ZoneInfo("Asia/Shanghai")
LOUD = QuietHours.of("00:00-00:00", SHANGHAI)
NIGHT = QuietHours.of("22:00-07:00", SHANGHAI)
LEADS = (timedelta(hours=24), timedelta(hours=2))


async def planned(
    database: Database,
    activity_id: ActivityId,
    now: datetime = NOON,
    quiet: QuietHours = LOUD,
    person: PersonId | None = None,
) -> None:
    async with database.writing() as session:
        row = await activities.published(session, activity_id)
        await activity_reminders.plan(session, row, LEADS, now, quiet, person)


async def waiting(database: Database) -> list[tuple[int, int, datetime]]:
    """(person, hours before, due), by time."""
    async with database.reading() as session:
        rows = sorted(await session.scalars(select(Reminder)), key=lambda row: (row.due, row.person_id))
        return [(row.person_id, row.lead // 3_600, row.due) for row in rows]


async def tick(database: Database, now: datetime) -> list[int]:
    """What the clock does; who is to be reminded by it."""
    async with database.writing() as session:
        before = set(await session.scalars(select(Delivery.id)))
        while await ticking.run(session, now, clock_context()):
            pass
        rows = (await session.scalars(select(Delivery).order_by(Delivery.id))).all()
        return sorted(row.recipient for row in rows if row.id not in before)


async def test_each_lead_comes_once(database: Database) -> None:
    activity_id = await published(database)
    for person in (1, 2):
        await signs_up(database, activity_id, person)
    await signs_up(database, activity_id, 3)  # waits, so is not reminded
    await planned(database, activity_id)
    assert [(person, lead) for person, lead, _ in await waiting(database)] == [(1, 24), (2, 24), (1, 2), (2, 2)]
    assert await tick(database, SATURDAY - timedelta(hours=25)) == []
    assert await tick(database, SATURDAY - timedelta(hours=24)) == [1, 2]
    assert await tick(database, SATURDAY - timedelta(hours=24)) == []
    assert await tick(database, SATURDAY - timedelta(hours=30)) == [], "the clock jumped back"
    assert await tick(database, SATURDAY - timedelta(hours=2)) == [1, 2]
    assert await tick(database, SATURDAY) == []


async def test_who_signs_up_late_gets_the_later_ones(database: Database) -> None:
    activity_id = await published(database)
    await signs_up(database, activity_id, 1)
    await planned(database, activity_id, SATURDAY - timedelta(hours=5), person=PersonId(1))
    assert [lead for _, lead, _ in await waiting(database)] == [2]


async def test_late_is_better_than_never_but_not_after_the_start(database: Database) -> None:
    activity_id = await published(database)
    await signs_up(database, activity_id, 1)
    await planned(database, activity_id)
    assert await tick(database, SATURDAY - timedelta(minutes=1)) == [1, 1], "the bot was down over both"
    await planned(database, activity_id)
    assert await tick(database, SATURDAY) == []
    assert await waiting(database) == []


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2026-11-28T06:30", "2026-11-27T21:59"),  # 2 h before would be 04:30, at night
        ("2026-11-28T08:00", "2026-11-27T21:59"),
        ("2026-11-28T09:00", "2026-11-28T07:00"),  # the night is just over
        ("2026-11-28T23:00", "2026-11-28T21:00"),
    ],
)
def test_quiet_hours_move_a_reminder_earlier(starts: str, due: str) -> None:
    start, expected = (datetime.fromisoformat(text).replace(tzinfo=SHANGHAI) for text in (starts, due))
    assert reminders.due_of(start, timedelta(hours=2), NIGHT) == expected


def test_daylight_saving_moves_nothing() -> None:
    """In Berlin the clock goes back in the night of 25 October 2026: 24 hours before is an hour later on the wall."""
    berlin = ZoneInfo("Europe/Berlin")
    start = datetime(2026, 10, 25, 15, 0, tzinfo=berlin)
    due = reminders.due_of(start.astimezone(UTC), timedelta(hours=24), QuietHours.of("22:00-07:00", berlin))
    assert due.astimezone(berlin) == datetime(2026, 10, 24, 16, 0, tzinfo=berlin)
    quiet = reminders.due_of(
        datetime(2026, 10, 25, 7, 30, tzinfo=berlin), timedelta(hours=2), QuietHours.of("22:00-07:00", berlin)
    )
    assert quiet == datetime(2026, 10, 24, 21, 59, tzinfo=berlin)


async def test_what_moves_takes_its_reminders_along(database: Database) -> None:
    activity_id = await published(database)
    await signs_up(database, activity_id, 1)
    await planned(database, activity_id)
    assert await tick(database, SATURDAY - timedelta(hours=24)) == [1]
    later = timedelta(days=7)
    async with database.writing() as session:
        moved = basketball(starts_at=SATURDAY + later, ends_at=SATURDAY + later + timedelta(hours=2))
        await planning.change(session, activity_id, moved, NOON)
    await planned(database, activity_id, SATURDAY - timedelta(hours=20))
    assert [due for _, _, due in await waiting(database)] == [SATURDAY + later - lead for lead in LEADS]
    async with database.writing() as session:
        await planning.cancel(session, activity_id, "rain", NOON)
        await reminders.drop(session, activity_reminders.ACTIVITY, activity_id)
    assert await waiting(database) == []


async def test_each_chooses_how_often(database: Database) -> None:
    """For one activity, for all, by the activity, by the config, in this order."""
    own = await published(database, lead_times="3600", places=5)
    for person in (1, 2, 3):
        await signs_up(database, own, person)
    async with database.writing() as session:
        row = await participants.of(session, own, PersonId(1))
        assert row is not None
        row.leads = "7200,1800"
        await activity_reminders.choose(session, PersonId(1), "")
        await activity_reminders.choose(session, PersonId(2), "")
    await planned(database, own)
    assert [(person, due) for person, _, due in await waiting(database)] == [
        (1, SATURDAY - timedelta(hours=2)),
        (3, SATURDAY - timedelta(hours=1)),
        (1, SATURDAY - timedelta(minutes=30)),
    ]
    async with database.writing() as session:
        await activity_reminders.choose(session, PersonId(2), None)
    await planned(database, own, person=PersonId(2))
    assert [person for person, _, _ in await waiting(database)] == [1, 2, 3, 1]


async def test_two_replicas_remind_once(database: Database) -> None:
    """Both claim at the same time; no row is taken twice."""
    import asyncio

    activity_id = await published(database, places=None)
    for person in range(1, 41):
        await signs_up(database, activity_id, person)
    await planned(database, activity_id)

    async def claims() -> int:
        async with database.writing() as session:
            return await reminders.claim_due(session, SATURDAY - timedelta(hours=1), 20)

    assert sum(await asyncio.gather(*(claims() for _ in range(6)))) == 80
    async with database.reading() as session:
        assert len((await session.scalars(select(Delivery.id))).all()) == 80


async def _must_not_fail(said: str, failure: BaseException) -> None:
    raise AssertionError(said) from failure


async def test_the_next_due_time_wakes_the_clock(database: Database) -> None:
    """No polling: the job looks when a reminder was added, and again when the next one is due."""
    now, looks = [NOON], asyncio.Queue[datetime]()

    async def looked(session: AsyncSession, at: datetime, context: ClockContext) -> bool:
        looks.put_nowait(at)
        return await ticking.run(session, at, context)

    job = replace(ticking.JOB, every=timedelta(days=1), run=looked)
    scheduler = Scheduler(
        database,
        lambda: now[0],
        lambda: True,
        database.writing,
        clock_context(),
        [job],
        _must_not_fail,
        Looks(database.written, lambda: 0.0, alone=True),
    )
    scheduler.start()
    due = NOON + timedelta(seconds=0.5)
    async with database.writing() as session:
        await reminders.add(session, PersonId(7), "case", 5, SATURDAY, [SATURDAY - due], NOON, LOUD)
    async with asyncio.timeout(PATIENCE):
        assert await looks.get() == NOON
        now[0] = due
        while await looks.get() < due:
            pass
    await scheduler.stop()
    async with database.reading() as session:
        assert await session.scalar(select(Delivery.recipient)) == 7


async def test_any_feature_can_remind(database: Database) -> None:
    at = NOON + timedelta(days=100)
    leads = [timedelta(days=days) for days in (90, 30, 7, 1)]
    async with database.writing() as session:
        assert await reminders.add(session, PersonId(7), "case", 5, at, leads, NOON, LOUD) == leads
        assert await reminders.add(session, PersonId(7), "case", 5, at, leads, NOON, LOUD) == leads, "twice is once"
        assert await reminders.counted(session, "case", 5) == {int(lead.total_seconds()): 1 for lead in leads}
        assert await reminders.next_due(session) == NOON + timedelta(days=10)
        assert await reminders.claim_due(session, NOON + timedelta(days=10)) == 1
        claimed = await delivery_queue.claim(session, NOON + timedelta(days=10), 5)
        assert [(one.kind, one.subject, one.recipient, one.priority) for one in claimed] == [("remind_case", 5, 7, 2)]
