"""What a bot gets to read in groups: https://core.telegram.org/bots/features#privacy-mode."""

from __future__ import annotations

from bot.sandbox.entities import with_text
from bot.sandbox.params import Json
from bot.sandbox.people import Chat

_SERVICE = (
    "forum_topic_",
    "general_forum_topic_",
    "video_chat_",
    "giveaway",
    "new_chat_",
    "left_chat_member",
    "pinned_message",
    "boost_added",
)


def reaches_bot(bot: Json, chat: Chat, message: Json) -> bool:
    """Whether the bot is given a message: in a group only what is meant for it, unless it is an admin there."""
    if chat.type == "private" or chat.has_bot_as_admin:
        return True
    is_reply = message.get("reply_to_message", {}).get("from", {}).get("id") == bot["id"]
    is_inline = message.get("via_bot", {}).get("id") == bot["id"]
    return is_reply or is_inline or _is_service(message) or _names(bot, message)


def _is_service(message: Json) -> bool:
    return any(name.startswith(_SERVICE) for name in message)


def _names(bot: Json, message: Json) -> bool:
    """Whether it is a command for this bot, or mentions it."""
    own = f"@{bot['username']}".lower()
    for kind, words in with_text(message):
        named = words[words.find("@") :].lower() if "@" in words else ""
        if (kind == "bot_command" and named in ("", own)) or (kind == "mention" and named == own):
            return True
    return False
