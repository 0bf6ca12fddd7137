"""Statements of the hot paths, past SQLAlchemy's execution.

A statement that SQLite runs in 15 us costs 110 by `AsyncConnection.execute`: a greenlet, the key of a cache, a context,
a result. Here it is compiled once, with the conversions of its types, and runs on the driver. On PostgreSQL those with
a list of any length in their text are left to SQLAlchemy.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Dialect, Executable, Float, Numeric
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.sql import Select
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.types import TupleType, TypeEngine

from storage.engine import sqlite_driver, write_detection

if TYPE_CHECKING:
    from storage.engine import postgresql_driver

Value: TypeAlias = Any
"""Of a column."""
Row: TypeAlias = Any
"""Its columns are attributes, and it can be unpacked."""
Convert: TypeAlias = Callable[[Value], Value] | None


class Found(Protocol):
    """What came back: Rows, or SQLAlchemy's result."""

    def __iter__(self) -> Iterator[Row]: ...
    def first(self) -> Row: ...
    def one_or_none(self) -> Row: ...
    def one(self) -> Row: ...
    def scalar(self) -> Value: ...
    def all(self) -> Sequence[Row]: ...


class Rows(list[Row]):
    """The rows, with the methods of SQLAlchemy's result."""

    def first(self) -> Row:
        return self[0] if self else None

    def one_or_none(self) -> Row:
        """The only row. Raises ValueError if there are several."""
        if len(self) > 1:
            raise ValueError("several rows")
        return self.first()

    def one(self) -> Row:
        """The only row. Raises ValueError if there is none, or there are several."""
        (row,) = self
        return row

    def scalar(self) -> Value:
        return self[0][0] if self else None

    def all(self) -> list[Row]:
        return self


class _Bind(NamedTuple):
    """A value of the statement; `token` stands in the text for one that is a list."""

    name: str
    default: object
    convert: Convert
    token: str


class _Compiled(NamedTuple):
    """`row` makes a row of its columns, of which those at the places of `convert` are to be converted."""

    sql: str
    binds: Sequence[_Bind]
    row: Callable[[Iterable[Value]], Row]
    convert: Sequence[tuple[int, Callable[[Value], Value]]]

    def filled(self, values: Mapping[str, Value]) -> tuple[str, list[Value]] | None:
        """The text and its values in order; None if a list is empty, for which SQL has no plain words."""
        sql, parameters = self.sql, list[Value]()
        for name, default, convert, token in self.binds:
            value = values.get(name, default)
            if not token:
                parameters.append(value if convert is None else convert(value))
                continue
            if not value:
                return None
            sql = sql.replace(token, ",".join("?" * len(value)))
            parameters += value if convert is None else map(convert, value)
        return sql, parameters

    def rows(self, found: Sequence[Row]) -> Rows:
        return Rows(map(self.row, map(self._converted, found) if self.convert else found))

    def _converted(self, row: Row) -> list[Value]:
        values = list(row)
        for at, convert in self.convert:
            values[at] = convert(values[at])
        return values


_ByNames: TypeAlias = dict[tuple[str, ...], _Compiled | None]
_OfDialect: TypeAlias = WeakKeyDictionary[Executable, _ByNames]
KNOWN: WeakKeyDictionary[Dialect, _OfDialect] = WeakKeyDictionary()
"""By the names of the values. A statement that was built for one call is forgotten with it. Dialects that convert by
the same pseudonyms may share what is known."""


