"""Tells the open pages of the console that their session has ended: it looks again when rights or sessions change."""

from __future__ import annotations

import asyncio
import contextlib

from aiohttp import web

from bot.web import headers
from bot.web.doors import Doors
from bot.web.site import Site
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page
from storage.database import Database
from storage.database_errors import cause_of

ALIVE_EVERY = 25.0
"""Seconds between two signs of life, which keep proxies from closing the connection. The session may be over then."""
MOST_OPEN = 100


async def _nothing(_visit: object) -> web.StreamResponse:
    """The session is open, and more is not to be heard: a browser does not ask again."""
    return web.Response(status=204, headers={"Cache-Control": "no-store"})


PAGE = Page("GET", "/console/live", _nothing, kinds=OFFICE)


class Live:
    """The connections of open pages (server-sent events)."""

    def __init__(self, site: Site, doors: Doors, database: Database) -> None:
        self._site = site
        self._doors = doors
        self._database = database
        self._otherwise = doors.page(PAGE)
        self._open: set[asyncio.Event] = set()
        self._left = False

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get(PAGE.path, self._serve, allow_head=False)
        application.on_shutdown.append(self._leave)

    async def look_again(self) -> None:
        """Rights or sessions have changed."""
        for changed in self._open:
            changed.set()

    async def _leave(self, _application: web.Application) -> None:
        self._left = True
        await self.look_again()

    async def _is_open(self, token: str) -> bool:
        """Whether the session holds; as long as the database is away, as it did."""
        try:
            async with self._database.reading() as session:
                await self._doors.admit(session, token, PAGE)
        except Turned as turned:
            return turned.why is Why.TOO_MUCH
        except Exception as error:
            if cause_of(error) is None:
                raise
        return True

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        token = self._doors.token_of(request)
        if not await self._is_open(token) or len(self._open) >= MOST_OPEN or "look" in request.query:
            return await self._otherwise(request)
        found = headers.of_page(headers.NOBODY, is_https=self._site.is_https)
        response = web.StreamResponse(headers={**found, "Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
        await response.prepare(request)
        changed = asyncio.Event()
        self._open.add(changed)
        try:
            await self._tell(response, token, changed)
        except ConnectionError:
            pass  # the page was closed
        finally:
            self._open.discard(changed)
        return response

    async def _tell(self, response: web.StreamResponse, token: str, changed: asyncio.Event) -> None:
        while not self._left:
            await response.write(b":\n\n")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), ALIVE_EVERY)
            changed.clear()
            if not await self._is_open(token):
                await response.write(b"event: ended\ndata:\n\n")
                return
