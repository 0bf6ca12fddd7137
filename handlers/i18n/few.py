"""Numbers of people in words that don't tell of fewer than five."""

from __future__ import annotations

import re

from handlers.i18n.translations import number, translator
from storage.disclosure import HIDDEN, MIN_CELL_SIZE, Figure

_BLANK_BEFORE = re.compile(r"(?<=[一-鿿]) (?=\{n\})")


def count_words(language: str, n: int) -> str:
    """The number, or "fewer than 5": by a narrow audience one could ask about a single person. Nobody counts as few."""
    _ = translator(language)
    return str(n) if n >= MIN_CELL_SIZE else _("fewer than {n}").format(n=MIN_CELL_SIZE)


def plural_of(n: int) -> int:
    """The number by which the words around `count_words` are inflected."""
    return max(n, MIN_CELL_SIZE)


def with_count(text: str, language: str, n: int, **others: str) -> str:
    """The text with its {n}. In Chinese, words follow each other without a blank: 发给不足 5 人, but 发给 12 人."""
    if n < MIN_CELL_SIZE:
        text = _BLANK_BEFORE.sub("", text)
    return text.format(n=count_words(language, n), **others)


def figure_words(figure: Figure, language: str) -> str:
    """A figure in a list or table: "1,240", or "<5" where it is hidden."""
    if figure is HIDDEN:
        _ = translator(language)
        return _("<{n}").format(n=MIN_CELL_SIZE)
    return number(figure, language)
