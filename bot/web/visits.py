"""A visit: one request of somebody who is known, as a page gets it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.web import headers
from bot.web.site import Site
from bot.web.uploads import Upload
from handlers.chat.incoming import Incoming
from handlers.chat.talk import Person, Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_, Translate
from storage.console.passes import Kind, Pass
from storage.deliveries import queue as delivery_queue
from storage.people.access import Right
from storage.updates.ids import UpdateKey

Show = Callable[["Visit"], Awaitable[web.StreamResponse]]
MENU = (
    ("/console/applications", N_("Applications"), Right.REVIEW),
    ("/console/cases", N_("Cases"), Right.SEE_CASES),
    ("/console/activities", N_("Activities"), Right.RUN_ACTIVITIES),
    ("/console/broadcasts", N_("Broadcasts"), Right.BROADCAST),
    ("/console/stations", N_("Stations"), Right.CLEAR_REPORTS),
    ("/console/statistics", N_("Statistics"), Right.SEE_FIGURES),
    ("/console/system", N_("System"), Right.ADMINISTER),
    ("/app/map", N_("Map"), Right.USE),
)
"""The pages of the console's bar: address, label, whom it is for."""
ANYBODY = frozenset({Kind.APP, Kind.SESSION})
OFFICE = frozenset({Kind.SESSION})


@dataclass(frozen=True, slots=True)
class Page:
    """An address, what it shows or does, and whom it is for: `right` is asked of the database at each request.

    `takes_file`: its form may bring a file, which is read only once it is known that they may send it. `costs`: as how
    many requests it counts towards what one person may ask for.
    """

    method: str
    path: str
    show: Show
    right: Right = Right.USE
    kinds: frozenset[Kind] = ANYBODY
    writes: bool = False
    takes_file: bool = False
    costs: int = 1


@dataclass(slots=True)
class Visit:
    """`form` is what was sent; `csrf` is what a page of this session has to send along."""

    request: web.Request
    session: AsyncSession
    site: Site
    person: Person
    opened: Pass
    now: datetime
    csrf: str
    form: Mapping[str, list[str]]
    upload: Upload | None = None
    committed: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What is to be done in this process once the transaction is committed."""

    @property
    def view(self) -> View:
        return View(self.site.context, self.person.language, self.now)

    @property
    def _(self) -> Translate:
        return self.view._

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The pages that this person may open, with their labels."""
        return [(path, self._(label)) for path, label, right in MENU if self.person.may(right)]

    def field(self, name: str) -> str:
        """What was sent in this field; "" if there is none."""
        return next(iter(self.form.get(name, ())), "")

    @property
    def talk(self) -> Talk:
        """For the words of the chat that are made for a turn in it."""
        return self.saying("")

    def saying(self, text: str) -> Talk:
        """The same turn in which this was written: a field of a form is read as an answer in the chat is."""
        person_id = self.person.id
        sent = {"chat": {"id": person_id, "type": "private"}, "from": {"id": person_id}, "text": text}
        incoming = Incoming.read({"update_id": 0, "message": {"message_id": 0, **sent}})
        assert incoming is not None
        return Talk(incoming, UpdateKey(0), self.person, self.now, self.site.context, self.session)

    async def settle(self, talk: Talk) -> None:
        """Sends what an act of the chat tells others; what it changed is said by the page."""
        await delivery_queue.add_all(self.session, talk.notices)
        self.committed += talk.committed

    def back(self, path: str) -> web.Response:
        """To this page, in place of what was sent."""
        found = headers.of_page(headers.NOBODY, is_https=self.site.is_https)
        return web.Response(status=303, headers={**found, "Location": f"{self.site.root}{path}"})

    def page(self, template: str, *, status: int = 200, **values: Any) -> web.Response:
        """A whole page for the console; for a Mini App, which has a frame already, what goes into it."""
        is_app = self.opened.kind is Kind.APP
        html = self.site.render(
            template,
            self.person.language,
            layout="fragment.html" if is_app else "layout.html",
            csrf=self.csrf,
            visit=self,
            view=self.view,
            **values,
        )
        return self.site.response(html, status=status, framed_by=headers.TELEGRAM if is_app else headers.NOBODY)
