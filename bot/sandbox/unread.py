"""What nobody has looked at yet: for each person, how many messages, and the words of the newest one."""

from __future__ import annotations

from bot.sandbox.params import Json
from bot.sandbox.people import Chat, Person
from bot.sandbox.world import World

_SIGNS = {
    "photo": "🖼",
    "document": "📄",
    "voice": "🎙",
    "venue": "📌",
    "location": "📍",
    "contact": "👤",
    "sticker": "👍",
}
PREVIEW_LENGTH = 60


def marks(world: World) -> Json:
    """By person (as JSON has it, with a text for a key)."""
    chats = list(world.chats.values())
    return {str(person.id): _marks_of(person, chats) for person in world.people.values()}


def _marks_of(person: Person, chats: list[Chat]) -> Json:
    waiting = {chat.id: _unread(person, chat) for chat in chats if person.id in chat.members}
    newest = max((one[0] for one in waiting.values() if one), key=lambda one: one["message_id"], default=None)
    counts = {str(chat_id): len(found) for chat_id, found in waiting.items() if found}
    return {"unread": sum(counts.values()), "chats": counts, "preview": preview(newest) if newest else ""}


def _unread(person: Person, chat: Chat) -> list[Json]:
    """Newest first."""
    found = []
    for message_id, message in reversed(chat.messages.items()):
        if message_id <= person.seen.get(chat.id, 0):
            break
        if message["from"]["id"] != person.id and "pinned_message" not in message:
            found.append(message)
    return found


def preview(message: Json) -> str:
    text = message.get("text") or message.get("caption") or ""
    sign = next((sign for kind, sign in _SIGNS.items() if kind in message), "")
    return f"{sign} {text}".strip().replace("\n", " ")[:PREVIEW_LENGTH]
