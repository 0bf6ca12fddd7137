"""Cells of CSV files that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection."""

from __future__ import annotations

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_APOSTROPHE = "'"


def harmless(text: str) -> str:
    """The text as a cell: with an apostrophe before what a spreadsheet would work out."""
    return f"{_APOSTROPHE}{text}" if text.removeprefix(_APOSTROPHE).startswith(_RISKY) else text


def plain(cell: str) -> str:
    """The text that `harmless` made this cell from."""
    return cell[1:] if cell.startswith(_APOSTROPHE) and cell[1:].removeprefix(_APOSTROPHE).startswith(_RISKY) else cell
