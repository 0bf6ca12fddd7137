"""The table of everything a person can say: commands, presses, and what comes without being asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Concatenate, TypedDict, TypeVar, Unpack

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.access_check import check_right
from handlers.chat.events import Event
from handlers.chat.press import Arguments, Button, Buttons, Page, Press
from handlers.chat.readers import Reader
from handlers.chat.replies import Outgoing
from handlers.chat.subjects import Subject
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.forms.questionnaires import AnyForm
from handlers.i18n.translations import translator
from storage.cases.desks import Words as DeskWords
from storage.cases.desks import in_language
from storage.deliveries.notices import Notice, SubjectNotice
from storage.deliveries.queue import Claimed
from storage.people.access import Right
from storage.stations.ids import SearchId

Name = TypeVar("Name", bound=str)

Handler = Callable[Concatenate[Talk, ...], Awaitable[None]]
StatelessHandler = Callable[Concatenate[StatelessTalk, ...], Awaitable[None]]

Said = TypeVar("Said", bound=Notice)
About = TypeVar("About", bound=SubjectNotice[Any])
Facts = TypeVar("Facts")


@dataclass(frozen=True, slots=True)
class Meant:
    """Buttons for what a text that nothing takes may be for."""

    as_whole: Buttons = ()
    """It was read from end to end, so it is hardly about anything else."""
    by_words: Buttons = ()
    """Its words are about these: none if it was read as a whole."""

    @property
    def buttons(self) -> Buttons:
        return [*self.as_whole, *self.by_words]


StrayOffer = Callable[[Talk, Meant], Awaitable[bool]]
"""Offers somebody what their message may be for, which nothing takes, beside these buttons; False if there is
nothing to offer."""

ReadsWhole = Callable[[Talk, str], Awaitable[Sequence[Button]]]
"""Buttons for what a text is if its whole can be read as that; none otherwise."""

AnswersTo = Callable[[Talk, str], Sequence[Button]]
"""Buttons for the pages that a text is about, the best first."""

BelowSearch = Callable[[StatelessTalk, SearchId], Sequence[Button]]
"""Buttons below the answer to a location, which is a search."""

Follower = Callable[[Talk], Awaitable[None]]
"""Follows somebody's live location, and says nothing."""

Composer = Callable[[AsyncSession, View, Claimed], Awaitable[Outgoing | None]]
"""The call that sends a delivery; None if it is to be sent no more."""


class Options(TypedDict, total=False):
    """How a route is run: the fields of `Route` of these names."""

    right: Right
    writes: bool
    for_blocked: bool
    answers_copies: bool
    subject: Subject
    shares_transaction: bool


@dataclass(frozen=True, slots=True)
class Route:
    """What happens, who may cause it, and whether it needs a transaction that writes.

    A route with writes=False reads at most, or only appends rows (`Talk.append`); it is cheap, and safe to repeat.
    """

    handle: Handler
    right: Right = Right.USE
    writes: bool = True
    about: str | DeskWords = ""
    press: Press[*tuple[Any, ...]] | None = None
    for_blocked: bool = False
    """Whether it is open to blocked people too."""
    answers_copies: bool = False
    """Whether a reply is about the message of a case that it answers."""
    subject: Subject | None = None
    """Of a command: who writes about it is offered it."""
    shares_transaction: bool = False
    """Whether presses of the moment may share one transaction, which costs more than what they write. Such a handler
    writes little, says no before it has written anything, and writes to no row that is another person's but to those
    that its arguments name (see bot/updates/write_transactions.py)."""

    def call(self, *arguments: object) -> Call:
        return Call(self, arguments)


@dataclass(frozen=True, slots=True)
class StatelessRoute:
    """What happens without a session: the handler reads nothing, and appends rows at most."""

    handle: StatelessHandler
    right: Right = Right.USE
    for_blocked: bool = False

    def call(self, *arguments: object) -> StatelessCall:
        return StatelessCall(self, arguments)


@dataclass(frozen=True, slots=True)
class Call:
    """A handler with its arguments, ready to be run in the session that its route asks for."""

    route: Route
    arguments: tuple[Any, ...] = ()
    answers_form: bool = False

    @property
    def name(self) -> str:
        """The handler's, for the metrics."""
        return _name_of(self.route.handle)

    async def run(self, talk: Talk) -> None:
        if await check_right(talk, self.route.right):
            await self.route.handle(talk, *self.arguments)


@dataclass(frozen=True, slots=True)
class StatelessCall:
    """A handler that needs no session, with its arguments."""

    route: StatelessRoute
    arguments: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """The handler's, for the metrics."""
        return _name_of(self.route.handle)

    async def run(self, talk: StatelessTalk) -> None:
        if await check_right(talk, self.route.right):
            await self.route.handle(talk, *self.arguments)


AnyCall = Call | StatelessCall


def _name_of(handle: Callable[..., Awaitable[None]]) -> str:
    function = handle.func if isinstance(handle, partial) else handle
    return function.__name__.strip("_")


