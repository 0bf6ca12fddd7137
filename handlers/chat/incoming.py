"""An update as it came, with what decides who answers it. The library's objects are built where a handler wants them:
building one for every update takes a tenth of the time of a whole answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeGuard

from telegram import Message, Update

from storage.telegram_ids import ChatId, MessageId, PersonId, TopicId
from storage.written_text import person_name

Json = dict[str, Any]

HANDLED = ("message", "edited_message", "callback_query", "my_chat_member", "inline_query")
"""The kinds of update that Telegram is asked for."""

SAID = frozenset(
    {
        "text",
        "photo",
        "document",
        "video",
        "animation",
        "audio",
        "voice",
        "video_note",
        "sticker",
        "location",
        "venue",
        "contact",
        "poll",
        "dice",
        "story",
        "game",
        "paid_media",
        "checklist",
        "users_shared",
    }
)
"""What a message may consist of that somebody wrote or sent. Anything else is a notice of Telegram's (somebody joined,
a topic was opened, a gift was made), and each version of the Bot API brings new ones."""

_TELEGRAM = 777_000
"""The account of Telegram's own messages, and of the posts of a linked channel in its group."""
_STAND_INS = (1_087_968_824, 136_817_688)
"""GroupAnonymousBot and Channel_Bot: they stand for whoever writes as a group or a channel."""

_WIDEST = 1 << 52
"""Numbers of people and chats have at most 52 significant bits, says the Bot API."""


def is_number(value: Any) -> TypeGuard[int]:
    """Whether it may be the number of something at Telegram."""
    return isinstance(value, int) and not isinstance(value, bool) and -_WIDEST < value < _WIDEST


def _number(whose: Any) -> int | None:
    """Of a person or chat."""
    number = whose.get("id") if isinstance(whose, dict) else None
    return number if is_number(number) else None


def _carrier(kind: str, body: Json) -> Any:
    """What stands in a chat: the message that came, or the one under which a button was pressed."""
    return body.get("message") if kind == "callback_query" else body


def odd_kind(raw: Json) -> str | None:
    """The kind of an update that Telegram would not send: no object, or without the number of somebody or of a chat."""
    for kind in HANDLED:
        body = raw.get(kind)
        if body is None:
            continue
        if not isinstance(body, dict) or ("from" in body and _number(body["from"]) is None):
            return kind
        carrier = _carrier(kind, body)
        if kind != "inline_query" and carrier is not None and _number(_chat(carrier)) is None:
            return kind
    return None


def _chat(carrier: Any) -> Any:
    return carrier.get("chat") if isinstance(carrier, dict) else None


def _speaker(body: Json) -> PersonId | None:
    """Who caused an update; for somebody who writes as a group or channel, its id, which is negative."""
    user: Any = body.get("from")
    user_id = _number(user)
    if user_id is None or user_id == _TELEGRAM or body.get("is_automatic_forward") is True:
        return None
    if not user.get("is_bot"):
        return PersonId(user_id)
    chat_id = _number(body.get("sender_chat"))
    return PersonId(chat_id) if user_id in _STAND_INS and chat_id is not None and chat_id < 0 else None


class Place(NamedTuple):
    """A shared location, in degrees of WGS-84 as the sender's app gave them; not checked for range."""

    latitude: float
    longitude: float
    is_live: bool
    heading: float | None = None
    """Of a live location that moves: degrees clockwise from north, as the phone knows it."""


