"""SQLite for asyncio, without a thread where a statement is short.

A statement of a chat's turn takes SQLite 15 us, and a hop to aiosqlite's thread 100 us and more while the loop is busy;
SQLAlchemy's adapter makes four hops a statement. Here it is run on the spot, and its rows come back with it. What may
take long (the clock's work, imports, loading all stations) says so (`apart`) and runs in the thread, in one hop a
statement. Nothing on the spot waits for a lock: a BEGIN that would is taken to the thread as well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite

PATIENCE_MS = 20_000
"""How long a BEGIN waits for another process's transaction."""


class Cursor:
    """What SQLAlchemy's adapter needs of an asynchronous DB-API cursor. All rows are fetched at once."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: Sequence[Any] = ()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Cursor:
        await self._run("execute", statement, parameters)
        return self

    async def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> Cursor:
        await self._run("executemany", statement, parameters)
        return self

    async def _run(self, method: str, statement: str, parameters: Any) -> None:
        found = await self._connection.carry(_run, method, statement, parameters)
        self._rows, self.description, self.rowcount, self.lastrowid = found

    async def fetchall(self) -> Sequence[Any]:
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        self._rows = ()


def _run(connection: sqlite3.Connection, method: str, statement: str, parameters: Any) -> tuple[Any, Any, int, Any]:
    cursor = connection.cursor()
    try:
        getattr(cursor, method)(statement, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


def _begin_at_once(connection: sqlite3.Connection, statement: str) -> bool:
    """BEGIN without waiting; False if another process is writing."""
    connection.execute("PRAGMA busy_timeout=0")
    try:
        connection.execute(statement)
    except sqlite3.OperationalError:
        return False
    finally:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
    return True


def _end(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


class Connection(aiosqlite.Connection):
    apart = False
    """Whether statements run in the connection's thread."""
    _hopped = False
    """Whether the thread may still be at something that nobody waits for any more (its task was cancelled)."""

    def cursor(self) -> Any:
        return Cursor(self)

    async def carry(self, work: Any, *arguments: Any) -> Any:
        """Runs the work on the sqlite3 connection, here or in the thread."""
        if self.apart:
            return await self._hop(work, *arguments)
        if arguments[1].startswith("BEGIN"):
            if _begin_at_once(self._conn, arguments[1]):
                return (), None, -1, None
            return await self._hop(work, *arguments)
        return work(self._conn, *arguments)

    async def _hop(self, work: Any, *arguments: Any) -> Any:
        self._hopped = True
        return await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]

    async def commit(self) -> None:
        if self.in_transaction:
            await self.carry(_run, "execute", "COMMIT", ())

    async def rollback(self) -> None:
        """Also said by the pool about connections that have nothing to roll back."""
        if self._hopped:
            await self._hop(_end)  # in its turn, behind whatever the thread is still at
            self._hopped = False
        elif self.in_transaction:
            await self.carry(_run, "execute", "ROLLBACK", ())


def connect(path: str, **options: Any) -> Connection:
    """As aiosqlite.connect: to be awaited. Its thread ends with the program."""
    made = Connection(partial(sqlite3.connect, path, **{**options, "check_same_thread": False}), iter_chunk_size=64)
    made._thread.daemon = True
    return made
