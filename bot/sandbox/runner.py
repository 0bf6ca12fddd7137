"""The sandbox as `make run` starts it: the people with their phones, and the program that serves them."""

from __future__ import annotations

import asyncio
import secrets
import socket
import time
from collections.abc import Awaitable, Callable
from functools import partial

from aiohttp import web

from bot import demo
from bot.app import App
from bot.config.config import Config
from bot.config.loopback import is_loopback
from bot.config.sections import OrganisationSection, People
from bot.demo import contests, figures, honours
from bot.process import (
    CannotStart,
    carry,
    database_file,
    key_file,
    leaving,
    listen,
    open_configured,
    served,
)
from bot.sandbox import folder
from bot.sandbox.clock import SandboxClock
from bot.sandbox.files import OUT_LIMIT
from bot.sandbox.keeping import Keeping
from bot.sandbox.limits import Limits
from bot.sandbox.people import Person
from bot.sandbox.phone import Phone
from bot.sandbox.running import alone
from bot.sandbox.server import BotApi
from bot.sandbox.wishes import Controls
from bot.sandbox.world import World
from storage import keys, schema
from storage.database import Database
from storage.encryption import read_or_make_keys
from storage.operations import published_menus
from storage.people import people
from storage.telegram_ids import PersonId

RIDER, SECOND_RIDER, COORDINATOR, COUNSEL, ADMIN, SECOND_COUNSEL = map(PersonId, range(7_000_001, 7_000_007))
GROUP = -7_000_100
ITS_PEOPLE = (RIDER, SECOND_RIDER, COORDINATOR, COUNSEL, ADMIN, SECOND_COUNSEL, *figures.PEOPLE)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def town(clock: Callable[[], float] = time.time) -> World:
    """Six people who do not exist, and a group of riders. Those who run the bot have pressed Start before.

    The bot's token is another one each time: other accounts of this machine can reach the port too.
    """
    world = World(f"1000000001:{secrets.token_urlsafe(32)}", clock=clock)
    for person_id, name, role, phone in (
        (RIDER, "小李", "rider", "+8613800000001"),
        (SECOND_RIDER, "小王", "second rider", "+8613800000002"),
        (COORDINATOR, "周协调", "coordinator", "+8613800000003"),
        (COUNSEL, "陈律师", "counsel", "+8613800000004"),
        (SECOND_COUNSEL, "孙咨询师", "second counsel", "+8613800000006"),
        (ADMIN, "赵主管", "admin", "+8613800000005"),
    ):
        world.add(Person(person_id, name, role=role, phone=phone, started=person_id >= COORDINATOR))
    world.add_group(GROUP, "骑手群 · Riders", [RIDER, SECOND_RIDER, COORDINATOR])
    return world


def check_sandbox(config: Config) -> None:
    """Raises CannotStart if there is a real token, or if the page would be open to others."""
    if config.token:
        raise CannotStart("telegram.token: the sandbox does not start with a real token")
    if not is_loopback(config.web.host):
        raise CannotStart(
            f"web.host: the sandbox listens on loopback only, not at {config.web.host}; for the real bot, set "
            "telegram.token"
        )


async def require_own(config: Config, database: Database) -> None:
    """Raises CannotStart if the config names a database in which somebody is known who is not the sandbox's: in the
    sandbox, whoever opens the page is an admin."""
    if folder.can_start_afresh(config):
        return
    async with database.connected() as connection:
        found = await schema.revision(connection)
    if found is None:
        return
    schema.check_not_newer(found)
    async with database.reading() as session:
        if found == schema.NEWEST:
            await keys.verify(session)
        # An older schema has no pseudonyms to compare with; there, everybody is somebody else.
        others_than = ITS_PEOPLE if found == schema.NEWEST else ()
        if await people.is_anybody_known_but(session, others_than):
            raise CannotStart(
                "database.url: this database is not the sandbox's own; set telegram.token, or remove this key"
            )


def sandboxed(config: Config, port: int, token: str) -> Config:
    """The config against the sandbox at that port, with its people in their roles."""
    host = f"[{config.web.host}]" if ":" in config.web.host else config.web.host
    mode = {"mode": "polling", "webhook_url": "", "webhook_secret": ""}
    section = config.telegram.model_copy(update=mode)
    address = f"http://{host}:{port}"
    section = section.model_validate({**section.model_dump(), "token": token, "api_base_url": address})
    staff = People(
        admins=[*config.people.admins, ADMIN],
        coordinators=[*config.people.coordinators, COORDINATOR],
        counsel=[*config.people.counsel, COUNSEL, SECOND_COUNSEL],
    )
    web_section = config.web.model_copy(update={"public_url": address})
    # Off until a real organisation has its volunteers; here there are people to try it with. `sos = false` is heeded.
    features = config.features
    if "sos" not in features.model_fields_set:
        features = features.model_copy(update={"sos": True})
    return config.model_copy(update={"telegram": section, "people": staff, "web": web_section, "features": features})


