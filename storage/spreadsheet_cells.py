"""Cells of tables that are opened in a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection."""

from __future__ import annotations

import re

_RISKY = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""Also in full width, which Chinese and Japanese versions take for the same."""
_ESCAPED = re.compile(r"'(?=[\d=+\-@＝＋－＠'])")


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text


def escaped(text: str) -> str:
    """The same for a table that is read again: `unescaped` gives the text back."""
    return f"'{text}" if text.startswith("'") else harmless(text)


def unescaped(cell: str) -> str:
    """The text of a cell, without the apostrophe that made it a text: against formulas, or before a number."""
    return _ESCAPED.sub("", cell, count=1) if cell.startswith("'") else cell
