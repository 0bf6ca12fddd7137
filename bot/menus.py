"""What Telegram shows before a word is said: command menus, by language and role, and the bot's descriptions."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import orjson
from telegram import error

from bot.logs import logger
from handlers.access import Right, Role, may
from handlers.house import House
from handlers.incoming import Json
from handlers.routes import Routes, menu
from handlers.start import DESCRIPTION, SHORT_DESCRIPTION
from handlers.texts import LANGUAGES, telegram_code, translator
from storage import publications
from storage.database import Database

log = logger("bot.menus")


class Published(NamedTuple):
    """One call that sets something for all who see it; `name` says what."""

    name: str
    method: str
    params: Json


def everything(house: House, routes: Routes) -> Iterator[Published]:
    """All menus and descriptions: for each language, and one menu for each person with more rights than a rider."""
    by_code = {"": house.organisation.language, **{telegram_code(language): language for language in LANGUAGES}}
    for code, language in by_code.items():
        _ = translator(language)
        tag: Json = {"language_code": code} if code else {}
        commands = _commands(routes, language, frozenset({Role.RIDER}))
        yield Published(f"menu/{code}", "setMyCommands", {"commands": commands, **tag})
        yield Published(f"description/{code}", "setMyDescription", {"description": _(DESCRIPTION), **tag})
        short = {"short_description": _(SHORT_DESCRIPTION), **tag}
        yield Published(f"short/{code}", "setMyShortDescription", short)
    for person in sorted(house.admins | house.coordinators | house.counsel):
        commands = _commands(routes, house.organisation.language, house.roles_of(person))
        scope = {"type": "chat", "chat_id": person}
        yield Published(f"chat/{person}", "setMyCommands", {"commands": commands, "scope": scope})


def _commands(routes: Routes, language: str, roles: frozenset[Role]) -> list[Json]:
    _ = translator(language)
    rights = {right: may(roles, right) for right in Right}
    return [{"command": name, "description": _(about)} for name, about in menu(routes, rights)]


async def publish(
    database: Database, bot_id: int, wanted: Iterator[Published], call: Callable[[str, Json], Awaitable[Any]]
) -> int:
    """Sends what differs from what was sent last; returns how many calls that took."""
    async with database.reading() as session:
        known = await publications.digests(session)
    sent = 0
    for one in wanted:
        name = f"{bot_id}/{one.name}"
        digest = hashlib.sha256(orjson.dumps(one.params)).hexdigest()
        if known.get(name) == digest:
            continue
        try:
            await call(one.method, one.params)
        except error.TelegramError as trouble:  # someone of the config may not have pressed Start yet
            log.info("not published", name=one.name.partition("/")[0], trouble=type(trouble).__name__)
            continue
        known[name] = digest
        sent += 1
        async with database.writing() as session:
            await publications.remember(session, name, digest)
    return sent
