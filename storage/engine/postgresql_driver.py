"""PostgreSQL for asyncio: the first words of a transaction go with BEGIN, its last with COMMIT, in one round trip each.

asyncpg sends BEGIN, waits, and then sends the first statement. Several statements in one text can have no values beside
them, so these words hold theirs: only numbers, times and bytes that were put in as such (see `literal`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Never

import asyncpg
from sqlalchemy import Connection as SqlalchemyConnection
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection, AsyncAdapt_asyncpg_dbapi
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.util.concurrency import await_

_OPTIONS = {"prepared_statement_cache_size", "prepared_statement_name_func"}
"""Of SQLAlchemy's adapter; all others are asyncpg's."""


def literal(value: int | datetime | bytes | None) -> str:
    """A value as it stands in the text of a statement."""
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'::bytea"
    if isinstance(value, datetime):
        return f"'{value.astimezone(UTC).isoformat()}'::timestamptz"
    return str(int(value))


class Ran(NamedTuple):
    """What became of a statement; -1 where it changes no rows."""

    rows: Sequence[Any]
    rowcount: int


_COUNT = re.compile(r"\d+$")
"""At the end of the word on a statement, such as "INSERT 0 1"."""


class _Transaction:
    """What SQLAlchemy needs of asyncpg's."""

    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self.last_words = ""

    async def commit(self) -> None:
        await self._driver.execute(f"{self.last_words};COMMIT" if self.last_words else "COMMIT")

    async def rollback(self) -> None:
        await self._driver.execute("ROLLBACK")


class Connection(AsyncAdapt_asyncpg_connection):
    """SQLAlchemy's, which begins and ends its transactions in fewer round trips."""

    __slots__ = ("_first_words",)
    _connection: Any
    _transaction: Any

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)  # type: ignore[no-untyped-call]
        self._first_words = ""

    def begin_with(self, statement: str) -> bool:
        """Runs this before the first statement of the transaction that is to come; False if it has begun already."""
        if self._transaction is not None:
            return False
        self._first_words = statement
        return True

    def commit_with(self, statement: str) -> bool:
        """Runs this when the transaction is committed, which fails if this does; False if none has begun."""
        if self._transaction is None:
            return False
        self._transaction.last_words = statement
        return True

    async def run(self, statement: str, parameters: Sequence[object], prepared_since: float) -> Ran:
        """Runs a statement of SQLAlchemy's, outside of its greenlet; one that was prepared before that moment is
        prepared again. Raises what asyncpg raises."""
        async with self._execute_mutex:
            if self._transaction is None:
                await self._start_transaction()
            prepared, _ = await self._prepare(statement, prepared_since)  # type: ignore[no-untyped-call]
            rows = await prepared.fetch(*parameters)
            count = _COUNT.search(prepared.get_statusmsg() or "")
            return Ran(rows, int(count[0]) if count else -1)

    def fail(self, connection: SqlalchemyConnection, statement: str, error: BaseException) -> Never:
        """Raises an error of `run` as SQLAlchemy would, which also drops a connection that is lost; to be called within
        its greenlet."""
        try:
            if isinstance(error, Exception):
                self._handle_exception(error)
            raise error
        except BaseException as known:
            if isinstance(known, self.dbapi.InvalidCachedStatementError):
                connection.dialect._invalidate_schema_cache()  # type: ignore[attr-defined]
            connection._handle_dbapi_exception(known, statement, None, None, None)

    async def _start_transaction(self) -> None:
        if self.isolation_level == "autocommit":
            return
        first, self._first_words = self._first_words, ""
        try:
            await self._connection.execute(f"BEGIN;{first}")
        except Exception as error:
            self._handle_exception(error)
        finally:
            # Also if the words after BEGIN have failed: then there is a transaction to be rolled back.
            if self._connection.is_in_transaction():
                self._transaction = _Transaction(self._connection)

    async def _commit(self) -> None:
        """SQLAlchemy takes a transaction for ended, whether its commit succeeds or not."""
        transaction, self._transaction = self._transaction, None
        try:
            await transaction.commit()
        except asyncpg.PostgresError:
            if self._connection.is_in_transaction():  # its last words have failed
                await transaction.rollback()
            raise

    def commit(self) -> None:
        self._first_words = ""
        if self._transaction is not None:
            try:
                await_(self._commit())
            except Exception as error:
                self._handle_exception(error)

    def rollback(self) -> None:
        self._first_words = ""
        super().rollback()  # type: ignore[no-untyped-call]


class Module(AsyncAdapt_asyncpg_dbapi):
    """The DB-API module for `create_async_engine(module=...)`."""

    def __init__(self) -> None:
        super().__init__(asyncpg)  # type: ignore[no-untyped-call]

    def connect(self, *arguments: Any, **options: Any) -> Connection:
        own = {name: options.pop(name) for name in _OPTIONS & options.keys()}
        made = options.pop("async_creator_fn", asyncpg.connect)(*arguments, **options)
        return await_(Connection.create(self, made, **own))


def of(connection: AsyncConnection) -> Connection:
    """The connection behind one that was started."""
    assert connection.sync_connection is not None
    found = connection.sync_connection.connection.dbapi_connection
    assert isinstance(found, Connection)
    return found
