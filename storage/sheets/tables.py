"""Tables as files, CSV or workbook: which encoding, which separator, which columns."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Mapping
from typing import IO

from storage.sheets.columns import Columns
from storage.sheets.records import LONGEST_RECORD, Record, Records, TooLong
from storage.sheets.sources import Source, opened, size_of
from storage.sheets.workbooks import NotAWorkbook, workbook_rows
from storage.spreadsheet_cells import unescaped

Raw = Iterator[tuple[int, Mapping[str, str]]]
"""Records with the number of the line in which each begins."""

PROBLEM = "problem"
"""In a record that can't be used: why."""

_SEPARATORS = ",;\t|，；"
_SAMPLE = 1 << 10
_WORKBOOK = b"PK\x03\x04"
_KINDS: Mapping[bytes, str] = {
    b"\xd0\xcf\x11\xe0": "an old Excel or WPS workbook (.xls, .et), or one with a password",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file",
}


class BadFile(ValueError):
    """The file as a whole can't be read; the text says why."""


def records(source: Source, wanted: Columns, on_bytes: Callable[[int], None]) -> Raw:
    """The rows of a CSV or a workbook by column, their cells without blanks at their ends.

    Raises:
        BadFile: see the class.
    """
    with opened(source) as file:
        begin = file.read(4)
    kind = next((kind for sign, kind in _KINDS.items() if begin.startswith(sign)), None)
    if kind is not None:
        raise BadFile(f"this is {kind}; open it in Excel or WPS, choose “Save as” → “CSV UTF-8”, and import that file")
    return _of_workbook(source, wanted, on_bytes) if begin == _WORKBOOK else _of_csv(source, wanted, on_bytes)


def _of_workbook(source: Source, wanted: Columns, on_bytes: Callable[[int], None]) -> Raw:
    try:
        yield from _by_column((Record(number, cells) for number, cells in workbook_rows(source)), wanted)
    except NotAWorkbook as failure:
        raise BadFile(f"{failure}; open it in Excel or WPS and choose “Save as” → “CSV UTF-8”") from None
    on_bytes(size_of(source))


def _of_csv(source: Source, wanted: Columns, on_bytes: Callable[[int], None]) -> Raw:
    encoding = _encoding_of(source, wanted)
    with opened(source) as binary, io.TextIOWrapper(binary, encoding, newline="") as file:
        separator, skipped = _separator_of(file, wanted)
        rows = Records(file, separator, first_line=1 + skipped)
        try:
            for line, record in _by_column(iter(rows), wanted):
                yield line, record
                if line % 1_000 == 0:
                    on_bytes(binary.tell())
        except csv.Error as error:
            raise BadFile(f"line {rows.line}: {error}") from error
        except TooLong:
            reason = f"longer than {LONGEST_RECORD >> 10} KiB; is a quotation mark never closed?"
            raise BadFile(f"line {rows.line}: {reason}") from None


def _by_column(rows: Iterator[Record], wanted: Columns) -> Raw:
    columns = wanted.of_all(_header(rows))
    if missing := wanted.missing(columns):
        raise BadFile(f"the first line must name the columns; missing: {', '.join(missing)}")
    for line, cells in rows:
        if cells is None:
            yield line, {PROBLEM: "a quotation mark is never closed"}
        elif any(cell.strip() for cell in cells):
            yield line, _record(columns, cells)


def _header(rows: Iterator[Record]) -> list[str]:
    first = next(rows, None)
    return [] if first is None or first.cells is None else first.cells


def _encoding_of(source: Source, wanted: Columns) -> str:
    """UTF-8 or UTF-16, else GB18030, as spreadsheets in China write it."""
    for encoding in _likely_encodings(source, wanted):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with opened(source) as file:
                while chunk := file.read(1 << 20):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeError:
            continue
        return encoding
    raise BadFile("the file is neither UTF-8, UTF-16 nor GB18030")


def _likely_encodings(source: Source, wanted: Columns) -> tuple[str, ...]:
    with opened(source) as file:
        sample = file.read(_SAMPLE)
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return ("utf-16",)
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in sample else ():
        header = sample.decode(encoding, "ignore").partition("\n")[0]
        if max(_known_columns(header, sign, wanted) for sign in _SEPARATORS) > 1:
            return (encoding,)
    return ("utf-8-sig", "gb18030")


def _separator_of(file: IO[str], wanted: Columns) -> tuple[str, int]:
    """The separator with which the header names most columns, and the lines before the header: Excel's "sep=;"."""
    line, skipped, begin = file.readline(LONGEST_RECORD), 0, 0
    if line.lower().startswith("sep=") and len(line.strip("\r\n")) == 5:
        begin, skipped = file.tell(), 1
        line = file.readline(LONGEST_RECORD)
    file.seek(begin)
    return max(_SEPARATORS, key=lambda sign: _known_columns(line, sign, wanted)), skipped


def _known_columns(header: str, separator: str, wanted: Columns) -> int:
    try:
        titles = next(csv.reader([header], delimiter=separator), [])
    except csv.Error:
        return 0
    return len(list(filter(None, wanted.of_all(titles))))


def _record(columns: list[str], cells: list[str]) -> Mapping[str, str]:
    return {name: unescaped(cell.strip()) for name, cell in zip(columns, cells, strict=False) if name}
