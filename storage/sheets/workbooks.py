"""Tables in Excel workbooks (.xlsx, ECMA-376): the rows of the first sheet, read in pieces.

The XML is parsed by expat, and a document type, with which entities could be declared, is refused.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from storage.sheets.sources import Source, opened

LONGEST_ROW = 64 << 10
"""Letters of a row."""
MOST_COLUMNS = 1_000
LONGEST_TAG = 1 << 20
"""Bytes that the parser keeps until a tag ends."""
MOST_READ = 256 << 20
"""Bytes of the sheet, and of the shared texts, when unpacked."""
MOST_TEXT, MOST_TEXTS = 32 << 20, 4 << 20
"""Letters of the shared texts; and how many texts, which take memory even if they are empty."""
_PIECE = 1 << 16
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_SHARED = "xl/sharedStrings.xml"
_COLUMN = re.compile(r"[A-Z]{1,3}")


class NotAWorkbook(ValueError):
    """The file is no workbook that can be read; the text says why."""


def workbook_rows(source: Source) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet with their numbers, without empty ones.

    Raises:
        NotAWorkbook: see the class. It may come after rows that were good.
    """
    try:
        with opened(source) as file, zipfile.ZipFile(file) as archive:
            sheets = sorted((int(found[1]), found[0]) for found in map(_SHEET.fullmatch, archive.namelist()) if found)
            if not sheets:
                raise NotAWorkbook("the file is not an Excel workbook")
            shared = list(_texts(archive)) if _SHARED in archive.namelist() else []
            yield from _rows(archive, sheets[0][1], shared)
    except (zipfile.BadZipFile, expat.ExpatError, RuntimeError, NotImplementedError, EOFError, OSError) as failure:
        raise NotAWorkbook("the workbook is damaged or protected by a password") from failure


class _Reader:
    """Collects the texts between the tags that it is told of."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse
        self.parser.StartElementHandler = lambda name, attributes: self.begin(name.rpartition(" ")[2], attributes)
        self.parser.EndElementHandler = lambda name: self.end(name.rpartition(" ")[2])
        self.parser.CharacterDataHandler = self.text
        self.is_wanted = False
        self._texts: list[str] = []
        self._length = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        """A tag is opened."""

    def end(self, name: str) -> None:
        """A tag is closed."""

    def text(self, text: str) -> None:
        if self.is_wanted:
            self._texts.append(text)
            self._length += len(text)
            if self._length > LONGEST_ROW:
                raise NotAWorkbook(f"a text is longer than {LONGEST_ROW >> 10} KiB")

    def take(self) -> str:
        text = "".join(self._texts)
        self._texts, self._length = [], 0
        return text

    def feed(self, archive: zipfile.ZipFile, name: str) -> Iterator[None]:
        """Parses a member of the archive, a piece at a time."""
        length = 0
        with archive.open(name) as member:
            while piece := member.read(_PIECE):
                length += len(piece)
                if length > MOST_READ:
                    raise NotAWorkbook(f"the sheet is larger than {MOST_READ >> 20} MiB")
                self.parser.Parse(piece)
                if length - self.parser.CurrentByteIndex > LONGEST_TAG:
                    raise NotAWorkbook("the workbook has too much text")
                yield
            self.parser.Parse(b"", True)  # noqa: FBT003 (the end)
        yield


def _refuse(*_: object) -> None:
    raise NotAWorkbook("the workbook declares a document type")


class _SharedTexts(_Reader):
    """Texts that cells refer to by their number; how a text is pronounced (rPh) is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.length = self.count = 0
        self._is_phonetic = False

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:  # noqa: ARG002
        self._is_phonetic = self._is_phonetic or name == "rPh"
        self.is_wanted = name == "t" and not self._is_phonetic

    def end(self, name: str) -> None:
        self.is_wanted = False
        if name == "rPh":
            self._is_phonetic = False
        if name == "si":
            self.found.append(self.take())
            self.length += len(self.found[-1])
            self.count += 1
            if self.length > MOST_TEXT or self.count > MOST_TEXTS:
                raise NotAWorkbook("the workbook has too much text")


def _texts(archive: zipfile.ZipFile) -> Iterator[str]:
    reader = _SharedTexts()
    for _ in reader.feed(archive, _SHARED):
        yield from reader.found
        reader.found = []


class _Sheet(_Reader):
    def __init__(self, shared: list[str]) -> None:
        super().__init__()
        self.rows: list[tuple[int, list[str]]] = []
        self._shared = shared
        self._number = 0
        self._cells: list[str] = []
        self._row_length = 0
        self._kind = ""
        self._column = 0

    def begin(self, name: str, attributes: Mapping[str, str]) -> None:
        self.is_wanted = name in ("v", "t")
        if name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdigit() and len(number) < 9 else self._number + 1
            self._cells, self._row_length = [], 0
        elif name == "c":
            self._kind = attributes.get("t", "n")
            self._column = _column(attributes.get("r", "")) or len(self._cells)

    def end(self, name: str) -> None:
        self.is_wanted = False
        if name == "c":
            self._put(self._value(self.take()))
        elif name == "row" and any(self._cells):
            self.rows.append((self._number, self._cells))

    def _put(self, value: str) -> None:
        if self._column >= MOST_COLUMNS:
            return
        self._cells += [""] * (self._column - len(self._cells) + 1)
        self._cells[self._column] = value
        self._row_length += len(value)
        if self._row_length > LONGEST_ROW:
            raise NotAWorkbook(f"row {self._number} is longer than {LONGEST_ROW >> 10} KiB")

    def _value(self, text: str) -> str:
        if self._kind == "s":
            at = int(text) if text.isdigit() and len(text) < 9 else len(self._shared)
            return self._shared[at] if at < len(self._shared) else ""
        return _number(text) if self._kind == "n" else text


def _column(reference: str) -> int | None:
    """B7 is in column 1."""
    found = _COLUMN.match(reference)
    if found is None:
        return None
    at = 0
    for letter in found[0]:
        at = at * 26 + ord(letter) - ord("A") + 1
    return at - 1


def _number(text: str) -> str:
    """With all of its digits, which a sheet may keep as 1.3800138E10."""
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _rows(archive: zipfile.ZipFile, name: str, shared: list[str]) -> Iterator[tuple[int, list[str]]]:
    reader = _Sheet(shared)
    for _ in reader.feed(archive, name):
        yield from reader.rows
        reader.rows = []
