"""What a message consists of: its own content, what a forward takes along, what a reply shows of it."""

from __future__ import annotations

from bot.sandbox.entities import units
from bot.sandbox.params import Json, bad

CONTENT = (
    "text",
    "entities",
    "link_preview_options",
    "photo",
    "document",
    "voice",
    "video",
    "audio",
    "animation",
    "video_note",
    "location",
    "venue",
    "contact",
    "sticker",
    "caption",
    "caption_entities",
)


def content_of(message: Json) -> Json:
    """What was said or sent; empty for a notice of Telegram's."""
    return {name: message[name] for name in CONTENT if name in message}


def forwarded(message: Json) -> Json:
    """The content of a message that somebody passes on, with who wrote it first."""
    first = {"type": "user", "date": message["date"], "sender_user": message["from"]}
    return {**content_of(message), "forward_origin": message.get("forward_origin", first)}


def bare(message: Json) -> Json:
    """A message as a reply or a pin carries it: without what it answered itself."""
    return {name: value for name, value in message.items() if name not in ("reply_to_message", "pinned_message")}


def quote_of(message: Json, words: str) -> Json:
    """The part of a message that an answer quotes.

    Raises:
        Refusal: it does not say that.
    """
    text = message.get("text") or message.get("caption") or ""
    at = text.find(words)
    if at < 0 or units(words) > 1_024:
        raise bad("QUOTE_TEXT_INVALID")
    return {"quote": {"text": words, "position": units(text[:at]), "is_manual": True}}
