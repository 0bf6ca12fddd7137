"""Databases to test on: SQLite in a file, and a real PostgreSQL that the test run starts for itself. And a town."""

from __future__ import annotations

import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy import make_url

from bot.observability import logs
from storage.database import Database
from storage.stations import stations
from storage.stations.stations import Station
from tests.support.databases import (
    SparePostgresql,
    drop_database,
    in_memory,
    migrated,
    new_database,
    new_file,
    opened,
    postgresql_server,
    run_apart,
)
from tests.support.settings import Gazetteer
from tests.support.simulator import HALL, NOON, Town, configured, running, telegram
from tests.support.webhook import Hooked, with_webhook

# How long an example takes says nothing while other tests run beside it.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")


def pytest_collection_finish() -> None:
    """All modules are there by now, and stay: looking through them again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-pair", action="store_true", help="each language on each database")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A chat is played in Chinese on SQLite and in English on PostgreSQL: its words know nothing of the database."""
    if config.getoption("--every-pair"):
        return
    left_out = [item for item in items if _pair(item) in (("en", "sqlite"), ("zh_Hans", "postgresql"))]
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def _pair(item: pytest.Item) -> tuple[object, object]:
    """The language and the database of a test that has both."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return params.get("language"), params.get("migrated_url")


def pytest_configure() -> None:
    """Puts the folders of the tests into memory."""
    if (folder := in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


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
        town = Town(database, api, configured(tmp_path, address), geocoder, has_menus=has_menus)
        async with running(town.app):
            yield town


@pytest.fixture
async def hooked(database: Database, tmp_path: Path) -> AsyncIterator[Hooked]:
    """The bot with one station, taking updates by a webhook."""
    async with with_webhook(database, tmp_path) as hooked:
        yield hooked
