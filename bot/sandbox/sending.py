"""The Bot API's methods that put a message into a chat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.sandbox.entities import CAPTION_LIMIT, TEXT_LIMIT, Formatted, parse_html, trimmed, units, with_found
from bot.sandbox.files import STICKER
from bot.sandbox.markup import inline_keyboard, reply_keyboard
from bot.sandbox.messages import bare, content_of, forwarded, quote_of
from bot.sandbox.params import Json, Params, bad
from bot.sandbox.people import Chat
from bot.sandbox.world import World

MEDIA = ("photo", "document", "voice", "video", "audio")


def formatted(params: Params, name: str, entities: str, limit: int, too_long: str) -> Formatted:
    """The text of a call, read in its parse_mode."""
    source, mode = params.text(name), params.text("parse_mode")
    if mode and mode.upper() != "HTML":
        raise bad("unsupported parse_mode (the sandbox knows HTML)")
    given = params.parsed(entities) or []
    found = with_found(parse_html(source) if mode else trimmed(Formatted(source, given)))
    if units(found.text) > limit:
        raise bad(too_long)
    return found


def text_content(params: Params) -> Json:
    text, entities = formatted(params, "text", "entities", TEXT_LIMIT, "message is too long")
    if not text:
        raise bad("message text is empty")
    preview = params.parsed("link_preview_options")
    return {
        "text": text,
        **({"entities": entities} if entities else {}),
        **({"link_preview_options": preview} if preview else {}),
    }


def caption_content(params: Params) -> Json:
    text, entities = formatted(params, "caption", "caption_entities", CAPTION_LIMIT, "message caption is too long")
    return {**({"caption": text} if text else {}), **({"caption_entities": entities} if entities else {})}


def place_of(params: Params) -> Json:
    place: Json = {"latitude": params.real("latitude"), "longitude": params.real("longitude")}
    if not (abs(place["latitude"]) <= 90 and abs(place["longitude"]) <= 180):
        raise bad("invalid location coordinates specified")
    return place


def venue_content(params: Params) -> Json:
    title, address = params.text("title").strip(), params.text("address").strip()
    if not title or not address:
        raise bad("venue title must be non-empty" if not title else "venue address must be non-empty")
    place = place_of(params)
    return {"venue": {"location": place, "title": title, "address": address}, "location": place}


def _put(world: World, params: Params, content: Callable[[], Json]) -> Json:
    """Puts one message into the chat of the call. The chat is looked up first, as Telegram does."""
    chat = world.reachable(params.values.get("chat_id"))
    keyboard, inline = reply_keyboard(params, is_private=chat.type == "private"), inline_keyboard(params)
    made = {**content(), **_reply(chat, params), **_topic(chat, params), **({"reply_markup": inline} if inline else {})}
    if params.flag("protect_content"):
        made["has_protected_content"] = True
    return world.say(chat, made, keyboard, is_silent=params.flag("disable_notification"))


def _reply(chat: Chat, params: Params) -> Json:
    asked = params.parsed("reply_parameters") or {}
    message = chat.messages.get(int(asked.get("message_id", 0)))
    if asked and message is None and not asked.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    if message is None:
        return {}
    quoted = str(asked.get("quote") or "")
    return {"reply_to_message": bare(message), **(quote_of(message, quoted) if quoted else {})}


def _topic(chat: Chat, params: Params) -> Json:
    if not params.has("message_thread_id"):
        return {}
    topic = params.whole("message_thread_id")
    if topic not in chat.topics:
        raise bad("message thread not found")
    if chat.topics[topic].closed:
        raise bad("TOPIC_CLOSED")
    return {"message_thread_id": topic, "is_topic_message": True}


def send_message(world: World, params: Params) -> Json:
    return _put(world, params, lambda: text_content(params))


def send_photo(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {"photo": world.files.photo(world.files.sent(params, "photo")), **caption_content(params)},
    )


def send_document(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {"document": world.files.document(world.files.sent(params, "document")), **caption_content(params)},
    )


def send_voice(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {"voice": world.files.voice(world.files.sent(params, "voice")), **caption_content(params)},
    )


def send_video(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {"video": world.files.video(world.files.sent(params, "video")), **caption_content(params)},
    )


def send_audio(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {"audio": world.files.audio(world.files.sent(params, "audio")), **caption_content(params)},
    )


def send_animation(world: World, params: Params) -> Json:
    return _put(
        world,
        params,
        lambda: {
            "animation": world.files.animation(world.files.sent(params, "animation")),
            "document": world.files.document(world.files.sent(params, "animation")),
            **caption_content(params),
        },
    )


def send_video_note(world: World, params: Params) -> Json:
    return _put(world, params, lambda: {"video_note": world.files.video_note(world.files.sent(params, "video_note"))})


def send_sticker(world: World, params: Params) -> Json:
    def content() -> Json:
        if params.text("sticker") != STICKER["file_id"]:
            raise bad("wrong remote file identifier specified: the sandbox knows one sticker")
        return {"sticker": STICKER}

    return _put(world, params, content)


def send_location(world: World, params: Params) -> Json:
    return _put(world, params, lambda: {"location": place_of(params)})


def send_venue(world: World, params: Params) -> Json:
    return _put(world, params, lambda: venue_content(params))


def send_contact(world: World, params: Params) -> Json:
    def content() -> Json:
        if not params.text("phone_number"):
            raise bad("phone number is empty")
        return {"contact": {"phone_number": params.text("phone_number"), "first_name": params.text("first_name")}}

    return _put(world, params, content)


def send_media_group(world: World, params: Params) -> list[Json]:
    media = params.parsed("media")
    if not isinstance(media, list) or not 2 <= len(media) <= 10:
        raise bad("expected an Array of 2 to 10 InputMedia as media")
    send: dict[str, Callable[[World, Params], Json]] = {"photo": send_photo, "document": send_document}
    sent = []
    for item in media:
        if item.get("type") not in send:
            raise bad("can't use the media of the specified type in the album")
        one = {**item, item["type"]: item.get("media"), "chat_id": params.values.get("chat_id")}
        sent.append(send[item["type"]](world, Params(one, params.files)))
    return sent


def _source(world: World, params: Params, verb: str, past: str) -> Json:
    chat = world.chats.get(params.whole("from_chat_id"))
    message = chat.messages.get(params.whole("message_id")) if chat else None
    if chat is None or message is None:
        raise bad("chat not found" if chat is None else f"message to {verb} not found")
    if message.get("has_protected_content") or not content_of(message):
        raise bad(f"the message can't be {past}")
    return message


def copy_message(world: World, params: Params) -> Json:
    source = _source(world, params, "copy", "copied")
    content = content_of(source)
    if params.has("caption"):
        content = {**content, "caption_entities": [], **caption_content(params)}
    return {"message_id": _put(world, params, lambda: content)["message_id"]}


def copy_messages(world: World, params: Params) -> list[Json]:
    ids: list[Any] = params.parsed("message_ids") or []
    return [copy_message(world, Params({**params.values, "message_id": one})) for one in ids]


def forward_message(world: World, params: Params) -> Json:
    source = _source(world, params, "forward", "forwarded")
    return _put(world, params, lambda: forwarded(source))
