"""A network between the program and PostgreSQL that can stall, and counts round trips."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy import URL, make_url


class DatabaseProxy:
    """Passes bytes to a server until `flows` is cleared; then it keeps and accepts connections and passes nothing.

    `round_trips`: how often a client has spoken after it was answered.
    """

    def __init__(self, url: str) -> None:
        self._url: URL = make_url(url)
        self.flows = asyncio.Event()
        self.flows.set()
        self.round_trips = 0
        self._serving: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Until the end of the block; gives the URL of the database through this network."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        here = self._url.set(host="127.0.0.1", port=server.sockets[0].getsockname()[1], query={})
        try:
            yield here.render_as_string(hide_password=False)
        finally:
            server.close()
            for serving in self._serving:
                serving.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.flows.wait()
        theirs, ours = await self._server()
        answered = asyncio.Event()
        for copying in (self._ask(reader, ours, answered), self._answer(theirs, writer, answered)):
            task = asyncio.create_task(copying)
            self._serving.add(task)
            task.add_done_callback(self._serving.discard)

    async def _server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """By its socket in the file system, where it has one."""
        if folder := self._url.query.get("host"):
            return await asyncio.open_unix_connection(f"{folder}/.s.PGSQL.{self._url.port or 5432}")
        return await asyncio.open_connection(self._url.host, self._url.port or 5432)

    async def _ask(self, client: asyncio.StreamReader, server: asyncio.StreamWriter, answered: asyncio.Event) -> None:
        async for block in self._passing(client, server):
            self.round_trips += answered.is_set()
            answered.clear()
            server.write(block)

    async def _answer(
        self, server: asyncio.StreamReader, client: asyncio.StreamWriter, answered: asyncio.Event
    ) -> None:
        async for block in self._passing(server, client):
            answered.set()
            client.write(block)

    async def _passing(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> AsyncIterator[bytes]:
        with contextlib.suppress(ConnectionError):  # either end may be gone
            try:
                while block := await source.read(65_536):
                    await self.flows.wait()
                    yield block
            finally:
                target.close()
