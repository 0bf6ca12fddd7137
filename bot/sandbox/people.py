"""Who and what there is at the sandbox's Telegram: people, chats, topics, buttons that wait for their answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.params import Json


@dataclass(slots=True)
class Person:
    """Somebody with a phone. Their private chat with the bot has their id."""

    id: int
    first_name: str
    username: str = ""
    language_code: str = "zh-hans"
    role: str = "rider"
    phone: str = ""
    started: bool = False
    blocks: bool = False
    seen: dict[int, int] = field(default_factory=dict)
    """By chat, the newest message that they have had on their screen."""

    def user(self) -> Json:
        named = {"username": self.username} if self.username else {}
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
            **named,
        }


Reactions = dict[int, list[Json]]
"""By the person's or the bot's id."""


@dataclass(slots=True)
class Chat:
    """A private chat or a group, with all that was said in it and the reply keyboard that shows below.

    `silent`, `pinned` (the last one on top) and `reactions` go by the message's number.
    """

    id: int
    type: str
    title: str = ""
    members: list[int] = field(default_factory=list)
    messages: dict[int, Json] = field(default_factory=dict)
    keyboard: Json | None = None
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)
    has_bot_as_admin: bool = False
    silent: set[int] = field(default_factory=set)
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, Reactions] = field(default_factory=dict)

    def forget(self, message_id: int) -> None:
        """What was known about a message that is gone."""
        self.silent.discard(message_id)
        self.reactions.pop(message_id, None)
        if message_id in self.pinned:
            self.pinned.remove(message_id)


@dataclass(slots=True)
class Topic:
    name: str
    closed: bool = False


@dataclass(slots=True)
class Query:
    """A pressed button or a question of inline mode that waits for its answer; `results` by id are what it offers."""

    person_id: int
    at: float
    answered: bool = False
    text: str = ""
    results: dict[str, Json] = field(default_factory=dict)
