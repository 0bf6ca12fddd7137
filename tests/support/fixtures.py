"""Databases to test on: SQLite in a file, and a real PostgreSQL that the test run starts for itself. And a town."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.config.sections import Features
from bot.observability import logs
from storage.database import Database
from storage.stations import stations
from storage.stations.stations import Station
from tests.support.config import configured
from tests.support.databases import (
    SparePostgresql,
    drop_database,
    migrated,
    new_database,
    new_file,
    opened,
    postgresql_server,
    run_apart,
)
from tests.support.settings import Gazetteer
from tests.support.simulator import HALL, NOON, Town, running, telegram
from tests.support.webhook import Hooked, with_webhook


@pytest.fixture(scope="session", autouse=True)
def _logs_as_in_the_program() -> None:
    """Without it, structlog prints every error with all local variables, which takes two seconds each."""
    logs.set_up("info", "console")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The URL of a PostgreSQL of this test process."""
    with postgresql_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database, without a schema."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    server = request.getfixturevalue("postgresql")
    url = await new_database(server)
    yield url
    await drop_database(server, url)


@pytest.fixture(scope="session")
def postgresql_template(postgresql: str) -> str:
    """The name of a database of the newest schema, to be copied."""

    async def made() -> str:
        return make_url(await migrated(await new_database(postgresql))).database or ""

    return run_apart(made())


@pytest.fixture
async def postgresql_url(postgresql: str, postgresql_template: str) -> str:
    """The URL of a PostgreSQL database of the newest schema that only this test uses."""
    return await new_database(postgresql, postgresql_template)


@pytest.fixture
def fresh_heap() -> None:
    """What is there already is not looked through when the test collects its garbage: that takes two seconds."""
    gc.freeze()


@pytest.fixture(scope="session")
def spare_postgresql(postgresql: str, postgresql_template: str) -> SparePostgresql:
    return SparePostgresql(postgresql, postgresql_template)


@pytest.fixture(params=["sqlite", "postgresql"])
async def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of an empty database of the newest schema."""
    if request.param == "sqlite":
        yield new_file(tmp_path / "test.db")
        return
    spare: SparePostgresql = request.getfixturevalue("spare_postgresql")
    url = await spare.take()
    yield url
    await spare.give_back(url)


@pytest.fixture
async def database(migrated_url: str) -> AsyncIterator[Database]:
    """An empty database of the newest schema."""
    database = opened(migrated_url)
    yield database
    await database.close()


@pytest.fixture
async def town(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> AsyncIterator[Town]:
    """The bot with two stations, taking updates by polling."""
    async with database.writing() as session:
        await stations.put_all(session, [HALL, Station("b", "Second", 37.45, 116.36)], NOON)
    async with telegram() as (api, address):
        geocoder = Gazetteer() if request.node.get_closest_marker("gazetteer") else None
        has_menus = request.node.get_closest_marker("menus") is not None
        config = configured(tmp_path, address)
        if request.node.get_closest_marker("every_feature") is not None:
            everything = Features.model_validate(dict.fromkeys(Features.model_fields, True))
            config = config.model_copy(update={"features": everything})
        town = Town(database, api, config, geocoder, has_menus=has_menus)
        async with running(town.app):
            yield town


@pytest.fixture
async def hooked(database: Database, tmp_path: Path) -> AsyncIterator[Hooked]:
    """The bot with one station, taking updates by a webhook."""
    async with with_webhook(database, tmp_path) as hooked:
        yield hooked
