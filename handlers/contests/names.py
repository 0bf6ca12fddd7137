"""Whether a text that judges read names the entrant."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SHORTEST = 2
"""Characters; a shorter name stands in many words."""


def names_somebody(text: str, names: Iterable[str]) -> bool:
    """Whether one of the names stands in the text: as a word of its own, or, where words are not parted, anywhere."""
    return any(_pattern(name).search(text.casefold()) for name in names if len(name) >= _SHORTEST)


def _pattern(name: str) -> re.Pattern[str]:
    written = re.escape(name.casefold())
    return re.compile(rf"(?<!\w){written}(?!\w)" if name.isascii() else written)