@dataclass(frozen=True)
class Incoming:
    """One update of a kind that is handled, from a person in a chat."""

    raw: Json
    kind: str
    body: Json
    user_id: PersonId
    chat_id: ChatId
    chat_type: str

    @classmethod
    def read(cls, raw: Json) -> Incoming | None:
        """None for what is nobody's, or not what Telegram sends."""
        kind = next((kind for kind in HANDLED if isinstance(raw.get(kind), dict)), None)
        if kind is None:
            return None
        body = raw[kind]
        user_id = _speaker(body)
        if user_id is None:
            return None
        if kind == "inline_query":
            # It comes from no chat that the bot is in: it is answered as the person's own.
            return cls(raw, kind, body, user_id, ChatId(user_id), "private")
        chat = _chat(_carrier(kind, body))
        chat_id = _number(chat)
        if chat_id is None:
            return None
        return cls(raw, kind, body, user_id, ChatId(chat_id), str(chat.get("type")))

    @property
    def is_from_a_person(self) -> bool:
        """False for whoever writes as a group or channel."""
        return self.user_id > 0

    @property
    def is_said(self) -> bool:
        """Whether somebody wrote or sent something; False for Telegram's own notices, and what is no message."""
        return self.kind == "message" and not SAID.isdisjoint(self.body)

    @property
    def topic(self) -> TopicId | None:
        """The topic of a forum in which it was written, or a button was pressed."""
        carrier = _carrier(self.kind, self.body)
        if not isinstance(carrier, dict) or carrier.get("is_topic_message") is not True:
            return None
        number = carrier.get("message_thread_id")
        return TopicId(number) if is_number(number) else None

    @property
    def album(self) -> str | None:
        """Of which album a message is a part."""
        album = self.body.get("media_group_id") if self.kind == "message" else None
        return album if isinstance(album, str) else None

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
    def account_name(self) -> str:
        """What the sender's account is called, as Telegram shows it."""
        account = self.body["from"]
        return person_name(" ".join(str(account.get(part) or "") for part in ("first_name", "last_name")))

    @property
    def first_name(self) -> str:
        """The sender's, as Telegram shows it."""
        return person_name(str(self.body["from"].get("first_name") or ""))

    @property
    def is_of_others(self) -> bool:
        """Whether somebody else wrote it: it is forwarded, or was put in by another bot."""
        return "forward_origin" in self.body or "via_bot" in self.body

    @property
    def is_press(self) -> bool:
        return self.kind == "callback_query"

    @property
    def text(self) -> str:
        """What was written; empty for everything else."""
        text = self.body.get("text") if self.kind == "message" else None
        return text if isinstance(text, str) else ""

    @property
    def words(self) -> str:
        """What was written, also below a file."""
        caption = self.body.get("caption") if self.kind == "message" else None
        return self.text or (caption if isinstance(caption, str) else "")

    @property
    def replies_to(self) -> int | None:
        """Whose message it answers. In a forum, a message that answers nothing carries the notice that opened its
        topic."""
        answered = self.body.get("reply_to_message")
        if not isinstance(answered, dict) or "forum_topic_created" in answered:
            return None
        return _number(answered.get("from"))

    @property
    def answered_message(self) -> MessageId | None:
        """The message that it is a reply to."""
        answered = self.body.get("reply_to_message")
        found = answered.get("message_id") if isinstance(answered, dict) else None
        return MessageId(found) if is_number(found) else None

    @property
    def command_argument(self) -> str:
        """What stands behind a command, in the same line or the next."""
        return "".join(self.text.split(maxsplit=1)[1:]).strip()

    @property
    def place(self) -> Place | None:
        """The location of a message or of an edited one."""
        place = self.body.get("location")
        if not isinstance(place, dict):
            return None
        try:
            heading = float(place["heading"]) % 360 if "heading" in place else None
            return Place(float(place["latitude"]), float(place["longitude"]), "live_period" in place, heading)
        except (KeyError, TypeError, ValueError):
            return None

    @property
    def message_id(self) -> MessageId | None:
        """Of the message that came, or under which the button was pressed."""
        carrier = self.body.get("message") if self.is_press else self.body
        found = carrier.get("message_id") if isinstance(carrier, dict) else None
        return MessageId(found) if isinstance(found, int) else None

    @cached_property
    def update(self) -> Update:
        return Update.de_json(self.raw, None)

    @property
    def message(self) -> Message | None:
        """The message that the person sent; None for anything else."""
        return self.update.message
