"""What only one process may do: a lock that PostgreSQL takes back by itself when its holder dies.

SQLite serves one process, which leads without asking.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

_LEADER_LOCK = 0x6E756178_6C656164
ASKED_EVERY = 2.0
"""Seconds between two looks at the lock. With `ANSWERS_WITHIN` this keeps a change of leaders under 10 s."""
ANSWERS_WITHIN = 2.0
_TELL_DEAD_PEERS = (
    "SET tcp_keepalives_idle = 2", "SET tcp_keepalives_interval = 1", "SET tcp_keepalives_count = 3"
)  # fmt: skip


class Candidate:
    """One connection that holds the lock, or would like to."""

    def __init__(self, connection: AsyncConnection | None) -> None:
        self._connection = connection
        self.leads = False

    async def look(self) -> bool:
        """Whether this process leads now.

        Raises:
            Exception: the connection is gone, and the lock with it.
        """
        if self._connection is None:
            self.leads = True
        else:
            async with asyncio.timeout(ANSWERS_WITHIN):
                if self.leads:
                    await self._connection.execute(text("SELECT 1"))
                else:
                    taken = await self._connection.scalar(text(f"SELECT pg_try_advisory_lock({_LEADER_LOCK})"))
                    self.leads = bool(taken)
        return self.leads


@contextlib.asynccontextmanager
async def candidate(database: Database) -> AsyncIterator[Candidate]:
    """A candidate until the end of the block; its lock is free again then."""
    if not database.is_postgresql:
        yield Candidate(None)
        return
    async with database.engine.connect() as pooled:
        connection = await pooled.execution_options(isolation_level="AUTOCOMMIT")
        for setting in _TELL_DEAD_PEERS:
            await connection.execute(text(setting))
        try:
            yield Candidate(connection)
        finally:
            # Closed, not given back to the pool: the lock belongs to the connection.
            await connection.invalidate()
