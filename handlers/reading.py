"""Reading what people type as answers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Awaitable, Callable

from handlers.forms import NotAnAnswer
from handlers.talk import Talk
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
