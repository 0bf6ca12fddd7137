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

    def user(self) -> Json:
        named = {"username": self.username} if self.username else {}
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
            **named,
        }


@dataclass(slots=True)
class Chat:
    """A private chat or a group, with all that was said in it and the reply keyboard that shows below."""

    id: int
    type: str
    title: str = ""
    members: list[int] = field(default_factory=list)
    messages: dict[int, Json] = field(default_factory=dict)
    keyboard: Json | None = None
    is_forum: bool = False
    topics: dict[int, Topic] = field(default_factory=dict)


@dataclass(slots=True)
class Topic:
    name: str
    closed: bool = False


@dataclass(slots=True)
class Query:
    """A pressed button that waits for its answer."""

    person_id: int
    at: float
    answered: bool = False
