"""Which keywords stand in a text: Latin ones as whole words, others anywhere, since Chinese puts no blanks between."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

_COMMA = re.compile(r"[,，、]\s*")
_LATIN = re.compile(r"[a-z]+(?:['-][a-z]+)*")


def listed(keywords: Mapping[str, str]) -> set[str]:
    """The keywords of all languages, which each separates by commas, in small letters."""
    words = (word.strip() for several in keywords.values() for word in _COMMA.split(several.casefold()))
    return set(filter(None, words))


def latin_words(text: str) -> list[str]:
    """In small letters and in their order."""
    return _LATIN.findall(_plain(text))


def standing_in(words: Iterable[str], text: str) -> list[str]:
    """Those of the keywords that stand in the text."""
    plain, latin = _plain(text), f" {' '.join(latin_words(text))} "
    return [word for word in words if (f" {word} " in latin if word.isascii() else word in plain)]


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
