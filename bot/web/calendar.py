"""Calendar feeds over HTTP: a secret address a person, with an ETag."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from aiohttp import web

from handlers.chat.context import AppContext
from storage.activities import activities, calendar_feeds, calendar_files, participants
from storage.activities.activities import Activity
from storage.activities.participants import PlaceState
from storage.database import Database

KEPT = timedelta(days=30)
"""An activity that ended so long ago leaves the calendar."""


class CalendarFeed:
    def __init__(self, database: Database, context: AppContext, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._context = context
        self._clock = clock

    def add_routes(self, application: web.Application) -> None:
        application.router.add_get("/calendar/{token}.ics", self.serve)

    async def serve(self, request: web.Request) -> web.Response:
        """404 for a token that opens nothing, whatever it looks like."""
        token = request.match_info["token"]
        async with self._database.reading() as session:
            person_id = await calendar_feeds.owner(session, token) if len(token) <= 64 else None
            if person_id is None:
                raise web.HTTPNotFound
            rows = []
            for activity_id, place in (await participants.mine(session, person_id)).items():
                row = await activities.find(session, activity_id)
                if row is not None and place.state == PlaceState.PLACED and row.ends_at > self._clock() - KEPT:
                    rows.append(row)
        return self._answer(request, sorted(rows, key=lambda row: row.starts_at))

    def _answer(self, request: web.Request, rows: Sequence[Activity]) -> web.Response:
        context = self._context
        body = calendar_files.calendar(
            rows, context.settings.organisation.name, context.settings.lead_times, context.link() + "?start="
        )
        tag = hashlib.sha256(body).hexdigest()[:32]
        headers = {"Cache-Control": "private, max-age=300", "ETag": f'"{tag}"', "Referrer-Policy": "no-referrer"}
        if any(known.value in (tag, "*") for known in request.if_none_match or ()):
            return web.Response(status=304, headers=headers)
        return web.Response(body=body, headers={**headers, "Content-Type": "text/calendar; charset=utf-8"})
