"""aiosqlite with one hop to its thread for each statement.

SQLAlchemy's adapter asks aiosqlite for a cursor, executes, fetches and closes it: four hops of 0.1 ms each, more than
what SQLite itself takes. Here a statement's rows come back with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

import aiosqlite


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
        found = await self._connection._execute(  # type: ignore[no-untyped-call]
            _run, self._connection._conn, method, statement, parameters
        )
        self._rows, self.description, self.rowcount, self.lastrowid = found

    async def fetchall(self) -> Sequence[Any]:
        rows, self._rows = self._rows, ()
        return rows

    async def close(self) -> None:
        self._rows = ()


def _run(connection: sqlite3.Connection, method: str, statement: str, parameters: Any) -> tuple[Any, Any, int, Any]:
    """In the connection's thread."""
    cursor = connection.cursor()
    try:
        getattr(cursor, method)(statement, parameters)
        rows = cursor.fetchall() if cursor.description else ()
        return rows, cursor.description, cursor.rowcount, cursor.lastrowid
    finally:
        cursor.close()


class Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return Cursor(self)

    async def commit(self) -> None:
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        """Also said by the pool about connections that have nothing to roll back."""
        if self.in_transaction:
            await super().rollback()


def connect(path: str, **options: Any) -> Connection:
    """As aiosqlite.connect: to be awaited. Its thread ends with the program."""
    made = Connection(partial(sqlite3.connect, path, **options), iter_chunk_size=64)
    made._thread.daemon = True
    return made
