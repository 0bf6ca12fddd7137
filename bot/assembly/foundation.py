"""What everything else is built on: the config, the database, the clocks, settings, metrics, the leader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from bot.background.leader_election import Leader
from bot.background.task_runner import TaskRunner
from bot.config.config import Config
from bot.config.runtime_settings import RuntimeSettings, staff_of
from bot.observability.database_watch import DatabaseWatch
from bot.observability.error_reporter import ErrorReporter
from bot.observability.metrics import Metrics
from bot.observability.queue_metrics import process_at
from handlers.chat.ports import Process
from storage.coordination.looks import Looks
from storage.coordination.notifications import Notifications
from storage.database import Database
from storage.people.staff import Staff

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Foundation:
    """`clock` gives the time of day in UTC, `monotonic` seconds that never go back."""

    config: Config
    database: Database
    clock: Clock
    monotonic: Callable[[], float]
    metrics: Metrics
    staff: Staff
    settings: RuntimeSettings
    leader: Leader
    database_watch: DatabaseWatch
    errors: ErrorReporter
    looks: Looks
    runner: TaskRunner
    process: Callable[[], Process]
    notifications: Notifications | None
    """On PostgreSQL, what the processes tell each other."""

    @property
    def polls(self) -> bool:
        """Whether updates are asked for; else Telegram brings them to the webhook."""
        return self.config.telegram.mode == "polling"


def build_foundation(config: Config, database: Database, clock: Clock, monotonic: Callable[[], float]) -> Foundation:
    metrics, staff = Metrics(), staff_of(config)
    process = partial(process_at, config.data.folder, clock())
    leader = Leader(database, lambda: process().name)
    watch = DatabaseWatch(metrics, monotonic)
    database.watch = watch
    errors = ErrorReporter(database, staff, clock, metrics, watch)
    looks = Looks(database.written, monotonic, alone=config.telegram.mode == "polling")
    return Foundation(
        config=config,
        database=database,
        clock=clock,
        monotonic=monotonic,
        metrics=metrics,
        staff=staff,
        settings=RuntimeSettings(config, database),
        leader=leader,
        database_watch=watch,
        errors=errors,
        looks=looks,
        runner=TaskRunner(errors, leader.leads, monotonic, looks),
        process=process,
        notifications=Notifications(database) if database.is_postgresql else None,
    )
