"""The running bot: the one place where the parts meet, start and stop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

from aiohttp import web

from bot.assembly.background import build_background
from bot.assembly.browser import build_browser
from bot.assembly.foundation import build_foundation
from bot.assembly.services import Extensions, build_services
from bot.assembly.telegram import build_telegram
from bot.assembly.updates import build_updates
from bot.background.periodic_task import PeriodicTask
from bot.backup import leftovers
from bot.config.config import Config
from bot.observability.readiness import Readiness
from bot.web import health
from bot.web.calendar import CalendarFeed
from bot.web.webhook import BODY_LIMIT
from handlers import features
from handlers.chat.feature import Feature
from handlers.chat.ports import Geocoder
from handlers.features import FEATURES
from schedules.job import Job
from schedules.jobs import jobs, switched_on
from storage import keys, schema, schema_comparison
from storage.database import Database


def system_clock() -> datetime:
    return datetime.now(UTC)


class App:
    """The running bot: `start`, then `run` until `leave`, then `close`. `add_routes` serves it over HTTP."""

    def __init__(
        self,
        config: Config,
        database: Database,
        clock: Callable[[], datetime] = system_clock,
        monotonic: Callable[[], float] = time.monotonic,
        geocoder: Geocoder | None = None,
        all_features: Sequence[Feature] = FEATURES,
        all_jobs: Sequence[Job] = (),
    ) -> None:
        self.base = build_foundation(config, database, clock, monotonic)
        self.telegram = build_telegram(self.base)
        off = config.features.off
        on_the_clock = switched_on(all_jobs or jobs(), off)
        extensions = Extensions(features.offered(all_features, off), on_the_clock, geocoder)
        self.services = build_services(self.base, self.telegram, extensions)
        self.updates = build_updates(self.base, self.telegram, self.services, extensions)
        self._browser = build_browser(self.base, self.services, extensions)
        self.background = build_background(
            self.base, self.telegram, self.services, self.updates, extensions, self._browser
        )
        self.readiness = Readiness(
            self.base.leader,
            self.telegram.reach,
            self.base.database_watch,
            self.left,
            self._is_taking,
            polls=self.base.polls,
        )
        self._calendar = CalendarFeed(database, self.services.context, clock)
        self._show_gauges()

    @property
    def left(self) -> asyncio.Event:
        """Set once the process leaves."""
        return self.base.runner.stopping

    @property
    def is_ready(self) -> bool:
        return self.readiness.is_ready

    def _is_taking(self) -> bool:
        return self.updates.polling.is_taking if self.base.polls else self.telegram.pacer.share > 0

    def _show_gauges(self) -> None:
        metrics, pacer, sender = self.base.metrics, self.telegram.pacer, self.background.delivery_sender
        metrics.gauge("updates_in_flight", "Updates being worked on", lambda: self.updates.in_flight)
        metrics.gauge("stations", "Stations in memory", lambda: len(self.services.directory.index))
        metrics.gauge("messages_waiting", "Messages that wait for their turn", lambda: pacer.waiting)
        metrics.gauge("deliveries_in_flight", "Deliveries being sent", lambda: sender.in_flight)
        metrics.gauge("send_quota", "Messages a second that this process may send", lambda: pacer.share)
        metrics.gauge("chats_silent", "Chats that wait since Telegram refused them", lambda: pacer.chats.silent)
        reach = self.telegram.reach
        metrics.gauge("telegram_silent_seconds", "Since Telegram last answered", lambda: reach.silent_for)
        metrics.gauge("updates_contested", "1 while another program takes them too", lambda: reach.is_contested)
        metrics.gauge("is_leader", "1 if this process leads", self.base.leader.leads)

    async def start(self) -> None:
        """Everything up to the first update. It waits for Telegram as long as that takes.

        Raises:
            InvalidToken: Telegram does not know the bot.
        """
        base, telegram, leader = self.base, self.telegram, self.base.leader
        await schema.migrate(base.database)
        async with base.database.reading() as session:
            await schema_comparison.compare(session)
        async with base.database.writing() as session:
            await keys.check(session)
        await telegram.transport.initialize()
        await asyncio.gather(base.settings.refresh(), self.services.context.blocks.refresh())
        await asyncio.to_thread(leftovers.sweep, base.config.backup.folder)
        await self.updates.in_hand.begin(base.config.data.folder)
        base.runner.repeat(PeriodicTask("leader", leader.pause, leader.look, finish=leader.give_back))
        await asyncio.gather(self.services.directory.refresh(), telegram.introduce())
        await telegram.webhook_keeper.choose()
        telegram.reach.answered()
        base.runner.repeat(*self.background.tasks)
        base.runner.run(self.background.delivery_sender.run(), "the sender of deliveries")
        self.services.scheduler.start()
        self.readiness.start()
        self.updates.webhook.is_open = not self.left.is_set()

    def watch_clock(self) -> None:
        """Has the machine's clock looked at, which is this program's."""
        self.base.runner.repeat(self.background.clock)

    async def run(self) -> None:
        """Takes updates until `leave`; in webhook mode they come by themselves."""
        if self.base.polls:
            await self.updates.polling.run()
        else:
            await self.left.wait()

    def leave(self) -> None:
        """No new updates from now on; what is in hand is finished by `run` and by the web server's shutdown."""
        self.base.runner.stop()
        self.updates.webhook.is_open = False
        self.updates.polling.close()
        self.background.delivery_sender.leave()
        self.updates.in_hand.leave()

    async def close(self) -> None:
        """Leaves, ends what is still running, and lets go of Telegram and the database."""
        self.leave()
        await self.services.scheduler.stop()
        await self.base.runner.close()
        await self.updates.outbox.marks.close()
        await self.telegram.transport.shutdown()
        if self.services.geocoder is not None:
            await self.services.geocoder.close()
        await self.base.database.close()

    def web_application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT)
        self.add_routes(application)
        return application

    def add_routes(self, application: web.Application) -> None:
        """What this process serves: pages, health, metrics, and the webhook at the path of its URL."""
        self._calendar.add_routes(application)
        self._browser.add_routes(application)
        health.add_routes(application, self.readiness, self.base.metrics, self.background.queue_metrics)
        if not self.base.polls:
            path = urlsplit(self.base.config.telegram.webhook_url).path
            application.router.add_post(path, self.updates.webhook.take)
