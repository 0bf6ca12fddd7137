"""The ways in: the frame of the Mini App and its initData, the link of /console; and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aiohttp import web

from bot.web import headers, init_data, requests
from bot.web.doors import Doors
from bot.web.init_data import NotFromTelegram
from bot.web.site import Site
from bot.web.turned_away import Turned, Why
from bot.web.visits import OFFICE, Page, Visit
from handlers.chat import pages
from handlers.i18n.translations import N_, language_for, translator
from storage.console import passes
from storage.console.passes import LASTS, Kind, LinkSpent
from storage.database import Database
from storage.updates import user_state

TABS = {pages.MAP: N_("🗺 Map"), pages.MINE: N_("🗂 My page")}
"""The pages of the Mini App; their labels come with the token, since nobody is known before."""


class Entrance:
    """Whoever comes here is not known yet."""

    def __init__(self, site: Site, doors: Doors, database: Database, clock: Callable[[], datetime], token: str) -> None:
        self._site = site
        self._doors = doors
        self._database = database
        self._clock = clock
        self._token = token

    def add_routes(self, application: web.Application) -> None:
        router = application.router
        router.add_get("/app/static/{version}/{name}", self._site.static.serve, allow_head=False)
        router.add_get("/app", self._frame, allow_head=False)
        router.add_post("/app/enter", self._doors.guarded(self._enter_app))
        if self._site.console:
            router.add_get("/console/enter", self._show_link, allow_head=False)
            router.add_post("/console/enter", self._doors.guarded(self._use_link))
            self._doors.add(application, Page("POST", "/console/leave", self._leave, kinds=OFFICE, writes=True))

    def _language(self, request: web.Request) -> str:
        return requests.language_of(request, self._site.context.settings.organisation.language)

    async def _frame(self, request: web.Request) -> web.Response:
        """The same for everybody: what the page is to show is asked for by its script."""
        html = self._site.render("app.html", self._language(request))
        return self._site.response(html, framed_by=headers.TELEGRAM)

    async def _enter_app(self, request: web.Request) -> web.StreamResponse:
        """Exchanges initData for a token, once."""
        form, now = await self._form(request), self._clock()
        try:
            opener = init_data.read(form.get("init_data", [""])[0], self._token, now)
        except NotFromTelegram:
            raise Turned(Why.SIGNED_OUT) from None
        if self._site.context.blocks.is_blocked(opener.id, now):
            raise Turned(Why.BLOCKED)
        self._doors.count(opener.id, now)
        language = language_for(opener.language_code, self._site.context.settings.organisation.language)
        async with self._database.writing() as session:
            (standing,) = await user_state.standings(session, [opener.id], now)
            token = await passes.issue(session, opener.id, Kind.APP, now, source=opener.source, language=language)
        spoken = standing.language or language
        answer = {
            "token": token,
            "seconds": int(LASTS[Kind.APP].total_seconds()),
            "language": spoken.replace("_", "-"),
            "tabs": {page: translator(spoken)(label) for page, label in TABS.items()},
        }
        return web.json_response(answer, headers=headers.of_page(headers.NOBODY, is_https=self._site.is_https))

    async def _form(self, request: web.Request) -> dict[str, list[str]]:
        """What a page of ours sent. Raises Turned or BadForm."""
        if not requests.is_from_our_pages(request, self._site):
            raise Turned(Why.FOREIGN)
        return await requests.form_of(request)

    async def _show_link(self, request: web.Request) -> web.Response:
        """A button, since a preview of the link, too, would look at what is here. The token is not in the request."""
        return self._site.response(self._site.render("enter.html", self._language(request)))

    async def _use_link(self, request: web.Request) -> web.StreamResponse:
        """The link's token for a session, once."""
        token = (await self._form(request)).get("token", [""])[0]
        if not await self._doors.is_link(token):
            raise LinkSpent
        async with self._database.writing() as session:
            opened = await passes.use_link(session, token, self._clock(), requests.browser_of(request))
        response = self._to(f"{self._site.root}/console")
        response.set_cookie(
            self._site.cookie,
            opened,
            max_age=int(LASTS[Kind.SESSION].total_seconds()),
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._site.is_https,
        )
        return response

    async def _leave(self, visit: Visit) -> web.Response:
        await passes.end(visit.session, visit.opened.id, visit.person.id, visit.now)
        response = self._to(f"{self._site.root}/console/enter")
        response.del_cookie(self._site.cookie, path="/", httponly=True, samesite="Strict", secure=self._site.is_https)
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def _to(self, path: str) -> web.Response:
        found = headers.of_page(headers.NOBODY, is_https=self._site.is_https)
        return web.Response(status=303, headers={**found, "Location": path})
