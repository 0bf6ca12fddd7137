"""Whether a transaction has written, as the engine sees it: no statement can pass by, whichever way it was issued."""

from __future__ import annotations

import re
from functools import lru_cache

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPICursor, ExecutionContext
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

_WRITTEN = "nuanxin.written"
"""The mark in `Connection.info`, which lives as long as the pooled connection and is therefore reset by each BEGIN."""

_QUERY = re.compile(r"\s*(SELECT|VALUES|SHOW|EXPLAIN|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
_WITH = re.compile(r"\s*WITH\b", re.IGNORECASE)
_LOCK = re.compile(r"\bFOR\s+(NO\s+KEY\s+)?UPDATE\b", re.IGNORECASE)
_CHANGE = re.compile(r"\b(INSERT|UPDATE|DELETE|MERGE)\b", re.IGNORECASE)


@lru_cache(maxsize=2_048)
def is_read(statement: str) -> bool:
    """Whether a statement only reads, by its SQL text.

    What is not certainly a read counts as a write: a mark too many costs a row, a mark too few loses an effect.
    `SELECT … FOR UPDATE` locks and is a read. A query that begins with WITH may hold a change.
    """
    if _WITH.match(statement):
        return _CHANGE.search(_LOCK.sub("", statement)) is None
    return _QUERY.match(statement) is not None


def watch(engine: AsyncEngine) -> None:
    """Marks this engine's connections when they write, and takes the mark away when a transaction begins."""

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Connection) -> None:
        connection.info.pop(_WRITTEN, None)

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def on_execute(
        connection: Connection,
        _cursor: DBAPICursor,
        statement: str,
        _parameters: object,
        _context: ExecutionContext | None,
        _many: bool,  # noqa: FBT001 (SQLAlchemy's signature)
    ) -> None:
        if not is_read(statement):
            connection.info[_WRITTEN] = True


async def has_written(session: AsyncSession) -> bool:
    """Whether this transaction has sent anything but queries to the database, what is still to be flushed included."""
    await session.flush()
    connection = session.info["connection"]
    assert isinstance(connection, AsyncConnection)
    return _WRITTEN in connection.info
