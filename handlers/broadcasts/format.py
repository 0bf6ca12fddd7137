"""How many people a broadcast concerns, without telling of fewer than five."""

from __future__ import annotations

from handlers.i18n.translations import translator
from storage.disclosure import MIN_CELL_SIZE


def count_words(language: str, n: int) -> str:
    """The number, or "fewer than 5": by a narrow audience one could ask about a single person. Nobody counts as few."""
    return str(n) if n >= MIN_CELL_SIZE else translator(language)("fewer than {n}").format(n=MIN_CELL_SIZE)


def plural_of(n: int) -> int:
    """The number by which the words around `count_words` are inflected."""
    return max(n, MIN_CELL_SIZE)
