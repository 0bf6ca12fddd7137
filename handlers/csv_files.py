"""Tables as files for spreadsheets: CSV with a byte order mark, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from storage.privacy.exports import PagedTable
from storage.spreadsheet_cells import harmless


class Sheet:
    """A file to which rows are added; None becomes an empty cell."""

    def __init__(self, header: Sequence[str]) -> None:
        self.rows = 0
        self._text = io.StringIO()
        self._writer = csv.writer(self._text)
        self._writer.writerow([harmless(name) for name in header])

    def add(self, rows: Iterable[Sequence[object]]) -> None:
        for row in rows:
            self._writer.writerow([_cell(value) for value in row])
            self.rows += 1

    @property
    def content(self) -> bytes:
        return ("\ufeff" + self._text.getvalue()).encode()


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file of these rows."""
    made = Sheet(header)
    made.add(rows)
    return made.content


async def sheet_of(table: PagedTable) -> Sheet:
    """The file of a long table. Each page becomes text at once, so that its rows are not kept."""
    made = Sheet(table.header)
    async for rows in table.pages:
        made.add(rows)
    return made


def _cell(value: object) -> str:
    """Numbers are no formulas, whatever their sign."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else harmless(str(value))
