"""Lets visits in: who it is, whether they may, and what is said to those who may not.

Whoever comes is looked up at each request, in the transaction of what they want: what a role that was taken away had
opened is closed with it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy.ext.asyncio import AsyncSession

from bot.observability.error_reporter import ErrorReporter
from bot.updates.rate_limiter import RateLimiter, RateLimitResult
from bot.web import headers, requests, uploads
from bot.web.requests import BadForm
from bot.web.site import Site
from bot.web.turned_away import Turned, Why, words
from bot.web.uploads import Upload
from bot.web.visits import Page, Visit
from handlers.chat.talk import Person
from handlers.i18n.translations import translator
from storage.console import passes
from storage.console.passes import Kind, Pass
from storage.database import Database
from storage.database_errors import cause_of
from storage.people.access import Right
from storage.refusals import Refused
from storage.telegram_ids import PersonId
from storage.updates import user_state

REQUESTS_PER_MINUTE, BURST = 240, 120
"""Of one person."""
_LANGUAGE = web.RequestKey("language", str)
"""Of whoever was let in."""


class Doors:
    """Every page is behind them."""

    def __init__(
        self,
        site: Site,
        database: Database,
        clock: Callable[[], datetime],
        errors: ErrorReporter,
        sentences: Mapping[type[Refused], str],
    ) -> None:
        self._site = site
        self._database = database
        self._clock = clock
        self._errors = errors
        self._sentences = sentences
        self._limiter = RateLimiter(REQUESTS_PER_MINUTE, BURST, messages_per_second=0)

    def add(self, application: web.Application, page: Page) -> None:
        application.router.add_route(page.method, page.path, self.page(page))

    def page(self, page: Page) -> Handler:
        """Shows the page, or says why not."""
        return self.guarded(partial(self._visit, page))

    def guarded(self, act: Handler) -> Handler:
        """The same, where whatever it raises is said on a page."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return await self._guard(request, act)

        return answer

    async def _guard(self, request: web.Request, act: Handler) -> web.StreamResponse:
        try:
            return await act(request)
        except Turned as turned:
            if turned.person is not None:
                await self._end(turned.person)
            return self._say_why(request, turned.why)
        except BadForm:
            return self._say_why(request, Why.ODD)
        except Refused as refusal:
            return self._say_no(request, refusal)
        except web.HTTPNotFound:
            return self._say_why(request, Why.NOTHING_HERE)
        except Exception as error:
            if cause_of(error) is not None:
                return self._say_why(request, Why.LATER)
            return self._say_why(request, Why.FAILED, await self._errors.report("a page failed", error))

    def _say_no(self, request: web.Request, refusal: Refused) -> web.Response:
        """Which rule forbids it."""
        sentence = translator(self._language(request))(self._sentences[type(refusal)])
        return self._say(request, sentence, 409)

    async def _visit(self, page: Page, request: web.Request) -> web.StreamResponse:
        token = self.token_of(request)
        form: Mapping[str, list[str]] = {}
        if page.method != "GET":
            if not requests.is_from_our_pages(request, self._site):
                raise Turned(Why.FOREIGN)
            if page.takes_file:
                return await self._take_file(page, request, token)
            form = await requests.form_of(request)
            self._check_csrf(request, form, token)
        if page.writes:
            await self._look_first(token, page)
        return await self._show(page, request, token, form, None)

    async def _take_file(self, page: Page, request: web.Request, token: str) -> web.StreamResponse:
        """Whoever may not send it does not get to."""
        await self._look_first(token, page)
        async with uploads.received(request) as (form, upload):
            self._check_csrf(request, form, token)
            return await self._show(page, request, token, form, upload)

    def _check_csrf(self, request: web.Request, form: Mapping[str, list[str]], token: str) -> None:
        """Raises Turned: no page of their session sent it."""
        if not requests.bearer_of(request) and not requests.has_csrf(request, form, token):
            raise Turned(Why.FOREIGN)

    async def _show(
        self,
        page: Page,
        request: web.Request,
        token: str,
        form: Mapping[str, list[str]],
        upload: Upload | None,
    ) -> web.StreamResponse:
        opens = self._database.writing if page.writes else self._database.reading
        async with opens() as session:
            was_counted = page.writes or page.takes_file
            person, opened, now = await self.admit(session, token, page, counts=not was_counted)
            request[_LANGUAGE] = person.language
            csrf = requests.csrf_of(token)
            visit = Visit(request, session, self._site, person, opened, now, csrf, form, upload)
            response = await page.show(visit)
        for follow_up in visit.committed:
            await follow_up()
        return response

    def token_of(self, request: web.Request) -> str:
        """A Mini App's, which no other site can have a browser send; else the console's."""
        return requests.bearer_of(request) or request.cookies.get(self._site.cookie, "")

    async def _look_first(self, token: str, page: Page) -> None:
        """Who only guesses, may not or asks too much does not get to write, which is one at a time on SQLite.

        Raises:
            Turned: they may not.
        """
        async with self._database.reading() as session:
            await self.admit(session, token, page)

    async def is_link(self, token: str) -> bool:
        """The same for the link of /console."""
        async with self._database.reading() as session:
            opened = await passes.opened_by(session, token, self._clock())
        return opened is not None and opened.kind is Kind.LINK

    def count(self, person_id: PersonId, now: datetime, costs: int = 1) -> None:
        """One more request of theirs, which counts as so many. Raises Turned: that is too many."""
        for _ in range(costs):
            if self._limiter.check(person_id, now.timestamp()) is not RateLimitResult.TAKEN:
                raise Turned(Why.TOO_MUCH)

    async def admit(
        self, session: AsyncSession, token: str, page: Page, *, counts: bool = True
    ) -> tuple[Person, Pass, datetime]:
        """Who has this token, now. `counts`: it is a request of its own.

        Raises:
            Turned: they may not see the page.
        """
        now = self._clock()
        opened = await passes.opened_by(session, token, now)
        if opened is None or opened.kind is Kind.LINK:
            raise Turned(Why.SIGNED_OUT)
        if opened.kind not in page.kinds:
            raise Turned(Why.NOT_YOURS)
        person = await self._person(session, opened, now)
        if counts:
            self.count(person.id, now, page.costs)
        if opened.kind is Kind.SESSION and not (self._site.console and person.may(Right.OPEN_CONSOLE)):
            raise Turned(Why.SIGNED_OUT, person.id)
        if not person.may(page.right):
            raise Turned(Why.NOT_YOURS)
        return person, opened, now

    async def _person(self, session: AsyncSession, opened: Pass, now: datetime) -> Person:
        """In the language that they chose, else that of their app."""
        context, person_id = self._site.context, opened.person_id
        if context.blocks.is_blocked(person_id, now):
            raise Turned(Why.BLOCKED, person_id)
        (standing,) = await user_state.standings(session, [person_id], now)
        language = (
            standing.language or opened.language or standing.app_language or context.settings.organisation.language
        )
        return Person(person_id, language, context.staff.roles_of(person_id, standing.roles))

    async def _end(self, person_id: PersonId) -> None:
        """Who is no coordinator any more, or blocked, needs a new link once they are again."""
        async with self._database.writing() as session:
            await passes.end_all(session, person_id, self._clock())

    def _language(self, request: web.Request) -> str:
        return request.get(_LANGUAGE) or requests.language_of(
            request, self._site.context.settings.organisation.language
        )

    def _say_why(self, request: web.Request, why: Why, error_id: str = "") -> web.Response:
        """Why there is nothing to see."""
        return self._say(request, words(why, self._language(request), error_id), why.value)

    def _say(self, request: web.Request, text: str, status: int) -> web.Response:
        is_app = bool(requests.bearer_of(request)) or request.path.startswith("/app")
        layout = "fragment.html" if is_app else "plain.html"
        html = self._site.render("message.html", self._language(request), layout=layout, text=text)
        return self._site.response(html, status=status, framed_by=headers.TELEGRAM if is_app else headers.NOBODY)
