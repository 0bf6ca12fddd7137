"""What was typed, brought into one form before it is read: digits for numbers, plain signs, small letters."""

from __future__ import annotations

import re

from storage.numerals import with_digits
from storage.plain_text import clean_code

LONGEST = 100
"""Of what is read; nothing that is meant as a time is longer."""

_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−～〜"), "-")
_HALF_OF_DAY = re.compile(r"([ap])\.? ?m\b\.?")


def plain(text: str) -> str:
    """The text as the patterns expect it; what is beyond LONGEST is cut off."""
    small = clean_code(text[:LONGEST]).casefold().translate(_DASHES)
    return with_digits(_HALF_OF_DAY.sub(r"\1m", small)).strip()
