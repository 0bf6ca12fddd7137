"""Where the console begins: at the first page that is for this person."""

from __future__ import annotations

from aiohttp import web

from bot.web import headers
from bot.web.visits import OFFICE, Page, Visit


async def show(visit: Visit) -> web.Response:
    found = headers.of_page(headers.NOBODY, is_https=visit.site.is_https)
    path, _ = visit.menu[0]
    return web.Response(status=303, headers={**found, "Location": f"{visit.site.root}{path}"})


PAGES = (Page("GET", "/console", show, kinds=OFFICE),)
