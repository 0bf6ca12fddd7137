"""Tables as files for spreadsheets: CSV with a byte order mark, in which no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from storage.spreadsheet_cells import harmless


def sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The file; None becomes an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([harmless(name) for name in header])
    writer.writerows([_cell(value) for value in row] for row in rows)
    return ("\ufeff" + out.getvalue()).encode()


def _cell(value: object) -> str:
    """Numbers are no formulas, whatever their sign."""
    if value is None:
        return ""
    return str(value) if isinstance(value, int | float) else harmless(str(value))
