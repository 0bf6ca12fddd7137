"""The one place where objects meet."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from aiohttp import web
from telegram import error

from bot.background import case_forum, evidence_fetcher
from bot.background.broadcast_progress import PANELS_EVERY, BroadcastProgress
from bot.background.case_forum import CaseForum
from bot.background.check_in_codes import LOOKED_EVERY, CheckInCodeUpdater
from bot.background.evidence_fetcher import EvidenceFetcher
from bot.background.leader_election import Leader
from bot.background.station_directory import REFRESHED_EVERY, StationDirectory
from bot.backup import daily as backup_daily
from bot.backup.daily import DailyBackups
from bot.config.config import Config
from bot.config.runtime_settings import RuntimeSettings, staff_of
from bot.geocoding import GeopyGeocoder
from bot.observability import queue_metrics
from bot.observability.error_reporter import ErrorReporter
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from bot.observability.queue_metrics import QueueMetrics
from bot.pictures.painting import PillowPainter
from bot.telegram import webhook_keeper
from bot.telegram.courier import Courier, Later
from bot.telegram.delivery_sender import DeliverySender
from bot.telegram.intake import Polling
from bot.telegram.kept_answers import RESENT_EVERY
from bot.telegram.menus import Menus
from bot.telegram.pacing import Pacer
from bot.telegram.rate_limiter import RateLimiter
from bot.telegram.rate_quota import RateQuota
from bot.telegram.reachability import Outage, Reach, insist
from bot.telegram.rendering import Rendering
from bot.telegram.transport import AiohttpRequest
from bot.telegram.update_handler import Answering
from bot.telegram.updates_in_hand import InHand
from bot.telegram.webhook_keeper import WebhookKeeper
from bot.waiting import wait_at_most
from bot.web import health
from bot.web.calendar import CalendarFeed
from bot.web.webhook import BODY_LIMIT, Webhook
from handlers import features
from handlers.chat.bundles import Bundles, NotSent
from handlers.chat.context import AppContext, BotIdentity, OwnIdentity
from handlers.chat.feature import Feature
from handlers.chat.incoming import Json
from handlers.chat.ports import Geocoder, NotFetched, Ports
from handlers.chat.talk import Outgoing
from handlers.features import FEATURES
from schedules.context import ClockContext
from schedules.job import Job
from schedules.jobs import jobs
from schedules.scheduler import Scheduler
from storage import keys, schema
from storage.coordination import change_counters
from storage.database import Database, is_outage
from storage.operations import settings
from storage.people import blocks, people, roles
from storage.people.block_list import BlockList
from storage.people.people import PersonId
from storage.scratch import Scratch
from storage.updates import strikes

log = logger("bot.app")

_PASSING = (error.TelegramError, Later, NotFetched, NotSent)
"""What Telegram does not do right now: no error of ours."""
CLOSES_WITHIN = 1.0
_SENT_APART_TRIES = 5
_LONGEST_WAIT = 60.0
CHECKPOINT_EVERY = 2.0
WATCHED_EVERY = 1.0


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
        self.config = config
        self.database = database
        self.transport = AiohttpRequest()
        api = config.telegram.api_base_url.rstrip("/")
        self.base_url = f"{api}/bot{config.token}"
        self.metrics = Metrics()
        database.note = self.metrics.note_transaction
        self.leader = Leader(database)
        self.tuning = RuntimeSettings(config, database)
        current, staff = self.tuning.current, staff_of(config)
        organisation = current.value.organisation
        self.directory = StationDirectory(database, organisation.zone, organisation.country, clock)
        self.pacer = Pacer(
            config.telegram.messages_per_second,
            monotonic,
            config.telegram.messages_per_second_per_chat,
            config.telegram.messages_per_minute_per_group,
        )
        self._monotonic = monotonic
        self.reach = Reach(monotonic)
        self.courier = Courier(
            self.transport,
            self.base_url,
            self._unreachable,
            self.metrics,
            self.pacer,
            Outage("messages can't be sent", monotonic),
        )
        self.errors = ErrorReporter(database, staff, clock, self.metrics)
        leads = self.leader.leading.is_set
        self.scheduler = Scheduler(
            database,
            clock,
            leads,
            ClockContext(current, staff, self._metres_to_nearest, config.log_file, features.retention(all_features)),
            all_jobs or jobs(),
            self.errors.report,
        )
        self._files_url = f"{api}/file/bot{config.token}"
        scratch = partial(Scratch, config.data.folder)
        self.fetching = EvidenceFetcher(database, self.courier, self._files_url, clock, leads, scratch)
        self.backups = DailyBackups(database, organisation.zone, staff, config.backup, clock, leads)
        process = partial(queue_metrics.process_at, config.data.folder, clock())
        self.own = OwnIdentity()
        self._own_geocoder = GeopyGeocoder(config.geocoding) if config.geocoding.service else None
        self.context = AppContext(
            current,
            staff,
            BlockList(database),
            database,
            self.directory,
            self.own,
            Ports(
                painter=PillowPainter(),
                download_file=self._fetch,
                run_in_background=self._carry_out,
                wake_job=self.scheduler.wake,
                start_backup=self.backups.ask,
                process=process,
                count_form_step=self.metrics.note_step,
                settings_editor=self.tuning,
                bundles=Bundles(scratch, self._send_apart),
                geocoder=geocoder or self._own_geocoder,
            ),
        )
        routes = features.routes(all_features, self.context.settings.desks)
        limits = config.limits
        arrivals = RateLimiter(limits.actions_per_minute, limits.burst, config.telegram.messages_per_second)
        self.in_hand = InHand(database, staff, clock)
        self.answering = Answering(
            database,
            self.context,
            routes,
            self.courier,
            clock,
            self.metrics,
            arrivals,
            self.errors,
            self.in_hand,
            features.refusals(all_features),
        )
        self.delivering = DeliverySender(
            database,
            self.courier,
            Rendering(database, self.context, self.answering.routes, config, clock).render,
            clock,
            self.leader.leading,
            config.telegram.messages_per_second,
            staff,
        )
        self.hook = WebhookKeeper(config.telegram, self.call, self.reach, self.leader.leading.is_set, monotonic)
        self.polling = Polling(
            self._ask,
            self.answering.handle,
            self.leader.leading,
            monotonic,
            self.reach,
            self.metrics.updates.labels("none", "odd").inc,
            self.hook.look,
        )
        if not self.polls:
            self.transport.on_success = self.reach.answered
        self.webhook = Webhook(self.answering.handle, config.telegram.webhook_secret.get_secret_value())
        self.forum = CaseForum(database, self.courier, self.context, clock, leads)
        self.panels = BroadcastProgress(database, self.courier, self.context, clock)
        self.doors = CheckInCodeUpdater(database, self.courier, self.context, clock)
        self.calendar = CalendarFeed(database, self.context, clock)
        self.watching = QueueMetrics(database, self.metrics, clock, leads, features.queues(all_features))
        self.shares = RateQuota(
            database,
            self.pacer,
            self.leader.leading,
            clock,
            process,
            config.telegram.messages_per_second,
            together=not self.polls,
        )
        self._started = False
        self._versions: dict[str, int] = {}
        self._menus = Menus(database, self.context, routes, self.call, clock)
        self.left = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.metrics.gauge("updates_in_hand", "Updates being worked on", self._in_hand)
        self.metrics.gauge("stations", "Stations in memory", lambda: len(self.directory.index))
        self.metrics.gauge("messages_waiting", "Messages that wait for their turn", lambda: self.pacer.waiting)
        self.metrics.gauge("deliveries_in_flight", "Deliveries being sent", lambda: self.delivering.in_flight)
        self.metrics.gauge("share", "Messages a second that this process may send", lambda: self.pacer.share)
        self.metrics.gauge("chats_silent", "Chats that wait since Telegram refused them", self._chats_silent)
        self.metrics.gauge("telegram_silent_seconds", "Since Telegram last answered", lambda: self.reach.silent_for)
        self.metrics.gauge("leads", "1 if this process leads", lambda: float(self.leader.leading.is_set()))

    async def _resend(self) -> None:
        """In polling mode only the leader speaks, at the whole limit."""
        if not self.polls or self.leader.leading.is_set():
            await self.answering.kept.resend()

    def _metres_to_nearest(self, latitudes: Sequence[float], longitudes: Sequence[float]) -> Sequence[float]:
        return self.directory.index.metres_to_nearest(latitudes, longitudes)

    @property
    def polls(self) -> bool:
        return self.config.telegram.mode == "polling"

    @property
    def is_ready(self) -> bool:
        """Migrated, Telegram has answered, and updates are being taken (by the leader at least)."""
        stands_by = self.leader.knows.is_set() and not self.leader.leading.is_set()
        answers = not self.reach.trouble
        takes = (self.polling.is_taking and answers) or stands_by if self.polls else self.pacer.share > 0 and answers
        return self._started and not self.left.is_set() and takes

    @property
    def trouble(self) -> str:
        """What keeps Telegram's updates from coming here; empty if nothing does, and where this process stands by."""
        return self.reach.trouble if not self.polls or self.leader.leading.is_set() else ""

    def _chats_silent(self) -> float:
        return self.pacer.chats.silent

    def _in_hand(self) -> float:
        return self.polling.in_hand + self.webhook.in_hand

    async def start(self) -> None:
        """Everything up to the first update."""
        await schema.migrate(self.database)
        async with self.database.writing() as session:
            await keys.check(session)
        await self.transport.initialize()
        await asyncio.gather(self.tuning.refresh(), self.context.blocks.refresh())
        await self.in_hand.begin(self.config.data.folder)
        self._beside(self.leader.keep(self.left))
        _, me = await asyncio.gather(self.directory.refresh(), self._introduce())
        self.own.learn(
            BotIdentity(int(me["id"]), str(me.get("username", "")), bool(me.get("can_read_all_group_messages")))
        )
        await self.hook.choose()
        self.reach.answered()
        if not self.polls:
            self._beside(self._every(webhook_keeper.LOOKED_EVERY, self.hook.look))
        self._beside(self._menus.keep(self.own.value.id, self.left))
        self._beside(self._every(REFRESHED_EVERY, self.directory.refresh))
        self._beside(self._every(WATCHED_EVERY, self._watch_versions))
        self._beside(self._every(CHECKPOINT_EVERY, self.database.checkpoint))
        self._beside(self.delivering.run())
        self._beside(self._every(PANELS_EVERY, self.panels.show))
        self._beside(self._every(LOOKED_EVERY, self.doors.show))
        self._beside(self._every(evidence_fetcher.LOOKED_EVERY, self.fetching.fetch))
        self._beside(self._every(case_forum.LOOKED_EVERY, self.forum.show))
        self._beside(self._every(RESENT_EVERY, self._resend, self.answering.kept.awake))
        self._beside(self._every(queue_metrics.LOOKED_EVERY, self.watching.look))
        self._beside(self.shares.keep(self.left))
        self._beside(self._every(backup_daily.LOOKED_EVERY, self.backups.look))
        self.scheduler.start()
        self._started = True
        self.webhook.is_open = not self.left.is_set()

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def _introduce(self) -> Json:
        """Waits for Telegram; a wrong token ends the program with its reason."""

        async def ask() -> Json:
            return dict(await self._ask("getMe", {}, 10))

        return await insist(ask, Outage("Telegram does not answer yet", self._monotonic), but=(error.InvalidToken,))

    async def run(self) -> None:
        """Takes updates until `leave`; in webhook mode they come by themselves."""
        if self.polls:
            await self.polling.run()
        else:
            await self.left.wait()

    def leave(self) -> None:
        """No new updates from now on; what is in hand is finished by `run` and by the web server's shutdown."""
        self.left.set()
        self.webhook.is_open = False
        self.polling.close()
        self.delivering.leave()
        self.answering.kept.awake.set()
        self.in_hand.leave()

    async def close(self) -> None:
        self.leave()
        await self.scheduler.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSES_WITHIN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.shutdown()
        if self._own_geocoder is not None:
            await self._own_geocoder.close()
        await self.database.close()

    async def _every(self, seconds: float, work: Callable[[], Any], awake: asyncio.Event | None = None) -> None:
        """Until `leave`, and as soon as `awake` is set; a failure is logged and tried again."""
        passing = Outage(f"{work.__name__} waits for Telegram", self._monotonic)
        while not self.left.is_set():
            try:
                await work()
                passing.over()
            except _PASSING as trouble:
                passing.missed(trouble)
            except Exception as trouble:
                log.warning("background task failed; retrying", work=work.__name__, trouble=type(trouble).__name__)
                if not is_outage(trouble):
                    await self.errors.report(f"{work.__name__} failed", trouble)
            await wait_at_most(awake or self.left, seconds)
            if awake is not None:
                awake.clear()

    async def _fetch(self, file_id: str, limit: int, into: BinaryIO) -> None:
        try:
            await evidence_fetcher.fetch_into(self.courier, self._files_url, file_id, limit, into)
        except error.TelegramError as trouble:
            raise NotFetched(type(trouble).__name__) from trouble

    async def _send_apart(self, outgoing: Outgoing) -> None:
        """Sends what was made beside a chat's turn, as soon as Telegram takes it."""
        for _ in range(_SENT_APART_TRIES):
            try:
                return await self.courier.send_all([outgoing])
            except Later as later:
                await wait_at_most(self.left, min(later.seconds, _LONGEST_WAIT))
        raise NotSent

    def _carry_out(self, work: Coroutine[Any, Any, None]) -> None:
        """A handler's work of its own length; `close` waits for it a moment."""

        async def carried() -> None:
            try:
                await work
            except Exception as trouble:
                await self.errors.report("work beside a chat failed", trouble)

        task = asyncio.create_task(carried())
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)

    async def call(self, method: str, params: Json) -> Any:
        return await self._ask(method, params, 20)

    async def _ask(self, method: str, params: Json, timeout: float) -> Any:
        return await self.transport.call(f"{self.base_url}/{method}", params, read_timeout=timeout)

    async def _watch_versions(self) -> None:
        """What another program or replica has changed: keys (`keys rotate`), settings, blocks; roles, which change
        menus."""
        async with self.database.reading() as session:
            found = await change_counters.read_all(session)
        if found.get(keys.VERSION, 0) != self._versions.get(keys.VERSION, 0):
            self.database.vault.renew()
        if self._versions.get(roles.VERSION) != found.get(roles.VERSION, 0):
            self._menus.ask()
        if found.get(settings.VERSION, 0) != self._versions.get(settings.VERSION, 0):
            await self.tuning.refresh()
        if found.get(blocks.VERSION, 0) != self._versions.get(blocks.VERSION, 0):
            await self.context.blocks.refresh()
        if found.get(strikes.VERSION, 0) != self._versions.get(strikes.VERSION, 0):
            await self.in_hand.refresh()
        watched = (keys.VERSION, roles.VERSION, settings.VERSION, blocks.VERSION, strikes.VERSION)
        self._versions = {name: found.get(name, 0) for name in watched}

    async def _unreachable(self, person_id: int) -> None:
        async with self.database.writing() as session:
            await people.mark_unreachable(session, PersonId(person_id))

    def web_application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT)
        self.add_routes(application)
        return application

    def add_routes(self, application: web.Application) -> None:
        """What this process serves: health, figures, and the webhook at the path of its URL."""
        self.calendar.add_routes(application)
        health.add_routes(application, lambda: self.is_ready, lambda: self.trouble, self.metrics)
        if not self.polls:
            application.router.add_post(urlsplit(self.config.telegram.webhook_url).path, self.webhook.take)
