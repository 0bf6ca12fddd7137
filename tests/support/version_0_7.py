"""A database as version 0.7 left it, in the middle of things. All people in it are made up.

`version_0_7.sql` was written by that version's own code (schema 0007, the key of the tests): a case with messages that
wait in order, an application that was asked back, two forms in the middle, a broadcast half sent and then corrected,
and notices of many kinds, some of them claimed by a process that is gone.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Date, DateTime, MetaData, Table, func, insert, select, text
from sqlalchemy.engine import make_url

from storage import schema
from storage.database import Database

DUMP = Path(__file__).with_suffix(".sql")


async def load(database: Database) -> None:
    """Fills an empty database with it.

    SQLite takes the dump as it is; PostgreSQL gets that schema by the migrations, and the same rows.
    """
    if not database.is_postgresql:
        file = make_url(str(database.engine.url)).database or ""
        sqlite3.connect(file).executescript(DUMP.read_text("utf-8"))
        return
    await schema.migrate(database, "0007")
    source = sqlite3.connect(":memory:")
    source.row_factory = sqlite3.Row
    source.executescript(DUMP.read_text("utf-8"))
    async with database.engine.begin() as connection:
        await connection.run_sync(_copy, source)


def _copy(connection: Connection, source: sqlite3.Connection) -> None:
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        found = source.execute(f'SELECT * FROM "{table.name}"').fetchall()
        rows = [{name: _value(table.c[name], row[name]) for name in row.keys()} for row in found]  # noqa: SIM118
        if rows and table.name != "alembic_version":
            connection.execute(insert(table), rows)
            _go_on_counting(connection, table)


def _value(column: Column[Any], value: Any) -> Any:
    """What SQLite keeps as text or number, as the column's own type."""
    if value is None:
        return None
    if isinstance(column.type, DateTime):
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    return bool(value) if isinstance(column.type, Boolean) else value


def _go_on_counting(connection: Connection, table: Table) -> None:
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id"))) if "id" in table.c else None
    if sequence is not None:
        connection.execute(text(f"SELECT setval('{sequence}', (SELECT max(id) FROM {table.name}))"))
