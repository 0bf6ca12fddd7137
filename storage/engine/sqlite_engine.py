"""Connections to the file of SQLite."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from storage.engine import sqlite_driver

CONNECTIONS = 6


def opened(url: URL, options: dict[str, Any]) -> AsyncEngine:
    """The engine of a file, whose folder is made if there is none."""
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(
        url,
        pool_size=CONNECTIONS,
        max_overflow=0,
        connect_args={"timeout": sqlite_driver.PATIENCE_MS / 1_000},
        module=sqlite_driver.Module(),
        **options,
    )
    _tune(engine)
    return engine


async def run_apart(engine: AsyncEngine, *statements: str) -> None:
    """Runs statements that stand in no transaction and may take long, in the thread of a connection."""
    async with engine.connect() as connection:
        driver = await _driver_of(connection)
        driver.apart = True
        for statement in statements:
            await driver.execute_apart(statement)


async def keep_temporary_tables(connection: AsyncConnection, place: Literal["MEMORY", "DEFAULT"]) -> None:
    """Where this connection, which is in no transaction, puts temporary tables: DEFAULT are files."""
    driver = await _driver_of(connection)
    await driver.execute_apart(f"PRAGMA temp_store = {place}")


async def _driver_of(connection: AsyncConnection) -> sqlite_driver.Connection:
    pooled = await connection.get_raw_connection()
    driver = pooled.driver_connection
    assert isinstance(driver, sqlite_driver.Connection)
    return driver


def _tune(engine: AsyncEngine) -> None:
    """WAL, and a transaction that says at its BEGIN whether it will write."""

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the driver then leaves BEGIN to us
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "wal_autocheckpoint=0"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        # On the driver's cursor: SQLAlchemy's own way to a statement costs ten times this one.
        cursor = connection.connection.cursor()
        cursor.execute(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
        cursor.close()