@web.middleware
async def only_loopback(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Keeps out pages of other sites that the same browser shows (DNS rebinding, cross-site requests)."""
    if not is_loopback(request.url.host or "") or not _is_from_itself(request):
        raise web.HTTPForbidden
    if request.path.startswith("/bot") and _is_by_browser(request):
        raise web.HTTPForbidden  # only the bot calls the Bot API; a browser would for an image on any page
    return await handler(request)


def _is_from_itself(request: web.Request) -> bool:
    """Whether no other site caused the request: https://www.w3.org/TR/fetch-metadata/."""
    own = f"{request.url.scheme}://{request.host}"
    is_own_origin = request.headers.get("Origin", own) == own
    return is_own_origin and request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")


def _is_by_browser(request: web.Request) -> bool:
    return any(name in request.headers for name in ("Origin", "Referer", "Sec-Fetch-Site", "Sec-Fetch-Mode"))


def serve(world: World, application: web.Application, controls: Controls | None = None) -> BotApi:
    """Adds the Bot API and the phone to what the process serves."""
    application.middlewares.append(only_loopback)
    api = BotApi(world, limits=Limits(world.clock))
    api.add_routes(application)
    Phone(world, controls or Controls(SandboxClock(OrganisationSection().timezone))).add_routes(application)
    return api


async def run(config: Config, say: Callable[[str], None], *, afresh: bool = False) -> None:
    """Runs the bot against the sandbox, with demo data in an empty database; `say` hears where the page is.

    Raises:
        CannotStart: see `check_sandbox` and `require_own`; it runs already; the address is taken; or the config names a
            database, which may not be the sandbox's alone, and it should start afresh.
    """
    check_sandbox(config)
    if afresh and not folder.can_start_afresh(config):
        raise CannotStart("database.url: the sandbox only starts afresh with a database of its own; remove this key")
    with alone(config.data.folder):
        while True:
            listening = listen(config)
            if afresh:
                folder.start_afresh(config)
            port = listening.getsockname()[1]
            config = config.model_copy(update={"web": config.web.model_copy(update={"port": port})})
            afresh = await _run_once(config, listening, say)
            if not afresh:
                return


async def _run_once(config: Config, listening: socket.socket, say: Callable[[str], None]) -> bool:
    """Until the program leaves; returns whether somebody asked to start afresh."""
    _make_key(config)
    database = open_configured(config)
    kept = Keeping(config.data.folder)
    clock = SandboxClock(config.organisation.timezone, kept.ahead)
    world = town(clock.seconds)
    app = App(sandboxed(config, config.web.port, world.token), database, clock)
    asked = asyncio.Event()

    def ask() -> None:
        asked.set()
        app.leave()

    controls = Controls(clock, ask if folder.can_start_afresh(config) else None)
    application = web.Application(client_max_size=OUT_LIMIT + (1 << 20))
    serve(world, application, controls)
    app.add_routes(application)
    async with leaving(app):
        await require_own(config, database)
        await prepare(database, clock, kept, world)
        async with kept.saving(world, clock), served(application, listening):
            say(f"Nuanxin sandbox: http://{config.web.host}:{config.web.port}")
            await carry(app, lambda: clock.on_move.append(partial(_look_again, app)))
    return asked.is_set()


def _make_key(config: Config) -> None:
    """The first start makes one without a word: nobody backs up a sandbox."""
    file = database_file(config)
    if not config.security.encryption_keys and not (file is not None and file.exists()):
        read_or_make_keys(key_file(config))


async def prepare(database: Database, clock: SandboxClock, kept: Keeping, world: World) -> None:
    """Fills a new database, or else brings the chats back that were had about it."""
    await schema.migrate(database)
    try:
        await demo.fill(database, clock(), COORDINATOR)
        await figures.add(database, clock(), clock.zone.key)
        await contests.add(database, clock(), COORDINATOR, (COUNSEL, SECOND_COUNSEL))
        await honours.add(database, clock(), clock.zone.key, RIDER, SECOND_RIDER, COORDINATOR)
    except demo.NotEmpty:
        if kept.restore(world):
            return
    async with database.writing() as session:
        await published_menus.forget(session)


def _look_again(app: App) -> None:
    """The clock was moved on: what was planned by the old time may be due."""
    app.services.scheduler.wake_all()
    app.background.delivery_sender.awake.set()
