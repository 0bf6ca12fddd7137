"""Rows of buttons below a message, on a narrow phone."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.chat.press import Button

_COLUMNS = 2
_SHORT = 5.0
"""A label of this width, in Chinese characters, can stand three in a row on a phone that is 360 pixels wide."""
_NARROW, _WIDE = frozenset(" 'fijlrtI.,:"), frozenset("mwMW@%")


def packed(buttons: Sequence[Button], most: int) -> list[list[Button]]:
    """Rows of so many buttons where all labels in a row are short, else of two."""
    rows: list[list[Button]] = []
    at = 0
    while at < len(buttons):
        row = list(buttons[at : at + most])
        if not all(map(is_short, row)):
            row = row[:_COLUMNS]
        rows.append(row)
        at += len(row)
    return rows


def is_short(button: Button) -> bool:
    """Whether three of its kind have room in a row; letters are taken a little wider than phones draw them."""
    return sum(map(_width, button.text)) <= _SHORT


def _width(char: str) -> float:
    if ord(char) > 0x2000:
        return 1.0
    if char in _NARROW:
        return 0.35
    if char in _WIDE:
        return 0.9
    return 0.72 if char.isupper() else 0.56
