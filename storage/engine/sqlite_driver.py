"""SQLite for asyncio, without a thread where a statement is short.

A statement of a chat's turn takes SQLite 15 us, and a hop to aiosqlite's thread 100 us and more while the loop is busy;
SQLAlchemy's adapter makes four hops a statement, and a coroutine of each. Here it is run on the spot, and its rows come
back with it. What may take long (the clock's work, imports, loading all stations) says so (`apart`) and runs in the
thread, in one hop a statement. Nothing on the spot waits for a lock: a BEGIN that would is taken to the thread as well.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Generator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeVar

import aiosqlite
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
)
from sqlalchemy.util.concurrency import await_

T = TypeVar("T")

PATIENCE_MS = 20_000
"""How long a BEGIN waits for another process's transaction."""


class Ran(NamedTuple):
    """What became of a statement, by the names of the DB-API."""

    rows: Sequence[object] = ()
    description: object = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1


_NOTHING = Ran()


def _run(connection: sqlite3.Connection, method: str, statement: str, parameters: object) -> Ran:
    cursor = connection.cursor()
    try:
        getattr(cursor, method)(statement, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return Ran(rows, cursor.description, cursor.rowcount, cursor.lastrowid)
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
    _version: int | None = None

    def sees_changes(self) -> bool:
        """Whether anything but this connection has changed the database since this was last asked, also if it never
        was; to be asked within a transaction."""
        before = self._version
        (self._version,) = self._conn.execute("PRAGMA data_version").fetchone()
        return self._version != before

    def carry(self, method: str, statement: str, parameters: object = ()) -> Ran:
        """Runs a statement here or in the thread; to be called within SQLAlchemy's greenlet."""
        if not self.apart:
            if not statement.startswith("BEGIN"):
                return _run(self._conn, method, statement, parameters)
            if _begin_at_once(self._conn, statement):
                return _NOTHING
        return await_(self.hop(_run, method, statement, parameters))

    async def run(self, statement: str, parameters: object) -> Ran:
        """The same, outside of a greenlet, of a statement that begins no transaction."""
        if self.apart:
            return await self.hop(_run, "execute", statement, parameters)
        return _run(self._conn, "execute", statement, parameters)

    async def hop(self, work: Callable[..., T], *arguments: object) -> T:
        """Runs the work on the sqlite3 connection in the thread."""
        self._hopped = True
        done: T = await self._execute(work, self._conn, *arguments)  # type: ignore[no-untyped-call]
        return done

    async def execute_apart(self, statement: str) -> None:
        """Runs a statement that stands in no transaction and may take long."""
        await self.hop(_run, "execute", statement, ())

    def end(self) -> None:
        """Rolls back; also said by the pool about connections that have nothing to roll back."""
        if self._hopped:
            await_(self.hop(_end))  # in its turn, behind whatever the thread is still at
            self._hopped = False
        elif self.in_transaction:
            self.carry("execute", "ROLLBACK")


class _AtOnce:
    """An await that waits for nothing: SQLAlchemy takes a driver that never awaits for one that blocks."""

    def __await__(self) -> Generator[None, None, None]:
        yield from ()


_AT_ONCE = _AtOnce()


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """SQLAlchemy's cursor, whose `_cursor` is what became of the statement."""

    __slots__ = ()
    _cursor: Any

    def _make_new_cursor(self, _connection: object) -> Any:
        return _NOTHING

    def _aenter_cursor(self, cursor: Any) -> Any:
        return cursor

    def execute(self, operation: str, parameters: object = None) -> None:
        self._carry("execute", operation, parameters or ())

    def executemany(self, operation: str, seq_of_parameters: object) -> None:
        self._carry("executemany", operation, seq_of_parameters)

    def _carry(self, method: str, statement: str, parameters: object) -> None:
        await_(_AT_ONCE)
        try:
            self._cursor = ran = self._connection.carry(method, statement, parameters)
        except Exception as error:
            self._adapt_connection._handle_exception(error)
        self._rows = deque(ran.rows)

    async def _async_soft_close(self) -> None:
        """Nothing is open: all rows have been fetched."""

    def close(self) -> None:
        self._rows.clear()


class _Adapted(AsyncAdapt_aiosqlite_connection):
    __slots__ = ()
    _cursor_cls = _Cursor

    def commit(self) -> None:
        driver: Any = self._connection
        try:
            if driver._connection and driver.in_transaction:
                driver.carry("execute", "COMMIT")
        except Exception as error:
            self._handle_exception(error)

    def rollback(self) -> None:
        driver: Any = self._connection
        try:
            if driver._connection:
                driver.end()
        except Exception as error:
            self._handle_exception(error)


class Module(AsyncAdapt_aiosqlite_dbapi):
    """The DB-API module for `create_async_engine(module=...)`; its connections are those of `connect`."""

    def __init__(self) -> None:
        super().__init__(aiosqlite, sqlite3)

    def connect(self, *arguments: Any, **options: Any) -> AsyncAdapt_aiosqlite_connection:
        made = options.pop("async_creator_fn", connect)(*arguments, **options)
        return _Adapted(self, await_(made))


def connect(path: str, **options: Any) -> Connection:
    """As aiosqlite.connect: to be awaited. Its thread ends with the program."""
    made = Connection(partial(sqlite3.connect, path, **{**options, "check_same_thread": False}), iter_chunk_size=64)
    made._thread.daemon = True
    return made
