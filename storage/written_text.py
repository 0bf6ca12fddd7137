"""Names of people, made so that they can't imitate what the bot itself writes."""

from __future__ import annotations

import unicodedata

from storage.plain_text import clean

_QUOTES = '“”„‟"«»「」『』'


def person_name(text: str) -> str:
    """How somebody is called, on one line. Pictures and quotation marks are left out: the bot marks its own messages
    with the first, and puts the second around names."""
    line = clean(text)
    return clean("".join(char for char in line if char not in _QUOTES and not _is_picture(char)))


def _is_picture(char: str) -> bool:
    return unicodedata.category(char) in ("So", "Sk", "Sm") or char == "\ufe0f" or "\u20d0" <= char <= "\u20ff"


def quoted_name(text: str) -> str:
    """The name in quotation marks, so that nothing that it says can be taken for the bot's own words."""
    return f"“{person_name(text)}”"
