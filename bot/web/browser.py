"""All that browsers are served: the Mini App and the console."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from aiohttp import web

from bot.web.doors import Doors
from bot.web.entering import Entrance
from bot.web.live import Live
from bot.web.pages import activities, applications, broadcasts, cases, home, map, me, stations, system
from bot.web.pages.figures import pages as statistics
from bot.web.pages.map import base_map
from bot.web.site import Site
from bot.web.visits import Page

RIDERS: Sequence[Page] = (*map.PAGES, *me.PAGES)
OFFICE_PAGES: Sequence[Page] = (
    *home.PAGES,
    *applications.PAGES,
    *cases.PAGES,
    *activities.PAGES,
    *broadcasts.PAGES,
    *stations.PAGES,
    *statistics.PAGES,
    *system.PAGES,
)


class Browser:
    """Serves the pages, where they can be opened at all (see `pages_url`)."""

    def __init__(self, site: Site, doors: Doors, entrance: Entrance, live: Live) -> None:
        self._site = site
        self._doors = doors
        self._entrance = entrance
        self.live = live

    def add_routes(self, application: web.Application) -> None:
        """Adds the pages that the organisation offers."""
        if not self._site.url:
            return
        self._entrance.add_routes(application)
        if self._site.console:
            self.live.add_routes(application)
        for page in chain(RIDERS, OFFICE_PAGES if self._site.console else ()):
            self._doors.add(application, page)
        if self._site.map.pmtiles:
            application.router.add_get("/app/map/base.pmtiles", base_map(Path(self._site.map.pmtiles)))
