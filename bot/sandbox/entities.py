"""Formatted text as Telegram reads it: HTML into entities, and entities that Telegram finds by itself.

Offsets and lengths count UTF-16 code units. Tags and error texts follow https://core.telegram.org/bots/api#html-style.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.sandbox.params import Json, bad

TEXT_LIMIT = 4_096
CAPTION_LIMIT = 1_024

_TYPES = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_TOKEN = re.compile(r"<(/?)([^>]*)>|&(#x?[0-9a-fA-F]+|lt|gt|amp|quot);|([^<&]+|&|<)", re.DOTALL)
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_FOUND = (
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,32}(?:@\w{3,32})?")),
    ("url", re.compile(r"https?://[^\s<>\"]+|(?<![\w@.])(?:t\.me|www\.[\w-]+\.\w+)/?[^\s<>\"]*")),
    ("mention", re.compile(r"(?<!\w)@[A-Za-z]\w{3,31}")),
    ("hashtag", re.compile(r"(?<!\w)#\w+")),
)


class Formatted(NamedTuple):
    text: str
    entities: list[Json]


class _Open(NamedTuple):
    tag: str
    entity: Json


def units(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(source: str) -> Formatted:
    """Raises Refusal, in Telegram's words, for what is not closed, not known or not opened."""
    text, length = [], 0
    entities: list[Json] = []
    stack: list[_Open] = []
    for match in _TOKEN.finditer(source):
        closing, tag, reference, plain = match.groups()
        at = len(source[: match.start()].encode())
        if tag is None:
            piece = _character(reference) if reference else plain
            if plain == "<":
                raise bad(f"can't parse entities: Unclosed start tag at byte offset {at}")
            text.append(piece)
            length += units(piece)
        elif closing:
            _close(stack, tag.strip().lower(), length, at)
        else:
            stack.append(_opened(tag, length, at))
            entities.append(stack[-1].entity)
    if stack:
        raise bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{stack[-1].tag}\"")
    kept = [entity for entity in entities if entity["length"] and entity.get("url") != ""]
    kept.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return trimmed(Formatted("".join(text), kept))


def _character(reference: str) -> str:
    if not reference.startswith("#"):
        return _NAMED[reference]
    number = int(reference[2:], 16) if reference[1] in "xX" else int(reference[1:])
    return chr(number) if 0 < number < 0x110000 else ""


def _opened(tag: str, offset: int, at: int) -> _Open:
    found = re.match(r"\s*([A-Za-z-]+)\s*(.*)", tag, re.DOTALL)
    name = found[1].lower() if found else ""
    if found is None or name not in _TYPES:
        raise bad(f'can\'t parse entities: Unsupported start tag "{name or tag}" at byte offset {at}')
    attributes = {
        key.lower(): re.sub(r"&(lt|gt|amp|quot);", lambda m: _NAMED[m[1]], first or second)
        for key, first, second in re.findall(r"([\w-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", found[2])
    }
    entity: Json = {"type": _TYPES[name], "offset": offset}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise bad(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {at}')
    if name == "a":
        entity["url"] = attributes.get("href", "")
    if name == "tg-emoji":
        entity["custom_emoji_id"] = attributes.get("emoji-id", "")
    if name == "blockquote" and re.search(r"\bexpandable\b", found[2]):
        entity["type"] = "expandable_blockquote"
    return _Open(name, entity)


def _close(stack: list[_Open], name: str, length: int, at: int) -> None:
    if not stack:
        raise bad(f"can't parse entities: Unexpected end tag at byte offset {at}")
    opened = stack.pop()
    if name not in ("", opened.tag):
        tags = f'expected "</{opened.tag}>", found "</{name}>"'
        raise bad(f"can't parse entities: Unmatched end tag at byte offset {at}, {tags}")
    entity = opened.entity
    entity["length"] = length - entity["offset"]


def trimmed(formatted: Formatted) -> Formatted:
    """Without white space at both ends, as Telegram keeps a message."""
    text, entities = formatted
    left = units(text) - units(text.lstrip())
    kept = text.strip()
    end = units(kept)
    moved = []
    for entity in entities:
        start = max(entity["offset"] - left, 0)
        length = min(entity["offset"] + entity["length"] - left, end) - start
        if length > 0:
            moved.append({**entity, "offset": start, "length": length})
    return Formatted(kept, moved)


def with_found(formatted: Formatted) -> Formatted:
    """With commands, addresses, mentions and hashtags that nothing else marks."""
    text, entities = formatted
    taken = [(entity["offset"], entity["offset"] + entity["length"]) for entity in entities]
    found = list(entities)
    for kind, pattern in _FOUND:
        for match in pattern.finditer(text):
            start, length = units(text[: match.start()]), units(match[0])
            if all(start >= end or start + length <= begin for begin, end in taken):
                found.append({"type": kind, "offset": start, "length": length})
                taken.append((start, start + length))
    found.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return Formatted(text, found)


def with_text(message: Json) -> list[tuple[str, str]]:
    """The kinds of a message's entities, with the words that each one marks; found again where an app sent none."""
    text = message.get("text") or message.get("caption") or ""
    entities = message.get("entities") or message.get("caption_entities") or with_found(Formatted(text, [])).entities
    coded = text.encode("utf-16-le", "surrogatepass")

    def marked(entity: Json) -> str:
        start = 2 * entity["offset"]
        return coded[start : start + 2 * entity["length"]].decode("utf-16-le", "surrogatepass")

    return [(entity["type"], marked(entity)) for entity in entities]
