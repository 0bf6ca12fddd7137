"""A lock that is taken back by itself when its holder dies: the fast sign that nobody leads.

On PostgreSQL it is a session lock. On SQLite, whose processes share a machine, it is a lock on a file beside the
database, which the kernel takes back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TextIO

from filelock import lock_descriptor
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

_LEADER_LOCK = 0x6E756178_6C656164
ANSWERS_WITHIN = 2.0
_TELL_DEAD_PEERS = ("SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 3")


class Candidate:
    """One process that holds the lock, or would like to."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.leads = False

    async def look(self) -> bool:
        """Whether this process has the lock now.

        Raises:
            Exception: the connection is gone, and the lock with it.
        """
        self.leads = True
        return self.leads

    @contextlib.asynccontextmanager
    async def connected(self, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        """A transaction for what is noted about the leader, before whatever else of this process waits to write."""
        async with self._database.writing(urgent=True) if writes else self._database.reading() as session:
            yield await session.connection()


class _ByConnection(Candidate):
    def __init__(self, database: Database, connection: AsyncConnection) -> None:
        super().__init__(database)
        self._connection = connection

    async def look(self) -> bool:
        async with asyncio.timeout(ANSWERS_WITHIN):
            if self.leads:
                await self._connection.execute(text("SELECT 1"))
            else:
                taken = await self._connection.scalar(text(f"SELECT pg_try_advisory_lock({_LEADER_LOCK})"))
                self.leads = bool(taken)
        return self.leads

    @contextlib.asynccontextmanager
    async def connected(self, *, writes: bool) -> AsyncIterator[AsyncConnection]:  # noqa: ARG002
        """Its own connection, which commits each statement: it waits for no other work of this process."""
        yield self._connection


class _ByFile(Candidate):
    def __init__(self, database: Database, file: TextIO) -> None:
        super().__init__(database)
        self._file = file

    async def look(self) -> bool:
        self.leads = self.leads or lock_descriptor(self._file.fileno(), blocking=False)
        return self.leads


@contextlib.asynccontextmanager
async def candidate(database: Database) -> AsyncIterator[Candidate]:
    """A candidate until the end of the block; its lock is free again then."""
    if not database.is_postgresql:
        with _beside(database) as found:
            yield found
        return
    async with database.engine.connect() as pooled:
        connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
        for setting in _TELL_DEAD_PEERS:
            await connection.execute(text(setting))
        try:
            yield _ByConnection(database, connection)
        finally:
            # Closed, not given back to the pool: the lock belongs to the connection.
            await connection.invalidate()


@contextlib.contextmanager
def _beside(database: Database) -> Iterator[Candidate]:
    """A database in memory serves one process, which leads without asking."""
    name = database.engine.url.database
    if not name or name == ":memory:":
        yield Candidate(database)
        return
    with Path(f"{name}.lead").open("a") as file:
        yield _ByFile(database, file)
