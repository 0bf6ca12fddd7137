"""Reminders: a tick among a million of them, an idle tick, and moving an activity with 50,000 sign-ups."""

from __future__ import annotations

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select

from benchmarks.support.processes import postgresql
from benchmarks.support.report import Result
from bot.config.config import load
from bot.config.runtime_settings import settings_of
from schedules import reminders as ticking
from schedules.context import ClockContext
from storage import schema
from storage.activities import activity_reminders, changes, participants, planning, reminders
from storage.activities.activities import Kind
from storage.activities.notices import ActivityChanged
from storage.activities.participants import PlaceState, SignUp
from storage.activities.planning import Plan
from storage.activities.reminders import Reminder
from storage.database import Database, open_database
from storage.deliveries import queue as delivery_queue
from storage.deliveries.table import Delivery
from storage.encryption import Vault
from storage.hours.quiet_hours import QuietHours
from storage.operations.organisation import CurrentSettings
from storage.people.staff import Staff
from storage.telegram_ids import PersonId

MILLION, DUE, SIGNED_UP, RUNS, IDLE_RUNS = 1_000_000, 1_000, 50_000, 5, 200
LOUD = QuietHours.of("00:00-00:00", ZoneInfo("UTC"))
LEADS = (timedelta(hours=24), timedelta(hours=2))


async def add_rows(database: Database, count: int, due: datetime, subject: int) -> None:
    """Reminders of this subject, one second apart from `due` on."""
    for first in range(0, count, 10_000):
        rows = [
            {
                "person_id": number,
                "kind": "bench",
                "subject": subject,
                "lead": 0,
                "due": due + timedelta(seconds=number),
                "expires_at": due + timedelta(days=400),
            }
            for number in range(first, min(first + 10_000, count))
        ]
        async with database.writing(apart=True) as session:
            connection = await session.connection()
            await connection.execute(insert(Reminder), rows)


async def ticks(database: Database, now: datetime) -> tuple[float, float]:
    """Milliseconds of a tick that claims 1,000, and of one that finds nothing; medians."""
    busy, context = [], ClockContext(CurrentSettings(settings_of(load(Path("none.toml")))), Staff())
    for run in range(RUNS):
        await add_rows(database, DUE, now - timedelta(hours=1), run + 1)
        started = time.perf_counter()
        async with database.writing(apart=True) as session:
            assert await ticking.run(session, now, context)
        busy.append(time.perf_counter() - started)
    idle = []
    for _ in range(IDLE_RUNS):
        started = time.perf_counter()
        async with database.writing(apart=True) as session:
            assert not await ticking.run(session, now, context)
        idle.append(time.perf_counter() - started)
    return statistics.median(busy) * 1e3, statistics.median(idle) * 1e3


async def moving(database: Database, now: datetime) -> float:
    """Seconds to move an activity with 50,000 sign-ups: its reminders planned again, and everybody told."""
    starts = now + timedelta(days=10)
    plan = Plan("Festival", Kind.GAMES, starts, starts + timedelta(hours=2))
    async with database.writing(apart=True) as session:
        row = await planning.create(session, plan, PersonId(1), now)
        await planning.publish(session, row.id, now)
        connection = await session.connection()
        await connection.execute(
            insert(SignUp),
            [
                {
                    "activity_id": row.id,
                    "person_id": person,
                    "state": PlaceState.PLACED,
                    "guests": 0,
                    "at": now,
                    "queued_at": now,
                    "walked_in": False,
                    "round": 1,
                }
                for person in range(1, SIGNED_UP + 1)
            ],
        )
        await activity_reminders.plan(session, row, LEADS, now, LOUD)
    started = time.perf_counter()
    async with database.writing(apart=True) as session:
        later = starts + timedelta(days=1)
        change = await planning.change(
            session, row.id, Plan("Festival", Kind.GAMES, later, later + timedelta(hours=2)), now
        )
        await activity_reminders.plan(session, change.row, LEADS, now, LOUD)
        number = await changes.note(session, change)
        told = await delivery_queue.tell_all(
            session, participants.participant_ids(row.id, participants.TAKING), ActivityChanged(number), now
        )
    taken = time.perf_counter() - started
    async with database.reading() as session:
        assert told == SIGNED_UP
        counted = await reminders.counted(session, activity_reminders.ACTIVITY, row.id)
        assert counted == {int(lead.total_seconds()): SIGNED_UP for lead in LEADS}
        assert await session.scalar(select(Delivery.id).limit(1)) is not None
    async with database.writing(apart=True) as session:
        await session.execute(delete(Delivery))
    return taken


def job_store(url: str) -> float:
    """Milliseconds in which APScheduler's own job store adds 1,000 jobs."""
    from apscheduler.schedulers.background import BackgroundScheduler

    scheduler = BackgroundScheduler()
    scheduler.add_jobstore("sqlalchemy", url=url)
    scheduler.start(paused=True)
    run_at = datetime.now(UTC) + timedelta(days=30)
    started = time.perf_counter()
    for number in range(DUE):
        scheduler.add_job("time:time", "date", run_date=run_at, id=str(number))
    taken = time.perf_counter() - started
    scheduler.shutdown()
    return taken * 1e3


async def measured(url: str, kind: str, folder: Path) -> list[Result]:
    database = open_database(url, Vault([bytes(32)]))
    await schema.migrate(database)
    now = datetime.now(UTC)
    await add_rows(database, MILLION, now + timedelta(days=1), 0)
    await database.checkpoint(above=1)
    busy, idle = await ticks(database, now)
    moved = await moving(database, now)
    await database.close()
    peer = await asyncio.to_thread(job_store, f"sqlite:///{folder}/jobs-{kind}.db")
    return [
        Result(f"tick claiming 1,000 due of 1,000,000, {kind}", busy, "ms", "APScheduler adds 1,000 jobs", peer),
        Result(f"tick claiming 1,000 due, {kind}", busy, "ms", goal="<= 50"),
        Result(f"idle tick, {kind}", idle, "ms", goal="<= 1"),
        Result(f"moving an activity with 50,000 sign-ups, {kind}", moved, "s"),
    ]


async def measure(folder: Path) -> list[Result]:
    results = await measured(f"sqlite+aiosqlite:///{folder}/reminders.db", "SQLite", folder)
    with postgresql(folder) as url:
        results += await measured(url, "PostgreSQL", folder)
    return results