@dataclass(frozen=True, slots=True)
class NoticeRoute:
    """The words of a notice. `reader` is asked whether its recipient may (still) read it. `read` brings what they say
    about its subject, for which None says that it helps no more; without it, the words get None."""

    notice: type[Notice]
    words: Callable[[View, Any, Any], Page]
    reader: Reader | None
    read: Callable[[AsyncSession, Any, datetime], Awaitable[Any]] | None = None


@dataclass(slots=True)
class Routes:
    """Filled once, by `handlers.features.routes`."""

    commands: dict[str, Route] = field(default_factory=dict)
    presses: dict[str, Route] = field(default_factory=dict)
    links: dict[str, Route] = field(default_factory=dict)
    forms: dict[str, AnyForm] = field(default_factory=dict)
    events: dict[Event, Route | StatelessRoute] = field(default_factory=dict)
    notices: dict[str, NoticeRoute] = field(default_factory=dict)
    composers: dict[str, Composer] = field(default_factory=dict)
    stray_offers: list[StrayOffer] = field(default_factory=list)
    answer_finders: list[AnswersTo] = field(default_factory=list)
    whole_readers: list[ReadsWhole] = field(default_factory=list)
    below_searches: list[BelowSearch] = field(default_factory=list)
    followers: list[Follower] = field(default_factory=list)

    def command(
        self,
        name: str,
        handle: Callable[[Talk], Awaitable[None]],
        about: str | DeskWords = "",
        **options: Unpack[Options],
    ) -> None:
        """`/name`; `about` is its line in the menu: to be translated, or by language."""
        _put(self.commands, name, Route(handle, about=about, **options))

    def press(
        self,
        press: Press[*Arguments],
        handle: Callable[[Talk, *Arguments], Awaitable[None]],
        **options: Unpack[Options],
    ) -> None:
        """What happens when one of these buttons is pressed."""
        _put(self.presses, press.name, Route(handle, press=press, **options))

    def link(self, prefix: str, handle: Callable[[Talk, str], Awaitable[None]], **options: Unpack[Options]) -> None:
        """`/start prefix_rest`, from a deep link."""
        _put(self.links, prefix, Route(handle, **options))

    def form(self, form: AnyForm) -> None:
        _put(self.forms, form.name, form)

    def notice(self, notice: type[Said], words: Callable[[View, Said], Page], *, reader: Reader | None) -> None:
        """What a notice says, and who may read it when it is sent (see handlers/chat/readers.py)."""
        _put(self.notices, notice.kind, NoticeRoute(notice, lambda view, said, _: words(view, said), reader))

    def notice_about(
        self,
        notice: type[About],
        words: Callable[[View, About, Facts], Page],
        read: Callable[[AsyncSession, About, datetime], Awaitable[Facts | None]],
        *,
        reader: Reader | None,
    ) -> None:
        """What a notice says that is about something: `read` brings that when the notice is
        sent, by its subject alone."""
        _put(self.notices, notice.kind, NoticeRoute(notice, words, reader, read))

    def compose(self, kind: str, composer: Composer) -> None:
        """A delivery of this kind that is more than a text with buttons."""
        _put(self.composers, kind, composer)

    def stray(self, offer: StrayOffer) -> None:
        """Is asked about a message that nothing takes, before that is said."""
        self.stray_offers.append(offer)

    def stray_first(self, offer: StrayOffer) -> None:
        """The same before all others: of what had better not be offered to anybody else."""
        self.stray_offers.insert(0, offer)

    def answers(self, finder: AnswersTo) -> None:
        """Is asked for the pages that a text is about, of whoever writes it without being asked or behind /help."""
        self.answer_finders.append(finder)

    def understands(self, reader: ReadsWhole) -> None:
        """Is asked before the finders of pages. Where it finds something, nothing is offered by single words."""
        self.whole_readers.append(reader)

    def below_search(self, offer: BelowSearch) -> None:
        """Is asked, when somebody sends a location, for buttons that offer something else to do with that place."""
        self.below_searches.append(offer)

    def follow(self, follower: Follower) -> None:
        """Hears of every move of a live location, beside the search that follows it."""
        self.followers.append(follower)

    def event(self, event: Event, handle: Callable[[Talk], Awaitable[None]], **options: Unpack[Options]) -> None:
        _put(self.events, event, Route(handle, **options))

    def stateless_event(self, event: Event, handle: Callable[[StatelessTalk], Awaitable[None]]) -> None:
        """An event whose handler reads nothing from the database, and gets no session."""
        _put(self.events, event, StatelessRoute(handle))


def _put(table: dict[Name, Any], name: Name, one: object) -> None:
    """Two features that take the same name would answer for each other."""
    if name in table:
        raise ValueError(f"{name!r} is taken by another feature")
    table[name] = one


def menu(routes: Routes, may: Callable[[Right], bool], language: str) -> list[tuple[str, str]]:
    """(command, its line) for people with these rights: what is for the staff, then what is for everybody, each in the
    order of registration."""
    shown = [(name, route) for name, route in routes.commands.items() if route.about and may(route.right)]
    shown.sort(key=lambda entry: entry[1].right is Right.USE)
    return [(name, line_of(route.about, language)) for name, route in shown]


def line_of(about: str | DeskWords, language: str) -> str:
    """What is to be translated, or given by language."""
    return translator(language)(about) if isinstance(about, str) else in_language(about, language)
