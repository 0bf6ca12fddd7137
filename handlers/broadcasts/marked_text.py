"""Formatting that is typed on a page, by the marks that Telegram's apps turn into formatting as well.

**bold**, __italic__, ~~crossed out~~, ||hidden||, `code`, [words](https://example.org)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from handlers.broadcasts.inputs import Message
from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from handlers.inputs.link import NotALink, read_link
from storage.plain_text import clean_paragraph

LONGEST = 4_096
"""UTF-16 units of a message: https://core.telegram.org/bots/api#sendmessage"""
MOST_MARKED = 100
"""Marked places of a message; Telegram ignores others (python-telegram-bot, constants.MessageLimit)."""
_KINDS = {"**": "bold", "__": "italic", "~~": "strikethrough", "||": "spoiler"}
_PART = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|\[(?P<words>[^\[\]\n]+)\]\((?P<link>[^\s()]+)\)"
    r"|(?P<url>https?://[^\s`*|~()\[\]<>，。；！？、）]*[^\s`*|~()\[\]<>，。；！？、）.,;:!?])"
    r"|(?P<mark>\*\*|__|~~|\|\|)(?P<inner>(?!\s).{1,1000}?(?<!\s))(?P=mark)",
    re.S,
)


def units(text: str) -> int:
    """How long Telegram says that it is: in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def read_marked(talk: Talk, typed: str) -> Message:
    """The message that was typed.

    Raises:
        NotAnAnswer: nothing is left of it, it is too long, or it has a link that leads nowhere.
    """
    if len(typed) > 3 * LONGEST:
        raise _too_long(talk)
    entities: list[Json] = []
    text = _read(talk, clean_paragraph(typed), 0, entities)
    if not text.strip():
        raise NotAnAnswer(talk._("Please write the message."))
    if units(text) > LONGEST:
        raise _too_long(talk)
    if len(entities) > MOST_MARKED:
        said = talk._("Too much formatting: Telegram allows {most} formatted parts in a message.")
        raise NotAnAnswer(said.format(most=MOST_MARKED))
    entities.sort(key=lambda one: (one["offset"], -one["length"]))
    return Message("sendMessage", {"text": text, "entities": entities})


def _too_long(talk: Talk) -> NotAnAnswer:
    return NotAnAnswer(talk._("The message is too long. Telegram allows {most} characters.").format(most=LONGEST))


def _read(talk: Talk, typed: str, offset: int, entities: list[Json]) -> str:
    """The text without its marks; its entities are added, as they stand in a text in which it begins at `offset`."""
    parts: list[str] = []
    for plain, found in _parts(typed):
        parts.append(plain)
        offset += units(plain)
        if found is None:
            break
        entity, inner = _entity(talk, found)
        inside: list[Json] = []
        within = inner if entity["type"] in ("code", "url") else _read(talk, inner, offset, inside)
        if entity["type"] == "text_link":  # its words lead where it says, also if they look like another address
            inside = [one for one in inside if one["type"] != "url"]
        entities += [{**entity, "offset": offset, "length": units(within)}, *inside]
        parts.append(within)
        offset += units(within)
    return "".join(parts)


def _parts(typed: str) -> Iterator[tuple[str, re.Match[str] | None]]:
    """What stands before each mark, with the mark; the rest with None."""
    at = 0
    for found in _PART.finditer(typed):
        yield typed[at : found.start()], found
        at = found.end()
    yield typed[at:], None


def _entity(talk: Talk, found: re.Match[str]) -> tuple[Json, str]:
    """What is marked, and its words, which may have marks of their own. Raises NotAnAnswer."""
    if found["code"]:
        return {"type": "code"}, found["code"]
    if found["url"]:
        return {"type": "url"}, found["url"]
    if found["link"]:
        return {"type": "text_link", "url": _address(talk, found["link"])}, found["words"]
    return {"type": _KINDS[found["mark"]]}, found["inner"]


def _address(talk: Talk, typed: str) -> str:
    try:
        return str(read_link(typed))
    except NotALink:
        said = talk._("“{link}” can't be a link. It has to begin with https:// and show the real address.")
        raise NotAnAnswer(said.format(link=typed[:80])) from None
