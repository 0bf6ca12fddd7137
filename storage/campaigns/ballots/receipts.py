"""Receipts: what a voter is shown once, and finds again in the published list."""

from __future__ import annotations

import re
import secrets

from storage.campaigns.ballots import verify

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without signs that are taken for another: 0 and O, 1, I and L, U and V."""
LENGTH = 10
_NAMED = re.compile(r"receipt|回执", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s\-–—·]+")


def new() -> str:
    """A random receipt: of 30 ** 10 there are no two alike."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(receipt: str) -> str:
    """ "7KQ2M 9XTRA", to be copied by hand."""
    return f"{receipt[: LENGTH // 2]} {receipt[LENGTH // 2 :]}"


def meant(text: str) -> list[str]:
    """What may be the receipt that a message is about, in capital letters: the message says so ("my receipt is 7KQ2M
    9XTRA"), or has nothing else. Whether it is one only a published list can tell."""
    if _NAMED.search(text) is not None:
        return [one.upper() for one in verify.typed(text)]
    receipt = read(text.strip(" \t\n.。!！"))
    return [receipt] if receipt is not None else []


def is_surely_about_one(text: str) -> bool:
    """Whether the text says that it is about a receipt, and has one, perhaps copied wrongly. Two words such as "makes
    sense" have ten letters of a receipt, and ten digits are the number of a phone."""
    return _NAMED.search(text) is not None and any(map(_is_no_word, verify.typed(text)))


def _is_no_word(text: str) -> bool:
    return any(map(str.isalpha, text)) and (any(map(str.isdigit, text)) or text.isupper())


def read(text: str) -> str | None:
    """The receipt that was typed, in any case and grouping; None if it can be none."""
    found = _BETWEEN.sub("", text).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None
