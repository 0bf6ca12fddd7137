"""The database: engine, sessions, column types. SQLite by default, PostgreSQL when one machine is not enough."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import MetaData, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Session

from storage import pseudonym_columns
from storage.column_types import UtcDateTime as UtcDateTime  # noqa: PLC0414 (landed migrations have it from here)
from storage.database_errors import DatabaseAway
from storage.dialects import is_postgresql
from storage.encryption import Vault
from storage.engine import announcements, postgresql_engine, sqlite_driver, sqlite_engine, write_detection
from storage.engine.late_returns import LateReturns
from storage.engine.transaction_watch import TransactionWatch, Unwatched
from storage.engine.write_detection import WrittenTables
from storage.engine.writer_lock import WriterLock
from storage.pseudonym_columns import Pseudonym
from storage.telegram_ids import ChatId, PersonId

CHECKPOINT_ABOVE = 32 << 20


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 (SQLAlchemy's own idiom)
        datetime: UtcDateTime(),
        PersonId: Pseudonym(),
        ChatId: Pseudonym(),
    }


class Database:
    """One engine and its sessions.

    On SQLite there is one writer at a time, and within this process it is chosen by a lock, so that nobody waits busily
    for the file. PostgreSQL needs no such lock.
    """

    def __init__(self, engine: AsyncEngine, vault: Vault) -> None:
        self.engine = engine
        self.vault = vault
        self.watch: TransactionWatch = Unwatched()
        self.is_postgresql = engine.dialect.name == "postgresql"
        self.written = WrittenTables(sees_others=not self.is_postgresql)
        """What this process has written by `writing`, and what it knows of others."""
        self.session_class = type("DatabaseSession", (Session,), {})
        """The class of this database's sessions, so that events can be heard of these alone."""
        self._sessions = async_sessionmaker(
            engine, sync_session_class=self.session_class, expire_on_commit=False, info={"vault": vault}
        )
        self._writer = None if self.is_postgresql else WriterLock()
        self._late = LateReturns(engine)
        self._writes_on: AsyncConnection | None = None
        """SQLite's only connection of this process that writes: what changes beside it, another process has changed."""
        self.write_in_hand: AsyncSession | None = None
        """The transaction that holds SQLite's file, so that no process can write beside it; None on PostgreSQL."""

    @contextlib.asynccontextmanager
    async def writing(
        self, *, apart: bool = False, urgent: bool = False, wakes: bool = True, at_once: bool = False
    ) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: committed at the end, rolled back on an error.

        `apart`: its statements may take long (see storage/engine/sqlite_driver.py). `urgent`: it goes before those that
        wait. `wakes`: who waits for what it writes is woken (see `WrittenTables.wake`). `at_once`: on PostgreSQL each
        statement commits by itself, which is cheaper.
        """
        begun = time.perf_counter()
        try:
            turn = self._writer.held(urgent=urgent) if self._writer else contextlib.nullcontext()
            async with turn, self._writing_session() as session:
                options = self._at_once() if at_once else {}
                await self._begin(session, options if self.is_postgresql else {"begin": "IMMEDIATE"}, apart=apart)
                if not self.is_postgresql and sqlite_driver_of(session).sees_changes():
                    self.written.note_others()
                self.write_in_hand = None if self.is_postgresql else session
                try:
                    yield session
                    written = await _written(session)
                    await session.commit()
                    self.written.note(written, wakes=wakes)
                finally:
                    self.write_in_hand = None
        except Exception as error:
            self.watch.failed(error)
            raise
        else:
            self.watch.worked(wrote=bool(written))
        finally:
            self.watch.took("write", time.perf_counter() - begun)

    @contextlib.asynccontextmanager
    async def reading(self, *, apart: bool = False, at_once: bool = False) -> AsyncIterator[AsyncSession]:
        """A session for reading. `at_once`: on PostgreSQL each statement is by itself, which is cheaper."""
        begun = time.perf_counter()
        try:
            async with self._sessions() as session:
                await self._begin(session, self._at_once() if at_once else {}, apart=apart)
                yield session
        except Exception as error:
            self.watch.failed(error)
            raise
        else:
            self.watch.worked(wrote=False)
        finally:
            self.watch.took("read", time.perf_counter() - begun)

    @contextlib.asynccontextmanager
    async def _writing_session(self) -> AsyncIterator[AsyncSession]:
        if self.is_postgresql:
            async with self._sessions() as session:
                yield session
            return
        times_closed = self._late.times_closed
        connection, self._writes_on = self._writes_on or await _connect(self.engine), None
        try:
            async with self._sessions(bind=connection) as session:
                yield session
        except BaseException:
            # The pool clears up what may be left, such as a BEGIN that succeeds after who waited for it was cancelled.
            await asyncio.shield(asyncio.create_task(connection.close()))
            raise
        if times_closed == self._late.times_closed:
            self._writes_on = connection
        else:
            await connection.close()

    def _at_once(self) -> dict[str, Any]:
        return postgresql_engine.AT_ONCE if self.is_postgresql else {}

    async def _begin(self, session: AsyncSession, options: dict[str, Any], *, apart: bool) -> None:
        connection = await take_connection(session, options, apart=apart)
        if pseudonym_columns.found(connection.dialect) is None:
            await pseudonym_columns.load(connection, self.vault)

    async def checkpoint(self, above: int = CHECKPOINT_ABOVE) -> bool:
        """Moves what SQLite has written to its log into the database file, once the log has so many bytes.

        It waits for the disk, and so does the first write after it, which begins the log again: both are done here,
        apart. Returns whether it was done.
        """
        if self.is_postgresql or _size_of(f"{self.engine.url.database}-wal") < above:
            return False
        await sqlite_engine.run_apart(self.engine, "PRAGMA wal_checkpoint(PASSIVE)")
        async with self.writing(apart=True) as session:
            await session.execute(text("PRAGMA user_version = 1"))
        return True

    @contextlib.asynccontextmanager
    async def connected(self) -> AsyncIterator[AsyncConnection]:
        """A connection without a session, for what is done to the schema.

        Raises:
            DatabaseAway: see the class; also if a pooler in transaction mode is in between.
        """
        engine = postgresql_engine.patient(self.engine.url) if self.is_postgresql else self.engine
        connection = engine.connect()
        try:
            await connection.start()
        except Exception as error:
            raise DatabaseAway(type(error).__name__) from error
        try:
            if self.is_postgresql:
                await postgresql_engine.ensure_own_session(connection, engine)
            yield connection
        finally:
            await connection.close()
            if engine is not self.engine:
                await engine.dispose()

    async def close(self) -> None:
        """Closes all connections; whoever uses it again opens new ones. What was not told is told before."""
        if self.is_postgresql and self.written.untold:
            await announcements.tell_through(self.engine, self.written.untold)
        self._late.times_closed += 1
        connection, self._writes_on = self._writes_on, None
        if connection is not None:
            await connection.close()
        await self.engine.dispose()


def _size_of(file: str) -> int:
    """Bytes; 0 if there is none."""
    try:
        return Path(file).stat().st_size
    except FileNotFoundError:
        return 0


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except Exception as error:
        raise DatabaseAway(type(error).__name__) from error


async def take_connection(session: AsyncSession, options: dict[str, Any], *, apart: bool) -> AsyncConnection:
    """Takes the session's connection now, so that an outage is known as one: drivers raise whatever they meet, from a
    missing socket to "the database system is starting up"."""
    try:
        session.info["connection"] = connection = await session.connection(execution_options=options)
    except Exception as error:
        raise DatabaseAway(type(error).__name__) from error
    if connection.dialect.name == "sqlite":
        session.info["driver"] = driver = sqlite_driver_of(session)
        driver.apart = apart
    else:
        from storage.engine import postgresql_driver

        session.info["driver"] = postgresql_driver.of(connection)
    return connection


@contextlib.contextmanager
def apart(session: AsyncSession) -> Iterator[None]:
    """Has the statements of the block run in the thread of the session's connection: those that look at many rows, of
    a page that is otherwise short (see storage/engine/sqlite_driver.py). PostgreSQL is another process anyhow."""
    if is_postgresql(session):
        yield
        return
    driver = sqlite_driver_of(session)
    before, driver.apart = driver.apart, True
    try:
        yield
    finally:
        driver.apart = before


def apart_to_the_end(session: AsyncSession) -> None:
    """The same until the transaction ends: a commit of many rows takes long, too."""
    if not is_postgresql(session):
        sqlite_driver_of(session).apart = True


def sqlite_driver_of(session: AsyncSession) -> sqlite_driver.Connection:
    """SQLite's connection of a session that `take_connection` has given one."""
    connection = session.info["connection"]
    assert isinstance(connection, AsyncConnection)
    assert connection.sync_connection is not None
    driver = connection.sync_connection.connection.driver_connection
    assert isinstance(driver, sqlite_driver.Connection)
    return driver


async def _written(session: AsyncSession) -> frozenset[str]:
    """The tables of which there is something to commit; none if it was rolled back already."""
    if not session.in_transaction():
        return frozenset()
    await write_detection.flush(session)
    return write_detection.written_by(session)


def vault_of(session: AsyncSession) -> Vault:
    """Returns the keys of the database that this session belongs to."""
    vault = session.info["vault"]
    assert isinstance(vault, Vault)
    return vault


def open_database(url: str, vault: Vault, *, connections: int = 16) -> Database:
    """Opens the database of `url`, with at most so many connections on PostgreSQL.

    No parameter of a statement ever reaches a log or an error text.
    """
    parsed = make_url(url)
    options: dict[str, Any] = {
        "hide_parameters": True,
        "json_serializer": lambda value: orjson.dumps(value).decode(),
        "json_deserializer": orjson.loads,
    }
    if parsed.get_backend_name() == "sqlite":
        engine = sqlite_engine.opened(parsed, options)
    else:
        engine = postgresql_engine.shared(parsed, connections, options)
    write_detection.watch(engine)
    return Database(engine, vault)
