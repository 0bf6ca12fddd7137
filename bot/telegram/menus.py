"""What Telegram shows before a word is said: command menus, by language and role, and the bot's descriptions."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

import orjson
from telegram import error

from bot.backoff import Backoff
from bot.observability.logs import logger
from handlers.chat import pages
from handlers.chat.context import AppContext
from handlers.chat.incoming import Json
from handlers.chat.pages import MENU_BUTTON
from handlers.chat.routes import Routes
from handlers.i18n.translations import LANGUAGES, telegram_code, translator
from handlers.start import DESCRIPTION, SHORT_DESCRIPTION, menu_commands
from storage.database import Database
from storage.operations import published_menus
from storage.operations.published_menus import Place
from storage.people import roles
from storage.people.access import Role, may
from storage.telegram_ids import NOBODY, PersonId
from storage.updates import user_state

log = logger("bot.telegram.menus")

Call = Callable[[str, Json], Awaitable[Any]]

CHAT = "chat"
"""The name of the menu in one person's chat."""
INTERVAL = float("inf")
"""They are published at the start, and when somebody's rights have changed."""


def backoff() -> Backoff:
    """How long to wait before what Telegram did not take is tried again."""
    return Backoff(1.0, 60.0)


class Published(NamedTuple):
    """One call that sets something for all who see it, or in one person's chat; `name` says what."""

    name: str
    method: str
    params: Json
    person: PersonId = NOBODY


async def everything(database: Database, context: AppContext, routes: Routes, now: datetime) -> list[Published]:
    """All menus and descriptions: for each language, and one menu for each person with more rights than a rider."""
    wanted = list(_for_all(context, routes))
    async with database.reading() as session:
        given = await roles.holders(session, list(Role), now)
        staff = sorted(given | context.staff.admins | context.staff.coordinators | context.staff.counsel)
        held = await roles.held(session, staff, now)
        standings = await user_state.standings(session, staff, now)
    for person, standing in zip(staff, standings, strict=True):
        language = standing.spoken or context.settings.organisation.language
        commands = _commands(routes, language, context.staff.roles_of(person, held.get(person, ())))
        wanted.append(Published(CHAT, "setMyCommands", {"commands": commands, "scope": _chat(person)}, person))
    return wanted


def _chat(person: PersonId) -> Json:
    return {"type": "chat", "chat_id": person}


def _for_all(context: AppContext, routes: Routes) -> Iterator[Published]:
    by_code = {
        "": context.settings.organisation.language,
        **{telegram_code(language): language for language in LANGUAGES},
    }
    for code, language in by_code.items():
        _ = translator(language)
        tag: Json = {"language_code": code} if code else {}
        commands = _commands(routes, language, frozenset({Role.RIDER}))
        yield Published(f"menu/{code}", "setMyCommands", {"commands": commands, **tag})
        yield Published(f"description/{code}", "setMyDescription", {"description": _(DESCRIPTION), **tag})
        short = {"short_description": _(SHORT_DESCRIPTION), **tag}
        yield Published(f"short/{code}", "setMyShortDescription", short)
    yield Published("button", "setChatMenuButton", {"menu_button": _menu_button(context)})


def _menu_button(context: AppContext) -> Json:
    """Below every chat: the map, where Telegram can open it; else what @BotFather was told.

    Telegram knows no language of it. One button a chat would go on leading to an address that the config has no more,
    so there is one for everybody, in all languages.
    """
    app = pages.address(context.settings, pages.MAP)
    if not app:
        return {"type": "default"}
    first = context.settings.organisation.language
    words = dict.fromkeys(translator(language)(MENU_BUTTON) for language in (first, *LANGUAGES))
    return {"type": "web_app", "text": "🗺 " + " · ".join(words), "web_app": {"url": app}}


def _commands(routes: Routes, language: str, roles: frozenset[Role]) -> list[Json]:
    return menu_commands(routes, partial(may, roles), language)


class MenuPublisher:
    """Publishes the menus and the descriptions."""

    def __init__(
        self, database: Database, context: AppContext, routes: Routes, call: Call, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._context = context
        self._routes = routes
        self._call = call
        self._clock = clock
        self.asked = asyncio.Event()
        """Set when rights have changed."""

    async def publish(self) -> None:
        """Sends what differs from what was sent last.

        Raises:
            TelegramError: Telegram does not take any now.
        """
        wanted = await everything(self._database, self._context, self._routes, self._clock())
        await publish(self._database, self._context.identity.id, wanted, self._call)


async def publish(database: Database, bot_id: int, wanted: Sequence[Published], call: Call) -> int:
    """Sends what differs from what was sent last, and takes back the menus of those whose rights have ended; returns
    how many calls that took.

    Raises:
        TelegramError: Telegram does not take any now; what is left is tried again by the next call.
    """
    async with database.reading() as session:
        known = await published_menus.digests(session)
    sent: dict[Place, str] = {}
    try:
        for one in [*wanted, *_ended(known, bot_id, wanted)]:
            place = Place(f"{bot_id}/{one.name}", one.person)
            digest = hashlib.sha256(orjson.dumps(one.params)).hexdigest()
            if known.get(place) != digest and await _is_taken(one, call):
                sent[place] = digest
    finally:
        if sent:
            async with database.writing() as session:
                await published_menus.remember(session, sent)
    return len(sent)


async def _is_taken(one: Published, call: Call) -> bool:
    """Whether Telegram took it: someone of the config may not have pressed Start yet."""
    try:
        await call(one.method, one.params)
    except (error.BadRequest, error.Forbidden) as failure:
        kind = one.name.partition("/")[0]
        log.info("failed to publish a menu or description", name=kind, error=type(failure).__name__)
        return False
    return True


def _ended(known: Mapping[Place, str], bot_id: int, wanted: Sequence[Published]) -> Iterator[Published]:
    still = {one.person for one in wanted}
    for name, person in known:
        if name == f"{bot_id}/{CHAT}" and person not in still:
            yield Published(CHAT, "deleteMyCommands", {"scope": _chat(person)}, person)
