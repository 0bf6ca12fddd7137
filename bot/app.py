"""The one place where objects meet."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web
from telegram import error

from bot import menus
from bot.answering import Answering
from bot.config import Config
from bot.courier import Courier
from bot.directory import StationDirectory
from bot.geocoding import GeopyGeocoder
from bot.intake import Lanes, Polling
from bot.logs import logger
from bot.transport import AiohttpRequest
from handlers import features
from handlers.house import House, Organisation
from handlers.talk import Json
from storage import dialogues, people, reports, schema, searches, updates
from storage.database import Database, open_database
from storage.encryption import Vault, decode_key, read_or_make_key
from storage.people import PersonId

log = logger("bot.app")

LEAVES_WITHIN = 9.0
RESENT_EVERY = 5.0
SWEPT_EVERY = 300.0


def system_clock() -> datetime:
    return datetime.now(UTC)


def open_configured(config: Config) -> Database:
    """The database of the config, with the keys of the config or of the data folder."""
    keys = [decode_key(key.get_secret_value()) for key in config.security.encryption_keys]
    if not keys:
        path = config.data.folder / "encryption.key"
        key, made = read_or_make_key(path)
        if made:
            log.warning("made an encryption key; back it up, without it nothing personal can be read", file=str(path))
        keys = [key]
    return open_database(config.database.url, Vault(keys))


class App:
    """The running bot: `start`, then `run` until `close`."""

    def __init__(self, config: Config, database: Database, clock: Callable[[], datetime] = system_clock) -> None:
        self.config = config
        self.database = database
        self.clock = clock
        self.transport = AiohttpRequest()
        self.base_url = f"{config.telegram.api_base_url.rstrip('/')}/bot{config.token}"
        organisation = config.organisation
        zone = ZoneInfo(organisation.timezone)
        self.directory = StationDirectory(database, zone, organisation.country, clock)
        self.house = House(
            organisation=Organisation(
                organisation.name, zone, organisation.language, organisation.country, organisation.hotline
            ),
            directory=self.directory,
            database=database,
            admins=frozenset(config.people.admins),
            coordinators=frozenset(config.people.coordinators),
            counsel=frozenset(config.people.counsel),
        )
        self.courier = Courier(self.transport, self.base_url, self._unreachable)
        self.answering = Answering(database, self.house, features.routes(), self.courier, clock)
        self.polling = Polling(self._ask, Lanes(self.answering.handle))
        self.geocoder: GeopyGeocoder | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Everything up to the first question for updates."""
        await schema.migrate(self.database)
        await self.transport.initialize()
        if self.config.geocoding.service:
            self.house.geocoder = self.geocoder = GeopyGeocoder(self.config.geocoding)
        await self.directory.refresh()
        me = await self._introduce()
        self.house.bot_username = str(me.get("username", ""))
        self.house.reads_all_group_messages = bool(me.get("can_read_all_group_messages"))
        await self._ask("deleteWebhook", {"drop_pending_updates": False}, 20)
        publishing = menus.publish(
            self.database, int(me.get("id", 0)), menus.everything(self.house, self.answering.routes), self._call
        )
        self._tasks.append(asyncio.create_task(_logged(publishing)))
        for work in (self.directory.keep_fresh(), self._every(RESENT_EVERY, self.answering.resend),
                     self._every(SWEPT_EVERY, self.sweep)):  # fmt: skip
            self._tasks.append(asyncio.create_task(work))

    async def _introduce(self) -> Json:
        """Waits for Telegram; a wrong token ends the program with its reason."""
        pause = 0.5
        while True:
            try:
                return dict(await self._ask("getMe", {}, 10))
            except (error.InvalidToken, error.Forbidden):
                raise
            except error.TelegramError as trouble:
                log.warning("Telegram does not answer yet", trouble=type(trouble).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10)

    async def run(self) -> None:
        await self.polling.run()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.transport.shutdown()
        if self.geocoder is not None:
            await self.geocoder.close()
        await self.database.close()

    async def sweep(self) -> int:
        """Forgets what has had its time: places, reports, unfinished forms, marks of updates."""
        now = self.clock()
        async with self.database.writing() as session:
            for forget in (searches.forget, reports.forget, dialogues.forget, updates.forget):
                await forget(session, now)
        return 0

    async def _every(self, seconds: float, work: Callable[[], Any]) -> None:
        while True:
            try:
                await work()
            except Exception as trouble:
                log.warning("will be tried again", work=work.__name__, trouble=type(trouble).__name__)
            await asyncio.sleep(seconds)

    async def _call(self, method: str, params: Json) -> Any:
        return await self._ask(method, params, 20)

    async def _ask(self, method: str, params: Json, timeout: float) -> Any:
        return await self.transport.call(f"{self.base_url}/{method}", params, read_timeout=timeout)

    async def _unreachable(self, person_id: int) -> None:
        async with self.database.writing() as session:
            await people.mark_unreachable(session, PersonId(person_id))

    def web(self) -> web.Application:
        """Health, for whoever watches over the process."""

        async def healthz(_request: web.Request) -> web.Response:
            return web.json_response({"alive": True})

        async def readyz(_request: web.Request) -> web.Response:
            ready = self.polling.is_taking
            return web.json_response({"ready": ready}, status=200 if ready else 503)

        application = web.Application(client_max_size=1 << 20)
        application.router.add_get("/healthz", healthz)
        application.router.add_get("/readyz", readyz)
        return application


async def _logged(work: Coroutine[Any, Any, int]) -> None:
    """Work beside the start, whose failure stops nothing."""
    try:
        await work
    except Exception as trouble:
        log.warning("menus not published", trouble=type(trouble).__name__)


@contextlib.asynccontextmanager
async def served(app: App) -> AsyncIterator[int]:
    """The web part, listening; gives its port."""
    runner = web.AppRunner(app.web(), access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, app.config.web.host, app.config.web.port)
    await site.start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


async def run(config: Config) -> None:
    """Runs the bot until SIGTERM or Ctrl-C, and leaves in order."""
    app = App(config, open_configured(config))
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, app.polling.close)
    try:
        async with served(app) as port:
            log.info("listening", port=port)
            await app.start()
            running = asyncio.create_task(app.run())
            closing = asyncio.create_task(app.polling.closing.wait())
            await asyncio.wait([running, closing], return_when=asyncio.FIRST_COMPLETED)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(running, LEAVES_WITHIN)
            closing.cancel()
    finally:
        await app.close()
