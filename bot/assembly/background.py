"""What goes on beside the chats, and how often."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bot.assembly.foundation import Foundation
from bot.assembly.services import Extensions, Services
from bot.assembly.telegram import Telegram
from bot.assembly.updates import Updates
from bot.background import (
    broadcast_progress,
    case_forum,
    change_watcher,
    check_in_codes,
    clock_watch,
    demand_counter,
    evidence_fetcher,
    station_directory,
)
from bot.background.broadcast_progress import BroadcastProgress
from bot.background.case_forum import CaseForum
from bot.background.change_watcher import ChangeWatcher
from bot.background.check_in_codes import CheckInCodeUpdater
from bot.background.clock_watch import ClockWatch
from bot.background.demand_counter import DemandCounter
from bot.background.evidence_fetcher import EvidenceFetcher
from bot.background.periodic_task import PeriodicTask
from bot.background.weather_watch import WeatherWatch
from bot.backup import daily as daily_backup
from bot.backup import monthly_drill
from bot.backup.monthly_drill import MonthlyDrill
from bot.observability import database_alarm
from bot.observability.database_alarm import DatabaseAlarm
from bot.observability.database_watch import Trouble
from bot.observability.queue_metrics import QueueMetrics
from bot.telegram import menus, webhook_keeper
from bot.telegram.delivery_sender import DeliverySender
from bot.telegram.menus import MenuPublisher
from bot.telegram.rendering import Rendering
from bot.updates import answer_leases, reply_outbox
from bot.weather import WeatherService
from bot.web.browser import Browser
from handlers.admin import database_trouble
from handlers.chat.feature import AllFeatures
from storage import keys
from storage.activities import check_ins
from storage.broadcasts import broadcasts
from storage.campaigns.demands import table as demands
from storage.cases import queue as case_queue
from storage.cases.files import evidence as stored_evidence
from storage.console import passes
from storage.coordination import change_counters
from storage.operations import settings
from storage.people import blocks, roles
from storage.scratch import Scratch
from storage.stations import stations
from storage.telegram_ids import PersonId
from storage.updates import strikes

CHECKPOINT_EVERY = 2.0


@dataclass(frozen=True, slots=True)
class Background:
    delivery_sender: DeliverySender
    broadcast_progress: BroadcastProgress
    check_in_codes: CheckInCodeUpdater
    case_forum: CaseForum
    evidence_fetcher: EvidenceFetcher
    queue_metrics: QueueMetrics
    menus: MenuPublisher
    changes: ChangeWatcher
    clock: PeriodicTask
    """For a program whose clock is the machine's; a test sets its own."""
    tasks: Sequence[PeriodicTask]
    """In the order in which they are started."""


