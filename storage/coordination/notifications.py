"""What the processes on one PostgreSQL tell each other, so that nobody has to look every second: LISTEN and NOTIFY.

Each has one connection beside its pool, on which it listens, and tells after its commits what was written, gathered for
a moment. (A NOTIFY within the transaction itself would make PostgreSQL commit one after the other.) Once in a while it
hears a message of its own; if it does not, it counts as deaf until it listens again, and looks as often as it has to
(`Looks`).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.coordination import wake_ups
from storage.database import Base, Database
from storage.engine import announcements, postgresql_engine
from storage.engine.announcements import CHANNEL, EVERYTHING

GATHERED_FOR = 0.05
"""Seconds from a commit until the others are told of it, and of what else was committed meanwhile."""
SAID_EVERY = 2.0
"""Seconds after which it says something to hear itself."""
HEARD_WITHIN = 3.0
"""Seconds for hearing itself. Together: so long it may be deaf and not know."""
RETRIED_AFTER = 1.0
"""Seconds until it tries again to listen."""

log = structlog.get_logger("storage.coordination.notifications")


class Notifications:
    """`exchange` is to be repeated, after `pause` or as soon as `database.written.untold.added` is set."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._written, self._untold = database.written, database.written.untold
        self._sender = uuid.uuid4().hex
        self._engine = postgresql_engine.apart(database.engine.url)
        self._connection: AsyncConnection | None = None
        self._driver: Any = None
        """asyncpg's connection, while this process listens."""
        self._echo = asyncio.Event()
        self._heard_at = self._failed_at = float("-inf")

    def pause(self) -> float:
        """Seconds until the next exchange."""
        return SAID_EVERY if self._driver is not None else RETRIED_AFTER + GATHERED_FOR

    async def exchange(self) -> None:
        """Tells what is to be told, or says something if it has not for long, and hears itself; it listens first if it
        does not yet."""
        if self._driver is not None and self._driver.is_closed():
            await self._lose()
        if self._untold:
            await asyncio.sleep(GATHERED_FOR)
        elif self._driver is not None and time.monotonic() - self._heard_at < SAID_EVERY / 2:
            return
        if self._driver is None and time.monotonic() - self._failed_at < RETRIED_AFTER:
            await announcements.tell_through(self._database.engine, self._untold, self._sender)
            return
        try:
            async with asyncio.timeout(HEARD_WITHIN):
                if self._driver is None:
                    await self.listen()
                await self._tell()
        except Exception as error:
            self._note(hears=False, why=type(error).__name__)
            await self._lose()
            self._failed_at = time.monotonic()
            if self._untold:
                await announcements.tell_through(self._database.engine, self._untold, self._sender)
        else:
            self._heard_at = time.monotonic()
            self._note(hears=True)

    async def close(self) -> None:
        """Listens no longer. What is not told yet is told by `Database.close`."""
        await self._lose()

    async def listen(self) -> None:
        """From now on, until the connection ends."""
        self._connection = await self._engine.connect()
        pooled = await self._connection.get_raw_connection()
        driver: Any = pooled.driver_connection
        driver.add_termination_listener(self._on_end)
        await driver.add_listener(CHANNEL, self._on_notification)
        self._driver = driver

    async def _tell(self) -> None:
        self._echo.clear()
        told = self._untold.take(self._sender)
        try:
            await self._driver.execute("SELECT pg_notify($1, $2)", CHANNEL, told.payload())
        except BaseException:
            self._untold.put_back(told)
            raise
        await self._echo.wait()

    def _on_notification(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        told = announcements.parsed(payload)
        if told.sender == self._sender:
            self._echo.set()
            return
        self._written.note_told(_known(told.quiet), wakes=False)
        self._written.note_told(_known(told.tables))

    def _on_end(self, driver: object) -> None:
        """The connection is gone: that is known at once, and not only by what is not heard."""
        if driver is self._driver:
            self._note(hears=False, why="connection closed")
            self._untold.added.set()

    def _note(self, *, hears: bool, why: str = "") -> None:
        if hears != self._written.sees_others:
            if hears:
                log.info("hears what other processes write")
            else:
                log.warning("does not hear what other processes write; looking instead", error=why)
        self._written.see_others(sees=hears)

    async def _lose(self) -> None:
        connection, driver, self._connection, self._driver = self._connection, self._driver, None, None
        self._written.see_others(sees=False)
        if driver is not None:
            driver.terminate()
        if connection is not None:
            with contextlib.suppress(Exception):
                await connection.invalidate()
                await connection.close()


def _known(names: frozenset[str]) -> frozenset[str]:
    """What this version can look for. Whoever may connect to the database can tell anything, and all is remembered."""
    return names & (Base.metadata.tables.keys() | wake_ups.NAMES | EVERYTHING)