def _compiled(dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> _Compiled | None:
    """None for one that is left to SQLAlchemy."""
    of_dialect = KNOWN.get(dialect)
    if of_dialect is None:
        of_dialect = KNOWN[dialect] = WeakKeyDictionary()
    known = of_dialect.get(statement)
    if known is None:
        known = of_dialect[statement] = {}
    if names not in known:
        known[names] = _compile(dialect, statement, names)
    return known[names]


def _compile(dialect: Dialect, statement: Executable, names: tuple[str, ...]) -> _Compiled | None:
    if not isinstance(statement, Select | UpdateBase):
        return None
    compiled = statement.compile(dialect=dialect, column_keys=sorted(names))
    assert isinstance(compiled, SQLCompiler)
    if _needs_more(compiled, names):
        return None
    defaults = compiled.params
    binds = []
    for name in compiled.positiontup or ():
        bind = compiled.binds[name]
        token = f"__[POSTCOMPILE_{name}]" if bind.expanding else ""
        binds.append(
            _Bind(name, defaults.get(name), _implementation(bind.type, dialect).bind_processor(dialect), token)
        )
    columns = _columns(statement)
    if _is_postgresql(dialect) and any(isinstance(one.type, Float | Numeric) for one in columns):
        return None  # how a number is read depends on its type in the answer
    row: Row = namedtuple("Row", [str(one.key) for one in columns], rename=True)  # type: ignore[misc]
    found = enumerate(_implementation(one.type, dialect).result_processor(dialect, None) for one in columns)
    converters = [(at, convert) for at, convert in found if convert is not None]
    return _Compiled(str(compiled), binds, row._make, converters)


def _needs_more(compiled: SQLCompiler, names: Sequence[str]) -> bool:
    """Whether SQLAlchemy does more than to convert the values: it misses one, makes a default or writes some into the
    text."""
    binds = compiled.binds.values()
    return bool(
        any(bind.required and bind.key not in names for bind in binds)
        or any(bind.callable is not None or isinstance(bind.type, TupleType) for bind in binds)
        or (compiled.post_compile_params and _is_postgresql(compiled.dialect))
        or compiled.insert_prefetch
        or compiled.update_prefetch
        or compiled.literal_execute_params
    )


def _is_postgresql(dialect: Dialect) -> bool:
    return dialect.name == "postgresql"


def _columns(statement: Select[Any] | UpdateBase) -> Sequence[ColumnElement[Any]]:
    """What comes back: of a copy, since SQLAlchemy remembers it in the statement and in all that is made of that."""
    asked = copy(statement)
    return list(asked.selected_columns if isinstance(asked, Select) else asked.exported_columns)


def _implementation(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


async def _past(
    connection: AsyncConnection,
    driver: sqlite_driver.Connection | postgresql_driver.Connection,
    statement: Executable,
    values: Mapping[str, Value],
) -> Rows | None:
    """Runs it within the transaction of the connection; None if that is left to SQLAlchemy.

    Raises:
        DBAPIError: as SQLAlchemy would.
    """
    dialect = connection.dialect
    compiled = _compiled(dialect, statement, tuple(values))
    # After a rollback SQLAlchemy begins a transaction before the next statement; the driver alone would not.
    filled = compiled.filled(values) if compiled is not None and connection.in_transaction() else None
    if compiled is None or filled is None:
        return None
    sql, parameters = filled
    if isinstance(driver, sqlite_driver.Connection):
        ran: sqlite_driver.Ran | postgresql_driver.Ran = await _on_sqlite(connection, driver, sql, parameters)
    else:
        ran = await _on_postgresql(connection, driver, sql, parameters)
    write_detection.note(connection.info, compiled.sql, ran.rowcount)
    return compiled.rows(ran.rows)


async def _on_sqlite(
    connection: AsyncConnection, driver: sqlite_driver.Connection, sql: str, parameters: Sequence[Value]
) -> sqlite_driver.Ran:
    try:
        return await driver.run(sql, parameters)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            sql, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


async def _on_postgresql(
    connection: AsyncConnection, driver: postgresql_driver.Connection, sql: str, parameters: Sequence[Value]
) -> postgresql_driver.Ran:
    dialect: Any = connection.dialect
    try:
        return await driver.run(sql, parameters, dialect._invalidate_schema_cache_asof)
    except BaseException as error:
        await connection.run_sync(driver.fail, sql, error)
        raise


async def run(session: AsyncSession, statement: Executable, values: Any = None) -> Found:
    """Runs a statement of the hot paths on the session's connection: built once at the start of the program, with its
    values apart, and past the ORM, it costs a tenth of what it costs through it, on PostgreSQL a third."""
    connection, driver = session.info.get("connection"), session.info.get("driver")
    if connection is None:
        connection = await session.connection()
    if driver is not None and not isinstance(values, list):
        rows = await _past(connection, driver, statement, values or {})
        if rows is not None:
            return rows
    found: Found = await connection.execute(statement, values)
    return found


async def run_each(session: AsyncSession, statement: Executable, rows: Sequence[Mapping[str, Value]]) -> None:
    """Runs a statement of the hot paths for each of a few rows, on PostgreSQL for all at once."""
    if not isinstance(session.info.get("driver"), sqlite_driver.Connection):
        await run(session, statement, list(rows))
        return
    for row in rows:
        await run(session, statement, row)
