"""The Bot API's methods that add something to a chat which is no message: reactions, pins, what the bot is doing."""

from __future__ import annotations

from telegram.constants import ChatAction, ReactionEmoji

from bot.sandbox.messages import bare, content_of
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.people import Chat, Person
from bot.sandbox.world import World


def set_message_reaction(world: World, params: Params) -> bool:
    """https://core.telegram.org/bots/api#setmessagereaction: one reaction of a bot on a message; an empty list takes
    it back."""
    chat, message_id = world.reachable(params.values.get("chat_id")), params.whole("message_id")
    reactions = params.parsed("reaction") or []
    if chat.messages.get(message_id) is None:
        raise bad("message to react not found")
    if not content_of(chat.messages[message_id]):
        raise bad("message can't be reacted")
    if not isinstance(reactions, list) or len(reactions) > 1:
        raise bad("REACTIONS_TOO_MANY")
    _react(world, chat, message_id, world.bot["id"], [_reaction(one) for one in reactions])
    return True


def _reaction(given: object) -> Json:
    if not isinstance(given, dict) or given.get("type") != "emoji" or given.get("emoji") not in set(ReactionEmoji):
        raise bad("REACTION_INVALID")
    return {"type": "emoji", "emoji": given["emoji"]}


def _react(world: World, chat: Chat, message_id: int, who: int, new: list[Json]) -> list[Json]:
    """Sets what somebody has on a message; returns what they had."""
    found = chat.reactions.setdefault(message_id, {})
    old = found.pop(who, [])
    if new:
        found[who] = new
    world.tell(chat.id, {"type": "reaction", "message_id": message_id, "reactions": shown(chat, message_id)})
    return old


def shown(chat: Chat, message_id: int) -> Json:
    """The emoji on a message, by who reacted (as JSON has it, with a text for a key)."""
    return {str(who): one[0]["emoji"] for who, one in chat.reactions.get(message_id, {}).items()}


async def reacts(world: World, person: Person, message_id: int, emoji: str, chat: Chat | None = None) -> None:
    """A person reacts to a message, or with an empty `emoji` takes it back. In groups only an admin bot hears of it."""
    where = chat or world.chats[person.id]
    if message_id not in where.messages:
        raise bad("message to react not found")
    new = [_reaction({"type": "emoji", "emoji": emoji})] if emoji else []
    old = _react(world, where, message_id, person.id, new)
    if old == new or not (where.type == "private" or where.has_bot_as_admin):
        return
    await world.hand_over(
        "message_reaction",
        {
            "chat": world.describe(where),
            "message_id": message_id,
            "user": person.user(),
            "date": world.now,
            "old_reaction": old,
            "new_reaction": new,
        },
    )


def _check_pins(chat: Chat) -> None:
    if chat.type != "private" and not chat.has_bot_as_admin:
        raise bad("not enough rights to manage pinned messages in the chat")


def pin_chat_message(world: World, params: Params) -> bool:
    """The chat gets a notice of it, as in Telegram's apps; what is pinned already is not pinned again."""
    chat, message_id = world.reachable(params.values.get("chat_id")), params.whole("message_id")
    _check_pins(chat)
    if message_id not in chat.messages:
        raise bad("message to pin not found")
    if message_id not in chat.pinned:
        chat.pinned.append(message_id)
        _show_pins(world, chat)
        world.say(chat, {"pinned_message": bare(chat.messages[message_id])}, is_silent=True)
    return True


def unpin_chat_message(world: World, params: Params) -> bool:
    """Without a number, the one that was pinned last."""
    chat = world.reachable(params.values.get("chat_id"))
    _check_pins(chat)
    message_id = params.whole("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad("message to unpin not found")
    chat.pinned.remove(message_id)
    _show_pins(world, chat)
    return True


def unpin_all_chat_messages(world: World, params: Params) -> bool:
    chat = world.reachable(params.values.get("chat_id"))
    _check_pins(chat)
    chat.pinned.clear()
    _show_pins(world, chat)
    return True


def _show_pins(world: World, chat: Chat) -> None:
    world.tell(chat.id, {"type": "pins", "pinned": list(chat.pinned)})


def send_chat_action(world: World, params: Params) -> bool:
    """It shows for 5 s, or until the next message."""
    chat = world.reachable(params.values.get("chat_id"))
    if params.text("action") not in set(ChatAction):
        raise bad("wrong parameter action in request")
    world.tell(chat.id, {"type": "action", "action": params.text("action")})
    return True
