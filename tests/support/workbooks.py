"""Small Excel workbooks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from html import escape

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook_of(rows: Sequence[Sequence[str]]) -> bytes:
    """One sheet with these texts from its first cell on."""
    lines = "".join(
        f'<row r="{number}">' + "".join(_cell("ABCDEFGH"[at], number, text) for at, text in enumerate(row)) + "</row>"
        for number, row in enumerate(rows, start=1)
    )
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {MAIN}><sheetData>{lines}</sheetData></worksheet>")
    return book.getvalue()


def _cell(column: str, number: int, text: str) -> str:
    return f'<c r="{column}{number}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'
