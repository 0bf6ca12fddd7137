"""The database: engine, sessions, column types. SQLite by default, PostgreSQL when one machine is not enough."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import (
    BigInteger,
    CursorResult,
    Executable,
    Integer,
    LargeBinary,
    MetaData,
    TypeDecorator,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase, Session

from storage import pseudonym_columns
from storage.column_types import UtcDateTime as UtcDateTime  # noqa: PLC0414 (landed migrations have it from here)
from storage.database_errors import DatabaseAway
from storage.encryption import Vault
from storage.engine import postgresql_engine, sqlite_driver, sqlite_engine, write_detection
from storage.engine.transaction_watch import TransactionWatch, Unwatched
from storage.engine.write_detection import WrittenTables
from storage.engine.writer_lock import WriterLock
from storage.pseudonym_columns import Pseudonym
from storage.telegram_ids import ChatId, PersonId

CHECKPOINT_ABOVE = 32 << 20

BigKey = BigInteger().with_variant(Integer, "sqlite")
"""A 64-bit primary key that SQLite can count up by itself."""


class Refused(Exception):
    """A rule of the domain forbids what was asked. Each subclass has one sentence for the person, in handlers."""


class Sealed(TypeDecorator[bytes]):
    """What a Vault has sealed for this column and row. The type tells these columns from other bytes.

    `bound_to` names the columns that say whose row it is, where the primary key does not: the value opens only as long
    as they say the same (see storage/sealed_columns.py).
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, bound_to: tuple[str, ...] = ()) -> None:
        super().__init__()
        self.bound_to = bound_to


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
        """What this process has written by `writing`."""
        self.session_class = type("DatabaseSession", (Session,), {})
        """The class of this database's sessions, so that events can be heard of these alone."""
        self._sessions = async_sessionmaker(
            engine, sync_session_class=self.session_class, expire_on_commit=False, info={"vault": vault}
        )
        self._writer = None if self.is_postgresql else WriterLock()
        self._times_closed = 0
        self._writes_on: AsyncConnection | None = None
        """SQLite's only connection of this process that writes: what changes beside it, another process has changed."""
        self.write_in_hand: AsyncSession | None = None
        """The transaction that holds SQLite's file, so that no process can write beside it; None on PostgreSQL."""

    @contextlib.asynccontextmanager
    async def writing(
        self, *, apart: bool = False, urgent: bool = False, wakes: bool = True
    ) -> AsyncIterator[AsyncSession]:
        """A transaction that may write: committed at the end, rolled back on an error.

        `apart`: its statements may take long (see storage/engine/sqlite_driver.py). `urgent`: it goes before those that
        wait. `wakes`: who waits for what it writes is woken (see `WrittenTables.wake`).
        """
        begun = time.perf_counter()
        try:
            turn = self._writer.held(urgent=urgent) if self._writer else contextlib.nullcontext()
            async with turn, self._writing_session() as session:
                await self._begin(session, {} if self.is_postgresql else {"begin": "IMMEDIATE"}, apart=apart)
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
    async def reading(self, *, apart: bool = False) -> AsyncIterator[AsyncSession]:
        """A session for reading."""
        begun = time.perf_counter()
        try:
            async with self._sessions() as session:
                await self._begin(session, {}, apart=apart)
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
        times_closed = self._times_closed
        connection, self._writes_on = self._writes_on or await _connect(self.engine), None
        try:
            async with self._sessions(bind=connection) as session:
                yield session
        except BaseException:
            # The pool clears up what may be left, such as a BEGIN that succeeds after who waited for it was cancelled.
            await asyncio.shield(asyncio.create_task(self._give_back(connection, times_closed)))
            raise
        if times_closed == self._times_closed:
            self._writes_on = connection
        else:
            await self._give_back(connection, times_closed)

    async def _give_back(self, connection: AsyncConnection, times_closed: int) -> None:
        """To the pool; if that was closed meanwhile, nobody else closes it."""
        if times_closed != self._times_closed:
            await connection.invalidate()
        await connection.close()

    async def _begin(self, session: AsyncSession, options: dict[str, Any], *, apart: bool) -> None:
        connection = await take_connection(session, options, apart=apart)
        if pseudonym_columns.found(connection.dialect) is None:
            await pseudonym_columns.load(connection, self.vault)

    async def checkpoint(self, above: int = CHECKPOINT_ABOVE) -> bool:
        """Moves what SQLite has written to its log into the database file, once the log has so many bytes.

        It waits for the disk, and so does the first write after it, which begins the log anew: both are done here,
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
        """Closes all connections; whoever uses it again opens new ones."""
        self._times_closed += 1
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
        sqlite_driver_of(session).apart = apart
    return connection


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


async def run(session: AsyncSession, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Runs a statement of the hot paths on the session's connection: built once at the start of the program, with its
    values apart, and past the ORM, it costs a third of what it costs through it."""
    connection = session.info["connection"]
    assert isinstance(connection, AsyncConnection)
    return await connection.execute(statement, values)


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


def is_postgresql(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


async def database_clock(session: AsyncSession) -> datetime | None:
    """What time it is by PostgreSQL; None on SQLite, which has the clock of this machine."""
    if not is_postgresql(session):
        return None
    moment = await session.scalar(text("SELECT clock_timestamp()"))
    assert isinstance(moment, datetime)
    return moment


async def size(session: AsyncSession) -> int:
    """Bytes that the database takes on its disk."""
    if is_postgresql(session):
        found = await session.scalar(text("SELECT pg_database_size(current_database())"))
        return int(found or 0)
    pages = await session.scalar(text("PRAGMA page_count"))
    page = await session.scalar(text("PRAGMA page_size"))
    return int(pages or 0) * int(page or 0)


def insert_into(session: AsyncSession, table: type[Base]) -> postgresql.Insert:
    """An INSERT that can say ON CONFLICT, in the dialect of the session (both spell it the same)."""
    return insert_for(table, postgres=is_postgresql(session))


def insert_for(table: type[Base], *, postgres: bool) -> postgresql.Insert:
    """The same, for statements that are built once."""
    return postgresql.insert(table) if postgres else cast(postgresql.Insert, sqlite.insert(table))


async def lock_chat(session: AsyncSession, chat_id: ChatId) -> None:
    """Keeps a chat's updates apart across replicas until the transaction ends (SQLite has one writer anyway)."""
    if is_postgresql(session):
        await session.execute(text("SELECT pg_advisory_xact_lock(:chat)"), {"chat": chat_id})