def build_background(
    base: Foundation,
    telegram: Telegram,
    services: Services,
    updates: Updates,
    extensions: Extensions,
    browser: Browser,
) -> Background:
    """Builds the sender of deliveries and the periodic tasks."""
    database, clock, courier, context = base.database, base.clock, telegram.courier, services.context
    rendering = Rendering(database, context, services.routes, base.config, clock)
    sender = DeliverySender(
        database,
        courier,
        rendering.render,
        clock,
        base.leader,
        base.config.telegram.messages_per_second,
        base.staff,
        base.looks,
    )
    progress = BroadcastProgress(database, courier, context, clock)
    codes = CheckInCodeUpdater(database, courier, context, clock)
    forum = CaseForum(database, courier, context, clock, base.monotonic)
    evidence = EvidenceFetcher(database, telegram.api.download, clock, partial(Scratch, base.config.data.folder))
    counter = DemandCounter(database)
    watched = AllFeatures(extensions.features, services.context.settings.desks).queues
    queues = QueueMetrics(database, base.metrics, clock, base.monotonic, base.leader.leads, watched, base.runner.run)
    menu_publisher = MenuPublisher(database, context, services.routes, telegram.api.call, clock)
    changes = _changes(base, services, updates, menu_publisher, browser)

    def look_again() -> None:
        services.scheduler.wake_all()
        sender.awake.set()

    watch = ClockWatch(database, base.staff, base.metrics, clock, base.monotonic, look_again)
    looking = PeriodicTask("clock", clock_watch.INTERVAL, watch.look)
    backup_drill = MonthlyDrill(database, base.staff, base.config.backup, clock)
    outbox = updates.outbox
    tasks = [
        PeriodicTask(
            "menus", menus.INTERVAL, menu_publisher.publish, wake=menu_publisher.asked, backoff=menus.backoff()
        ),
        PeriodicTask(
            "stations",
            station_directory.INTERVAL,
            services.directory.refresh,
            tables=station_directory.TABLES,
            wake=services.directory.asked,
        ),
        PeriodicTask("changes", change_watcher.INTERVAL, changes.look, tables=change_counters.TABLES),
        PeriodicTask("broadcast progress", broadcast_progress.INTERVAL, progress.show, tables=broadcasts.TABLES),
        PeriodicTask("check-in codes", check_in_codes.INTERVAL, codes.show, tables=check_ins.TABLES),
        PeriodicTask(
            "evidence", evidence_fetcher.INTERVAL, evidence.fetch, leader_only=True, tables=stored_evidence.TABLES
        ),
        PeriodicTask("case forum", case_forum.INTERVAL, forum.show, leader_only=True, tables=case_queue.TABLES),
        PeriodicTask("demands", demand_counter.INTERVAL, counter.count, leader_only=True, tables=demands.TABLES),
        # In polling mode only the leader sends, at the whole limit.
        PeriodicTask("kept answers", reply_outbox.INTERVAL, outbox.resend, leader_only=base.polls, wake=outbox.awake),
        PeriodicTask("answer leases", answer_leases.RENEWED_EVERY, outbox.leases.renew),
        PeriodicTask(
            "quota", telegram.quota.pause, telegram.quota.renew, wake=base.leader.began, finish=telegram.quota.leave
        ),
        PeriodicTask("database alarm", database_alarm.INTERVAL, _alarm(base, telegram).look),
        PeriodicTask("backups", daily_backup.INTERVAL, services.backups.look, wake=services.backups.asked),
        PeriodicTask("backup drill", monthly_drill.INTERVAL, backup_drill.look, leader_only=True),
    ]
    if base.config.features.heat and base.config.weather.service:
        service = WeatherService(base.config.weather)
        watching = WeatherWatch(service, database, base.settings.current, services.directory, clock)
        tasks.append(PeriodicTask("weather", watching.pause, watching.look, leader_only=True))
    if base.notifications is None:
        tasks.append(PeriodicTask("checkpoint", CHECKPOINT_EVERY, database.checkpoint))
    else:
        told, awake = base.notifications, database.written.untold.added
        tasks.insert(0, PeriodicTask("notifications", told.pause, told.exchange, wake=awake, finish=told.close))
    if not base.polls:
        tasks.insert(0, PeriodicTask("webhook", webhook_keeper.INTERVAL, telegram.webhook_keeper.look))
    return Background(sender, progress, codes, forum, evidence, queues, menu_publisher, changes, looking, tasks)


def _alarm(base: Foundation, telegram: Telegram) -> DatabaseAlarm:
    language, host = base.config.organisation.language, socket.gethostname()

    async def send(admin: PersonId, words: str) -> None:
        await telegram.api.call("sendMessage", {"chat_id": admin, "text": words})

    def begun(trouble: Trouble) -> str:
        return database_trouble.trouble_words(language, host, trouble.cause, trouble.error_id)

    def over(trouble: Trouble) -> str:
        return database_trouble.recovered_words(language, host, trouble.error_id)

    admins = base.config.people.admins
    return DatabaseAlarm(base.database, base.database_watch, send, admins, (begun, over), base.monotonic)


def _changes(
    base: Foundation, services: Services, updates: Updates, menu_publisher: MenuPublisher, browser: Browser
) -> ChangeWatcher:
    async def read_keys_again() -> None:
        base.database.vault.renew()

    async def rights_changed() -> None:
        menu_publisher.asked.set()
        await browser.live.look_again()

    async def blocks_changed() -> None:
        await services.context.blocks.refresh()
        await browser.live.look_again()

    async def refresh_stations() -> None:
        services.directory.asked.set()

    reactions = {
        stations.VERSION: refresh_stations,
        keys.VERSION: read_keys_again,
        roles.VERSION: rights_changed,
        settings.VERSION: base.settings.refresh,
        blocks.VERSION: blocks_changed,
        passes.VERSION: browser.live.look_again,
        strikes.VERSION: updates.in_hand.refresh,
    }
    return ChangeWatcher(base.database, reactions)
