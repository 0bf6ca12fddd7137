"""An update as it came, with what decides who answers it. The library's objects are built where a handler wants them:
building one for every update takes a tenth of the time of a whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from telegram import Message, Update

Json = dict[str, Any]

HANDLED = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query")
"""The kinds of update that Telegram is asked for."""


class Place(NamedTuple):
    """A shared location, in degrees of WGS-84 as the sender's app gave them; not checked for range."""

    latitude: float
    longitude: float
    is_live: bool


@dataclass(frozen=True)
class Incoming:
    """One update of a kind that is handled, from a person in a chat."""

    raw: Json
    kind: str
    body: Json
    user_id: int
    chat_id: int
    chat_type: str

    @classmethod
    def read(cls, raw: Json) -> Incoming | None:
        """None for what is nobody's, or not what Telegram sends."""
        kind = next((kind for kind in HANDLED if isinstance(raw.get(kind), dict)), None)
        if kind is None:
            return None
        body = raw[kind]
        user = body.get("from")
        if kind == "inline_query" and isinstance(user, dict) and isinstance(user.get("id"), int):
            # It comes from no chat that the bot is in: it is answered as the person's own.
            return cls(raw, kind, body, user["id"], user["id"], "private")
        chat = (body.get("message") or {}).get("chat") if kind == "callback_query" else body.get("chat")
        if not isinstance(user, dict) or not isinstance(chat, dict):
            return None
        user_id, chat_id = user.get("id"), chat.get("id")
        if not isinstance(user_id, int) or not isinstance(chat_id, int) or user.get("is_bot"):
            return None
        return cls(raw, kind, body, user_id, chat_id, str(chat.get("type")))

    @property
    def language_code(self) -> str | None:
        code = self.body["from"].get("language_code")
        return code if isinstance(code, str) else None

    @property
    def username(self) -> str:
        """The sender's Telegram name, without @; empty if they have none."""
        name = self.body["from"].get("username")
        return name if isinstance(name, str) else ""

    @property
    def is_forwarded(self) -> bool:
        """Whether somebody else wrote it first."""
        return "forward_origin" in self.body

    @property
    def is_press(self) -> bool:
        return self.kind == "callback_query"

    @property
    def text(self) -> str:
        """What was written; empty for everything else."""
        text = self.body.get("text") if self.kind == "message" else None
        return text if isinstance(text, str) else ""

    @property
    def place(self) -> Place | None:
        """The location of a message or of an edited one."""
        place = self.body.get("location")
        if not isinstance(place, dict):
            return None
        try:
            return Place(float(place["latitude"]), float(place["longitude"]), "live_period" in place)
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def message_id(self) -> int | None:
        """Of the message that came, or under which the button was pressed."""
        carrier = self.body.get("message") if self.is_press else self.body
        found = carrier.get("message_id") if isinstance(carrier, dict) else None
        return found if isinstance(found, int) else None

    @cached_property
    def update(self) -> Update:
        return Update.de_json(self.raw, None)

    @property
    def message(self) -> Message | None:
        """The message that the person sent; None for anything else."""
        return self.update.message
