"""Reading what people type as answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from handlers.chat.questions import NotAnAnswer
from handlers.chat.talk import Talk
from storage.dialogues import Value

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def clean(text: str) -> str:
    """Typed text without invisible and control characters, with single spaces."""
    visible = "".join(" " if char.isspace() else char for char in text if _is_kept(char))
    return re.sub(r" +", " ", unicodedata.normalize("NFC", visible)).strip()


def _is_kept(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) not in _INVISIBLE


async def press_a_button(talk: Talk) -> Value:
    """Reads nothing: only a button is an answer."""
    raise NotAnAnswer(talk._("Please press one of the buttons."))


def short_text(least: int, most: int, hint: Callable[[Talk], str]) -> Callable[[Talk], Awaitable[Value]]:
    """Reads a line of `least` to `most` visible characters; anything else gets the hint."""

    async def read(talk: Talk) -> Value:
        text = clean(talk.text)
        if not least <= len(text) <= most:
            raise NotAnAnswer(hint(talk))
        return text

    return read


def moment_ahead(
    within: timedelta, hint: Callable[[Talk], str], too_far: Callable[[Talk], str], *, with_t: bool = False
) -> Callable[[Talk], Awaitable[Value]]:
    """Reads a time like 2026-11-28 15:00 in the organisation's zone; it is kept in ISO 8601.

    It must lie ahead, by less than `within`. With `with_t`, a T may stand between day and hour, as ISO 8601 writes it.
    """

    async def read(talk: Talk) -> Value:
        text = clean(talk.text).replace("T", " ") if with_t else clean(talk.text)
        try:
            local = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=talk.context.settings.organisation.zone)
        except ValueError:
            raise NotAnAnswer(hint(talk)) from None
        if not talk.now < local < talk.now + within:
            raise NotAnAnswer(too_far(talk))
        return local.isoformat()

    return read


def picture(hint: Callable[[Talk], str]) -> Callable[[Talk], Awaitable[Value]]:
    """Reads a picture, in its largest size, by its file_id; anything else gets the hint."""

    async def read(talk: Talk) -> Value:
        sizes = talk.incoming.body.get("photo")
        if not isinstance(sizes, list) or not sizes:
            raise NotAnAnswer(hint(talk))
        return str(sizes[-1]["file_id"])

    return read
