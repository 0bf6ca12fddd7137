"""PostgreSQL behind a network that stalls, and processes that are frozen in a transaction: nobody waits long."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator

import pytest
from sqlalchemy import URL, make_url, text

from storage import postgresql_engine
from storage.coordination import change_counters
from storage.database_errors import is_outage
from tests.support.databases import migrated, new_database, opened


class StallingProxy:
    """Passes bytes to a server until it `stalls`; then it keeps connections open and passes nothing."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self.flows = asyncio.Event()
        self.flows.set()
        self._copying: set[asyncio.Task[None]] = set()
        self.address = 0

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = server.sockets[0].getsockname()[1]
        try:
            yield
        finally:
            for copying in self._copying:
                copying.cancel()
            await asyncio.gather(*self._copying, return_exceptions=True)
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await self._server()
        for source, target in ((reader, ours), (theirs, writer)):
            task = asyncio.create_task(self._copy(source, target))
            self._copying.add(task)

    async def _server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """By its socket in the file system, where it has one."""
        if folder := self._url.query.get("host"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self._url.port or 5432}")
        return await asyncio.open_connection(self._url.host, self._url.port or 5432)

    async def _copy(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        try:
            while block := await source.read(65_536):
                await self.flows.wait()
                target.write(block)
        finally:
            target.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(postgresql_engine, "IDLE_FOR_AT_MOST", 0.5)
    monkeypatch.setattr(postgresql_engine, "ANSWERS_WITHIN", 1.0)
    yield


@pytest.mark.usefixtures("impatient")
async def test_a_row_lock_of_a_frozen_process_stops_others_only_for_a_while(postgresql: str) -> None:
    url = await migrated(await new_database(postgresql))
    frozen, healthy = opened(url), opened(url)
    async with frozen.writing() as stuck:
        await change_counters.raise_version(stuck, "settings")
        begun = time.monotonic()
        async with healthy.writing() as session:
            await change_counters.raise_version(session, "settings")
        assert time.monotonic() - begun < 5
        with pytest.raises(Exception) as raised:
            await stuck.execute(text("SELECT 1"))
        assert is_outage(raised.value)
        await stuck.invalidate()
    await frozen.close()
    await healthy.close()


@pytest.mark.usefixtures("impatient")
async def test_a_stalled_network_is_an_outage_and_over_when_it_flows_again(postgresql: str) -> None:
    url = make_url(await migrated(await new_database(postgresql)))
    proxy = StallingProxy(url)
    async with proxy.running():
        database = opened(url.set(host="127.0.0.1", port=proxy.address, query={}).render_as_string(hide_password=False))
        async with database.reading() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        proxy.flows.clear()
        begun = time.monotonic()
        with pytest.raises(Exception) as raised:
            async with database.reading() as session:
                await session.scalar(text("SELECT 1"))
        assert is_outage(raised.value)
        assert time.monotonic() - begun < 10
        proxy.flows.set()
        async with database.reading() as session:
            assert await session.scalar(text("SELECT 1")) == 1
        await database.close()
