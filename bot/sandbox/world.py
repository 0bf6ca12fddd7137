"""The sandbox's Telegram: people and chats, their messages, and the updates that the bot has not confirmed."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from bot.sandbox.files import Files
from bot.sandbox.params import Json, Refusal, bad
from bot.sandbox.people import Chat, Person, Query
from bot.sandbox.privacy_mode import reaches_bot

_NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}

Event = Json


def _copied(body: Json) -> Json:
    """As it travels. Ten times as fast as copy.deepcopy."""
    copy: Json = orjson.loads(orjson.dumps(body))
    return copy


Listener = Callable[[int, Event], None]


class World:
    """All of it, in memory. `clock` gives seconds since 1970; what happens is told to `listeners` by chat."""

    QUERY_LIVES = 60.0

    def __init__(
        self, token: str, username: str = "nuanxin_sandbox_bot", clock: Callable[[], float] = time.time
    ) -> None:
        self.token = token
        self.clock = clock
        self.bot: Json = {
            "id": int(token.partition(":")[0]),
            "is_bot": True,
            "first_name": "暖新",
            "username": username,
        }
        self.people: dict[int, Person] = {}
        self.chats: dict[int, Chat] = {}
        self.files = Files()
        self.queries: dict[str, Query] = {}
        self.waiting: list[Json] = []
        self.changed = asyncio.Condition()
        self.allowed: set[str] | None = None
        self.webhook: Json = {"url": ""}
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}
        self.menu_buttons: dict[str, Json] = {}
        self.listeners: set[Listener] = set()
        self.changes = 0
        """How often anything changed that a restart must not lose."""
        self._next_message, self._next_update = 1, int(clock()) % 1_000_000_000
        self._query_ids = itertools.count(int(clock() * 1_000))

    @property
    def counted(self) -> tuple[int, int]:
        """The numbers of the next message and of the next update."""
        return self._next_message, self._next_update

    def count_on(self, message: int, update: int) -> None:
        """Goes on from there: a number is given once."""
        self._next_message, self._next_update = message, update

    def add(self, person: Person) -> Person:
        self.people[person.id] = person
        self.chats[person.id] = Chat(person.id, "private", members=[person.id])
        return person

    def add_group(self, chat_id: int, title: str, members: Iterable[int]) -> Chat:
        self.chats[chat_id] = Chat(chat_id, "group", title, list(members))
        return self.chats[chat_id]

    def add_forum(self, chat_id: int, title: str, members: Iterable[int]) -> Chat:
        """A group with topics, of which the bot is an admin: else it could not open any."""
        self.chats[chat_id] = Chat(chat_id, "supergroup", title, list(members), is_forum=True, has_bot_as_admin=True)
        return self.chats[chat_id]

    def describe(self, chat: Chat) -> Json:
        """The chat as the Bot API gives it."""
        if chat.type != "private":
            forum = {"is_forum": True} if chat.is_forum else {}
            return {"id": chat.id, "type": chat.type, "title": chat.title, **forum}
        person = self.people[chat.id]
        named = {"username": person.username} if person.username else {}
        return {"id": chat.id, "type": "private", "first_name": person.first_name, **named}

    # What the bot does

    def reachable(self, chat_id: Any) -> Chat:
        """The chat that the bot may write to.

        Raises:
            Refusal: there is none, or its person does not want to hear of the bot.
        """
        chat = self.chats.get(int(chat_id)) if str(chat_id).lstrip("-").isdigit() else None
        if chat is None:
            raise bad("chat not found")
        if chat.type == "private":
            person = self.people[chat.id]
            if person.blocks:
                raise Refusal(403, "Forbidden: bot was blocked by the user")
            if not person.started:
                raise Refusal(403, "Forbidden: bot can't initiate conversation with a user")
        return chat

    def say(self, chat: Chat, content: Json, keyboard: Json | None = None, *, is_silent: bool = False) -> Json:
        """A message of the bot."""
        if keyboard is not None:
            chat.keyboard = None if keyboard.get("remove_keyboard") else keyboard
        message = self._keep(chat, self.bot, content)
        if is_silent:
            chat.silent.add(message["message_id"])
        event = {"type": "message", "message": message, "keyboard": chat.keyboard}
        self.tell(chat.id, {**event, "silent": True} if is_silent else event)
        return message

    def own(self, chat: Chat, message_id: int) -> Json:
        """A message of the bot that it may still change."""
        message = chat.messages.get(message_id)
        if message is None:
            raise bad("message to edit not found")
        if message["from"]["id"] != self.bot["id"]:
            raise bad("message can't be edited")
        return message

    def change(self, chat: Chat, message: Json, changes: Json) -> Json:
        """Edits a message of the bot; None takes a field away."""
        changed = {name: value for name, value in {**message, **changes}.items() if value is not None}
        if changed == message:
            raise bad(
                "message is not modified: specified new message content and reply markup are exactly the same as a "
                "current content and reply markup of the message"
            )
        changed["edit_date"] = self.now
        chat.messages[message["message_id"]] = changed
        self.tell(chat.id, {"type": "edited", "message": changed})
        return changed

    def delete(self, chat: Chat, message_id: int) -> None:
        if chat.messages.pop(message_id, None) is None:
            raise bad("message to delete not found")
        chat.forget(message_id)
        self.tell(chat.id, {"type": "deleted", "message_id": message_id})

    def tell(self, chat_id: int, event: Event) -> None:
        self.changes += 1
        for listener in tuple(self.listeners):
            listener(chat_id, _copied(event))

    @property
    def now(self) -> int:
        return int(self.clock())

    def _keep(self, chat: Chat, sender: Json, content: Json) -> Json:
        number, self._next_message = self._next_message, self._next_message + 1
        message = {
            "message_id": number,
            "date": self.now,
            "chat": self.describe(chat),
            "from": sender,
            **content,
        }
        chat.messages[number] = message
        return message

    # What people do

    async def sends(self, person: Person, content: Json, chat: Chat | None = None) -> Json:
        """A message of a person, in the private chat unless another is named. Writing lets the bot in."""
        where = chat or self.chats[person.id]
        if where.type == "private":
            person.started = True
            await self.unblocks(person)
        message = self._keep(where, person.user(), content)
        self.tell(where.id, {"type": "message", "message": message, "keyboard": where.keyboard})
        if reaches_bot(self.bot, where, message):
            await self.hand_over("message", message)
        return message

    async def edits(self, person: Person, message_id: int, changes: Json, chat: Chat | None = None) -> Json:
        where = chat or self.chats[person.id]
        changed = {**where.messages[message_id], **changes, "edit_date": self.now}
        where.messages[message_id] = changed
        self.tell(where.id, {"type": "edited", "message": changed})
        if reaches_bot(self.bot, where, changed):
            await self.hand_over("edited_message", changed)
        return changed

    async def presses(self, person: Person, message_id: int, data: str, chat: Chat | None = None) -> str:
        """Presses an inline button; returns the id of the query."""
        where = chat or self.chats[person.id]
        known = where.messages.get(message_id)
        gone: Json = {"message_id": message_id, "date": 0, "chat": self.describe(where)}
        query_id = self._new_query(person)
        body = {
            "id": query_id,
            "from": person.user(),
            "message": known or gone,
            "chat_instance": str(where.id),
            "data": data,
        }
        await self.hand_over("callback_query", body)
        return query_id

    async def asks_inline(self, person: Person, text: str, chat: Chat | None = None) -> str:
        """Types the bot's name and these words in a chat; returns the id of the query."""
        query_id = self._new_query(person, text)
        where = chat or self.chats[person.id]
        kind = "sender" if where.id == person.id else where.type
        body = {"id": query_id, "from": person.user(), "query": text, "offset": "", "chat_type": kind}
        await self.hand_over("inline_query", body)
        return query_id

    def _new_query(self, person: Person, text: str = "") -> str:
        query_id = str(next(self._query_ids))
        self.queries[query_id] = Query(person.id, self.clock(), text=text)
        while len(self.queries) > 10_000:
            del self.queries[next(iter(self.queries))]
        return query_id

    async def blocks(self, person: Person) -> None:
        if not person.blocks:
            person.blocks = True
            await self._membership(person, "member", "kicked")

    async def unblocks(self, person: Person) -> None:
        if person.blocks:
            person.blocks = False
            await self._membership(person, "kicked", "member")

    async def _membership(self, person: Person, old: str, new: str) -> None:
        def member(status: str) -> Json:
            until = {"until_date": 0} if status == "kicked" else {}
            return {"user": self.bot, "status": status, **until}

        await self.hand_over(
            "my_chat_member",
            {
                "chat": self.describe(self.chats[person.id]),
                "from": person.user(),
                "date": self.now,
                "old_chat_member": member(old),
                "new_chat_member": member(new),
            },
        )

    async def hand_over(self, kind: str, body: Json) -> None:
        """Queues an update, if the bot asked for this kind."""
        if kind in _NOT_BY_DEFAULT if self.allowed is None else kind not in self.allowed:
            return
        async with self.changed:
            number, self._next_update = self._next_update, self._next_update + 1
            self.waiting.append({"update_id": number, kind: _copied(body)})
            self.changes += 1
            self.changed.notify_all()

    async def confirm(self, until: int) -> None:
        """Forgets the updates before this number."""
        async with self.changed:
            self.waiting = [update for update in self.waiting if update["update_id"] >= until]
            self.changes += 1
            self.changed.notify_all()
