"""Mini Apps as Telegram opens them: the menu button that leads to one, and the initData that goes with it.

https://core.telegram.org/bots/webapps
"""

from __future__ import annotations

import secrets
from urllib.parse import quote, urlencode, urlsplit

import orjson

from bot.sandbox.menus import DEFAULT, menu_button_of
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.people import Person
from bot.sandbox.world import World
from bot.web.init_data import sign

_LIGHT = {"bg_color": "#ffffff", "text_color": "#17212b"}
_DARK = {"bg_color": "#17212b", "text_color": "#f5f5f5"}


def set_chat_menu_button(world: World, params: Params) -> bool:
    button = params.parsed("menu_button") or {"type": "default"}
    kind = button.get("type")
    if kind not in ("commands", "web_app", "default"):
        raise bad("BUTTON_TYPE_INVALID")
    if kind == "web_app" and not (button.get("text") and urlsplit(str(button["web_app"]["url"])).netloc):
        raise bad("BUTTON_URL_INVALID")
    world.menu_buttons[params.text("chat_id") or DEFAULT] = button
    world.changes += 1
    for person in world.people.values():
        world.tell(person.id, {"type": "button", "button": menu_button_of(world, person)})
    return True


def get_chat_menu_button(world: World, params: Params) -> Json:
    default = world.menu_buttons.get(DEFAULT, {"type": "commands"})
    return world.menu_buttons.get(params.text("chat_id"), default)


def init_data(world: World, person: Person) -> str:
    """What a page gets that this person opens now, signed with the bot's token."""
    user = {
        "id": person.id,
        "first_name": person.first_name,
        "language_code": person.language_code,
        "allows_write_to_pm": True,
    }
    fields = {
        "query_id": secrets.token_urlsafe(16),
        "user": orjson.dumps(user).decode(),
        "auth_date": str(int(world.clock())),
        "signature": secrets.token_urlsafe(64),
    }
    return urlencode({**fields, "hash": sign(fields, world.token)}, quote_via=quote)


def opened(world: World, person: Person, url: str, *, dark: bool) -> str:
    """The address that the frame shows: behind the fragment sign, what Telegram's apps tell a page."""
    theme = orjson.dumps(_DARK if dark else _LIGHT).decode()
    told = {
        "tgWebAppData": init_data(world, person),
        "tgWebAppVersion": "9.1",
        "tgWebAppPlatform": "web",
        "tgWebAppThemeParams": theme,
    }
    return f"{url.partition('#')[0]}#{urlencode(told, quote_via=quote)}"
