"""The Bot API's methods that change what was said, and those that answer a press."""

from __future__ import annotations

from typing import Any

from bot.sandbox.entities import units
from bot.sandbox.markup import inline_keyboard
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.people import Chat, Topic
from bot.sandbox.sending import MEDIA, caption_content, text_content
from bot.sandbox.world import World

DELETES_WITHIN = 48 * 3_600
"""Seconds; what is older stays."""


def _target(world: World, params: Params) -> tuple[Chat, Json]:
    chat = world.reachable(params.values.get("chat_id"))
    return chat, world.own(chat, params.whole("message_id"))


def edit_message_text(world: World, params: Params) -> Json:
    chat, message = _target(world, params)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return world.change(
        chat, message, {"entities": None, **text_content(params), "reply_markup": inline_keyboard(params)}
    )


def edit_message_caption(world: World, params: Params) -> Json:
    chat, message = _target(world, params)
    if not any(kind in message for kind in MEDIA):
        raise bad("there is no caption in the message to edit")
    caption = {"caption": None, "caption_entities": None, **caption_content(params)}
    return world.change(chat, message, {**caption, "reply_markup": inline_keyboard(params)})


def edit_message_reply_markup(world: World, params: Params) -> Json:
    chat, message = _target(world, params)
    return world.change(chat, message, {"reply_markup": inline_keyboard(params)})


def edit_message_media(world: World, params: Params) -> Json:
    chat, message = _target(world, params)
    media = params.parsed("media") or {}
    kind = media.get("type")
    if kind not in ("photo", "document", "video"):
        raise bad("can't parse InputMedia: the sandbox knows photo, document and video")
    one = Params({**media, kind: media.get("media")}, params.files)
    upload = world.files.sent(one, kind)
    content: Json = {kind: getattr(world.files, kind)(upload)}
    blank = dict.fromkeys((*MEDIA, "text", "entities", "caption", "caption_entities"))
    return world.change(
        chat, message, {**blank, **content, **caption_content(one), "reply_markup": inline_keyboard(params)}
    )


def delete_message(world: World, params: Params) -> bool:
    chat = world.reachable(params.values.get("chat_id"))
    message = chat.messages.get(params.whole("message_id"))
    if message is not None and not _may_delete(world, chat, message):
        raise bad("message can't be deleted for everyone")
    world.delete(chat, params.whole("message_id"))
    return True


def _may_delete(world: World, chat: Chat, message: Json) -> bool:
    """https://core.telegram.org/bots/api#deletemessage: 48 hours, and in groups its own, unless it is an admin."""
    is_own = message["from"]["id"] == world.bot["id"]
    may = is_own or chat.type == "private" or chat.has_bot_as_admin
    return may and world.now - message["date"] <= DELETES_WITHIN


def delete_messages(world: World, params: Params) -> bool:
    chat, ids = world.reachable(params.values.get("chat_id")), params.parsed("message_ids") or []
    if not 1 <= len(ids) <= 100:
        raise bad("there must be 1 to 100 message identifiers")
    for message_id in map(int, ids):
        if message_id in chat.messages and _may_delete(world, chat, chat.messages[message_id]):
            world.delete(chat, message_id)
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    query = world.queries.get(params.text("callback_query_id"))
    if query is None or query.answered or world.clock() - query.at > world.QUERY_LIVES:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if units(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query.answered = True
    event: dict[str, Any] = {"type": "answer", "query": params.text("callback_query_id"), "text": text}
    world.tell(query.person_id, {**event, "alert": params.flag("show_alert"), "url": params.text("url")})
    return True


def create_forum_topic(world: World, params: Params) -> Json:
    chat, name = world.reachable(params.values.get("chat_id")), params.text("name")
    if not chat.is_forum:
        raise bad("the chat is not a forum")
    if not 1 <= len(name) <= 128:
        raise bad("topic name must be non-empty")
    made = world.say(chat, {"forum_topic_created": {"name": name, "icon_color": 0x6FB9F0}})
    chat.topics[made["message_id"]] = Topic(name)
    return {"message_thread_id": made["message_id"], "name": name, "icon_color": 0x6FB9F0}


def close_forum_topic(world: World, params: Params) -> bool:
    chat, topic = world.reachable(params.values.get("chat_id")), params.whole("message_thread_id")
    if topic not in chat.topics:
        raise bad("message thread not found")
    if chat.topics[topic].closed:
        raise bad("TOPIC_NOT_MODIFIED")
    chat.topics[topic].closed = True
    return True
