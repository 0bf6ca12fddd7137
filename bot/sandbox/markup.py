"""Buttons and keyboards, with the limits that Telegram sets them."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from bot.sandbox.params import Json, Params, bad

MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
DATA_LIMIT = 64
COPIED_LIMIT = 256
PLACEHOLDER_LIMIT = 64
MOST_SHARED = 10
_PRIVATE = {
    "request_contact": "phone number",
    "request_location": "location",
    "request_users": "users",
    "request_chat": "chats",
    "request_poll": "poll",
    "web_app": "Web App",
}
"""Keys that ask for something, and what a bot may not ask for in a group."""
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def inline_keyboard(params: Params) -> Json | None:
    """The checked inline keyboard of the call; None if there is none or it is empty."""
    markup = params.parsed("reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" not in markup:
        return None
    rows = [[_inline_button(button) for button in row] for row in _rows(markup["inline_keyboard"])]
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    return {"inline_keyboard": rows} if rows else None


def _rows(value: object) -> list[list[object]]:
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise bad("can't parse inline keyboard button: field must be an Array of Arrays")
    for row in value:
        if len(row) > MOST_IN_A_ROW:
            raise bad("can't parse reply keyboard markup: a row holds at most 8 buttons")
    return value


def _inline_button(button: object) -> Json:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad("can't parse inline keyboard button: Text must be non-empty")
    actions = [name for name in _ACTIONS if name in button]
    if not actions:
        raise bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= DATA_LIMIT:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        url = str(button["url"])
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https", "tg", "ton") or not parts.netloc or re.search(r"\s", url):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if "copy_text" in button and not 1 <= len(str((button["copy_text"] or {}).get("text", ""))) <= COPIED_LIMIT:
        raise bad("BUTTON_COPY_TEXT_INVALID")
    return {"text": str(button["text"]), **{name: button[name] for name in actions}}


def reply_keyboard(params: Params, *, is_private: bool = True) -> Json | None:
    """A reply keyboard, its removal, or a forced reply: what the phone shows below the chat."""
    markup = params.parsed("reply_markup")
    if not isinstance(markup, dict) or "inline_keyboard" in markup:
        return None
    if len(str(markup.get("input_field_placeholder", ""))) > PLACEHOLDER_LIMIT:
        raise bad("input field placeholder is too long")
    if "keyboard" in markup:
        rows = [[_key(key, is_private) for key in row] for row in _rows(markup["keyboard"])]
        return {**markup, "keyboard": rows}
    if markup.get("remove_keyboard") or markup.get("force_reply"):
        return markup
    raise bad("object expected as reply markup")


def _key(key: object, is_private: bool) -> Json:  # noqa: FBT001 (of the chat, as Telegram has it)
    found = {"text": key} if isinstance(key, str) else key
    if not isinstance(found, dict) or not str(found.get("text", "")).strip():
        raise bad("can't parse keyboard button: Text must be non-empty")
    asked = [name for name in _PRIVATE if found.get(name)]
    if asked and not is_private:
        raise bad(f"{_PRIVATE[asked[0]]} can be requested in private chats only")
    if "request_users" in found:
        _check_request(found["request_users"])
    return found


def _check_request(request: object) -> None:
    """https://core.telegram.org/bots/api#keyboardbuttonrequestusers."""
    if not isinstance(request, dict) or not isinstance(request.get("request_id"), int):
        raise bad("can't parse keyboard button: can't find field \"request_id\"")
    most = request.get("max_quantity", 1)
    if not isinstance(most, int) or not 1 <= most <= MOST_SHARED:
        raise bad("BUTTON_USER_MAX_QUANTITY_INVALID")
