"""What a transaction has written, as the engine sees it: no statement can pass by, whichever way it was issued."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from storage.engine.announcements import EVERYTHING, Untold

_WRITTEN = "nuanxin.written"
"""The tables, in `Connection.info`, which lives as long as the pooled connection: each BEGIN resets it."""

_CHANGES = "nuanxin.changes"
"""How many statements have changed something, since the connection was opened."""

_QUERY = re.compile(r"\s*(SELECT|VALUES|SHOW|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
_WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
_LOCK = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", re.IGNORECASE)
_CHANGE = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)
_TABLE = re.compile(
    r"\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?!\s+SET\b)(?:\s+OR\s+\w+)?|DELETE\s+FROM)"
    r'\s+(?:ONLY\s+)?(?:"?\w+"?\.)?"?(\w+)"?',
    re.IGNORECASE,
)


@lru_cache(maxsize=2_048)
def is_read(statement: str) -> bool:
    """Whether a statement only reads, by its SQL text.

    What is not certainly a read counts as a write: a mark too many costs a row, a mark too few loses an effect.
    `SELECT … FOR UPDATE` locks and is a read. A query that begins with WITH may hold a change.
    """
    if _WITH.match(statement):
        return _CHANGE.search(_LOCK.sub("", statement)) is None
    return _QUERY.match(statement) is not None


@lru_cache(maxsize=2_048)
def tables_written(statement: str) -> frozenset[str]:
    """The tables that a statement changes, by its SQL text; none if it only reads. A change that names no table in the
    usual way may be one of any."""
    if is_read(statement):
        return frozenset()
    return frozenset(_TABLE.findall(_LOCK.sub("", statement))) or EVERYTHING


class WrittenTables:
    """When somebody last wrote to which table, as far as this process knows: what it wrote itself, on SQLite that
    another process wrote, on PostgreSQL what others tell. Who looks for work in a table need not look while nobody
    wrote."""

    def __init__(self, *, sees_others: bool = True) -> None:
        self.sees_others = sees_others
        """Whether this process hears soon of what another has written."""
        self.untold = Untold()
        self._transactions = 0
        self._last: dict[str, int] = {}
        self._awaited: defaultdict[str, list[asyncio.Event]] = defaultdict(list)
        self._called: defaultdict[str, list[Callable[[], object]]] = defaultdict(list)

    def wake(self, event: asyncio.Event, tables: Iterable[str]) -> None:
        """Sets the event from now on whenever somebody is known to have written to one of these tables."""
        for table in (*tables, *EVERYTHING):
            self._awaited[table].append(event)

    def call(self, callback: Callable[[], object], names: Iterable[str]) -> None:
        """Calls this from now on whenever one of these very names is noted, also where nobody is to be woken."""
        for name in names:
            self._called[name].append(callback)

    def note(self, tables: Iterable[str], *, wakes: bool = True) -> None:
        """A transaction that wrote to these tables is committed. Who waits for one of them is woken, and the other
        processes are to be told."""
        self.note_told(tables, wakes=wakes)
        self.untold.add(tables, wakes=wakes)

    def note_told(self, tables: Iterable[str], *, wakes: bool = True) -> None:
        """The same of another process."""
        self._transactions += 1
        for table in tables:
            self._last[table] = self._transactions
            for waiting in self._awaited.get(table, ()) if wakes else ():
                waiting.set()
            for callback in self._called.get(table, ()):
                callback()

    def note_others(self) -> None:
        """Another process has written something, or may have."""
        self.note_told(EVERYTHING)

    def see_others(self, *, sees: bool) -> None:
        """From now on this process hears of what others write, or does not. Either way everybody looks at once: for
        what was written before it heard, or to look as often as they have to now."""
        if sees != self.sees_others:
            self.sees_others = sees
            self.note_others()

    def last(self, tables: Iterable[str]) -> int:
        """The number of the last transaction that wrote to one of these tables; it only rises."""
        return max(self._last.get(table, 0) for table in (*tables, *EVERYTHING))


def watch(engine: AsyncEngine) -> None:
    """Notes on this engine's connections what they write, and forgets it when a transaction begins. A change that
    found no row has written nothing; how many rows a change within a WITH found is not known."""

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.info.pop(_WRITTEN, None)

    @event.listens_for(engine.sync_engine, "after_cursor_execute")
    def on_execute(
        connection: Connection,
        cursor: DBAPICursor,
        statement: str,
        _parameters: object,
        _context: ExecutionContext | None,
        _many: bool,  # noqa: FBT001 (SQLAlchemy's signature)
    ) -> None:
        note(connection.info, statement, cursor.rowcount)


def note(info: dict[str, Any], statement: str, rowcount: int) -> None:
    """A statement was run on the connection of this `Connection.info`, and changed so many rows."""
    written = tables_written(statement)
    if written and (rowcount != 0 or _WITH.match(statement)):
        info[_WRITTEN] = info.get(_WRITTEN, frozenset()) | written
        info[_CHANGES] = info.get(_CHANGES, 0) + 1


async def has_written(session: AsyncSession) -> bool:
    """Whether this transaction has sent anything but queries to the database, what is still to be flushed included."""
    await flush(session)
    return bool(written_by(session))


async def flush(session: AsyncSession) -> None:
    """Sends what is still to be flushed, if there is any: even an empty flush takes as long as a short statement."""
    if not is_flushed(session):
        await session.flush()


def is_flushed(session: AsyncSession) -> bool:
    """Whether nothing is still to be flushed."""
    return not (session.new or session.dirty or session.deleted)


def changes(session: AsyncSession) -> int:
    """A number that rises with each statement of this session that changes something; what is still to be flushed is
    left out."""
    count: int = _connection_of(session).info.get(_CHANGES, 0)
    return count


def written_by(session: AsyncSession) -> frozenset[str]:
    """The tables that this transaction has changed; what is still to be flushed is left out."""
    written: frozenset[str] = _connection_of(session).info.get(_WRITTEN, frozenset())
    return written


def _connection_of(session: AsyncSession) -> AsyncConnection:
    connection = session.info["connection"]
    assert isinstance(connection, AsyncConnection)
    return connection
