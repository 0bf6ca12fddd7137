"""Receipts: what a voter is shown once, and finds again in the published list."""

from __future__ import annotations

import re
import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without signs that are taken for another: 0 and O, 1, I and L, U and V."""
LENGTH = 10
_BETWEEN = re.compile(r"[\s\-–—·]+")


def new() -> str:
    """A random receipt: of 30 ** 10 there are no two alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(receipt: str) -> str:
    """ "7KQ2M 9XTRA", to be copied by hand."""
    return f"{receipt[: LENGTH // 2]} {receipt[LENGTH // 2 :]}"


def read(text: str) -> str | None:
    """The receipt that was typed, in any case and grouping; None if it can be none."""
    found = _BETWEEN.sub("", text).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None
