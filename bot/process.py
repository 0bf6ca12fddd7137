"""The program as a process: it listens, starts the App, and leaves in order."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

from aiohttp import web
from sqlalchemy.engine import make_url

from bot.app import App
from bot.config.config import Config
from bot.observability.logs import logger
from bot.observability.watchdog import watching
from bot.telegram import proxies
from bot.web.connection_limits import IDLE_FOR, ConnectionLimits, Doorway, most_connections
from storage.database import Database, open_database
from storage.encryption import KEY_BYTES, Vault, decode_key, read_keys, read_or_make_keys
from storage.engine import read_only

log = logger("bot.process")

LEAVES_WITHIN = 8.0
_BACKLOG = 128
"""Connections that the kernel holds until they are taken."""
LINE_LIMIT, MOST_HEADERS = 8_190, 64
"""Bytes of a request's line or header, and how many headers it may have."""


class CannotStart(Exception):
    """One sentence says what has to be changed."""


def key_file(config: Config) -> Path:
    """Where the keys are kept if the config has none."""
    return config.data.folder / "encryption.key"


def database_file(config: Config) -> Path | None:
    """Where SQLite keeps the database; None on PostgreSQL."""
    found = make_url(config.database.url)
    return Path(found.database) if found.get_backend_name() == "sqlite" and found.database else None


def find_keys(config: Config) -> list[bytes]:
    """The keys of the config or of the data folder; none before the first start.

    Raises:
        BadKey: the keys can't be read.
        CannotStart: there is a database, but its key is gone; or a key, but its database is empty.
    """
    keys = [decode_key(key.get_secret_value()) for key in config.security.encryption_keys]
    path, file = key_file(config), database_file(config)
    has_key = bool(keys) or path.exists()
    if file is not None and file.exists():
        if not has_key:
            raise CannotStart(f"security.encryption_keys: {path} is missing, and {file} can't be read without it")
        if _is_emptied(file):
            raise CannotStart(
                f"database.url: {file} is empty, though there is a key for it; remove the file, then restore a backup "
                "(`python -m bot restore FILE`), or start over without one"
            )
    if keys or not has_key:
        return keys
    return read_keys(path)


def _is_emptied(file: Path) -> bool:
    """SQLite writes a page as soon as it opens a new file, so it was something else that made this one."""
    log = Path(f"{file}-wal")
    return file.stat().st_size == 0 and not (log.exists() and log.stat().st_size)


def open_configured(config: Config) -> Database:
    """The database of the config, with its keys; the first start makes a key.

    Raises:
        BadKey, CannotStart: see `find_keys`.
    """
    keys, path = find_keys(config), key_file(config)
    if not keys:
        keys, made = read_or_make_keys(path)
        if made:
            log.warning("created an encryption key; back it up: personal data can't be read without it", file=str(path))
    if config.security.encryption_keys:
        return open_database(config.database.url, Vault(keys))
    return open_database(config.database.url, Vault(keys, lambda: read_keys(path)))


def open_to_look(config: Config) -> Database | None:
    """The database, only to be read, so that nothing is made; None if there is none yet.

    Raises:
        BadKey, CannotStart: see `find_keys`.
    """
    keys, file = find_keys(config), database_file(config)
    if file is not None and not file.exists():
        return None
    vault = Vault(keys or [bytes(KEY_BYTES)])
    if file is not None:
        return read_only.open_to_look(file, vault)
    return open_database(config.database.url, vault, connections=1)


def vault_for_restore(config: Config) -> Vault:
    """The keys at hand; none is made, since it would open nothing.

    Raises:
        BadKey: the keys can't be read.
        CannotStart: there is no key.
    """
    keys = [decode_key(key.get_secret_value()) for key in config.security.encryption_keys]
    path = key_file(config)
    if not keys and not path.exists():
        raise CannotStart(f"security.encryption_keys: put the key of the backup into {path} first (or into the config)")
    return Vault(keys or read_keys(path))


def open_for_restore(config: Config) -> Database:
    """The empty place that the config names, with the keys of `vault_for_restore`."""
    return open_database(config.database.url, vault_for_restore(config))


def listen(config: Config) -> socket.socket:
    """The socket of [web].

    Raises:
        CannotStart: the address is taken or not of this machine.
    """
    host, port = config.web.host, config.web.port
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.create_server(address[:2], family=family)
    except OSError as failure:
        if failure.errno == errno.EADDRINUSE:
            another = 8091 if port != 8091 else 8092
            raise CannotStart(
                f"web.port: another program, or this one, uses {host}:{port} already; stop it, or choose another "
                f"port, for example: NUANXIN_WEB__PORT={another} make run"
            ) from None
        raise CannotStart(f"web: can't listen on {host}:{port}: {failure.strerror or failure}") from None
    return listening


def check_way_to_telegram(config: Config) -> None:
    """Raises CannotStart if the environment names a proxy that the bot can't use."""
    fault = proxies.fault(config.telegram.api_base_url)
    if fault:
        raise CannotStart(fault)


@contextlib.asynccontextmanager
async def served(
    application: web.Application,
    listening: socket.socket,
    leaves_within: float = LEAVES_WITHIN,
    limits: ConnectionLimits | None = None,
) -> AsyncIterator[str]:
    """The web part, listening; gives its address. Its end waits for requests in hand, up to `leaves_within` seconds."""
    if limits is not None:
        application.middlewares.insert(0, limits.middleware)
    runner = web.AppRunner(
        application,
        access_log=None,
        shutdown_timeout=leaves_within,
        max_line_size=LINE_LIMIT,
        max_field_size=LINE_LIMIT,
        max_headers=MOST_HEADERS,
        keepalive_timeout=IDLE_FOR,
    )
    await runner.setup()
    server = runner.server
    assert server is not None
    serve = server if limits is None else partial(Doorway, limits, server)
    site = await asyncio.get_running_loop().create_server(serve, sock=listening, backlog=_BACKLOG)
    host, port = listening.getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        site.close()
        await runner.cleanup()


async def run(config: Config) -> None:
    """Runs the bot against Telegram until SIGTERM or Ctrl-C.

    Raises:
        CannotStart: see the class.
    """
    check_way_to_telegram(config)
    listening = listen(config)
    app = App(config, open_configured(config))
    limits = ConnectionLimits(most_connections())
    async with leaving(app), served(app.web_application(), listening, limits=limits):
        log.info("listening", address=f"http://{config.web.host}:{listening.getsockname()[1]}")
        await carry(app, app.watch_clock)


@contextlib.asynccontextmanager
async def leaving(app: App) -> AsyncIterator[None]:
    """SIGTERM and Ctrl-C let the app leave; it is closed at the end, whatever came."""
    loop = asyncio.get_running_loop()
    for kind in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(kind, app.leave)
    try:
        yield
    finally:
        await app.close()


async def carry(app: App, begin: Callable[[], None]) -> None:
    """From the start until `leave`, which also ends a start that is still waiting for Telegram. `begin` is called in
    between, once the app has started."""
    starting = asyncio.create_task(app.start())
    left = asyncio.create_task(app.left.wait())
    await asyncio.wait([starting, left], return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.gather(starting, return_exceptions=True)
        return
    starting.result()
    # What is here now stays: not looking at it again keeps the collector's pauses short.
    gc.freeze()
    gc.enable()
    begin()
    with watching(app.updates.in_hand, app.base.metrics):
        running = asyncio.create_task(app.run())
        await asyncio.wait([running, left], return_when=asyncio.FIRST_COMPLETED)
        left.cancel()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running, LEAVES_WITHIN)
