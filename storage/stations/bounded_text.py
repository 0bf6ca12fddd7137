"""Reading files of others in bounded memory: the records of a CSV, the features of a GeoJSON, one at a time."""

from __future__ import annotations

import csv
import mmap
import re
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

LONGEST_RECORD = 64 << 10
"""Letters of a CSV record, its line breaks in quotes included."""
MOST_UNCLOSED = 20
"""Records whose quotation mark is never closed: for each, up to LONGEST_RECORD letters are read again."""
LONGEST_FEATURE = 512 << 10
"""Bytes of a GeoJSON feature: a polygon of some 15,000 corners."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[{}\[\]]', re.DOTALL)
_COLON = re.compile(rb"\s*:")
_BETWEEN = re.compile(rb"\s*(?:,\s*)?")


class TooLong(ValueError):
    """A line does not end within LONGEST_RECORD, or too many quotation marks are never closed."""


class _NeverClosed(Exception):
    """A quotation mark is open where nothing more can close it."""


class NotAFeatureCollection(ValueError):
    """The file is no whole GeoJSON FeatureCollection, nor Overpass JSON."""


class Record(NamedTuple):
    """The cells of a CSV's record, and the line in which it begins, from 1. Without cells, its quotation mark is never
    closed."""

    line: int
    cells: list[str] | None


class Records:
    """The records of a CSV. Raises csv.Error, or TooLong where one does not end.

    A record that runs to the end of the file, or beyond LONGEST_RECORD, has a quotation mark that is never closed: only
    its first line is given up, and those behind it are read again.
    """

    def __init__(self, file: TextIO, separator: str = ",", first_line: int = 1) -> None:
        self._file = file
        self._separator = separator
        self._taken: list[str] = []
        """Lines of the record that is being read."""
        self._length = 0
        self._again: deque[str] = deque()
        self._unclosed = 0
        self.line = first_line
        """In which the next record begins."""

    def __iter__(self) -> Iterator[Record]:
        while True:
            try:
                for cells in csv.reader(self._lines(), delimiter=self._separator):
                    self._require_closed()
                    yield Record(self.line, cells)
                    self._leave(len(self._taken))
            except _NeverClosed:
                self._unclosed += 1
                is_one_line = len(self._taken) == 1 and self._length > LONGEST_RECORD
                if is_one_line or self._unclosed > MOST_UNCLOSED:
                    raise TooLong from None
                yield Record(self.line, None)
                self._again.extendleft(reversed(self._taken[1:]))
                self._leave(1)
            else:
                return

    def _require_closed(self) -> None:
        """The quotation mark that ends a record of several lines must stand at the end of its cell: else it begins one
        in another record.

        Raises:
            _NeverClosed: it does not.
        """
        if len(self._taken) > 1:
            try:
                next(csv.reader(self._taken, delimiter=self._separator, strict=True))
            except csv.Error:
                raise _NeverClosed from None

    def _leave(self, lines: int) -> None:
        self.line += lines
        self._taken, self._length = [], 0

    def _lines(self) -> Iterator[str]:
        while line := self._again.popleft() if self._again else self._file.readline(LONGEST_RECORD + 1):
            self._taken.append(line)
            self._length += len(line)
            if self._length > LONGEST_RECORD:
                raise _NeverClosed
            yield line
        if self._taken:
            raise _NeverClosed


_LISTS = (b'"features"', b'"elements"')
"""Of GeoJSON, and of Overpass JSON."""


def features(path: Path) -> Iterator[bytes | None]:
    """The features of a FeatureCollection, or Overpass's elements, as JSON, each by itself; None for one that is longer
    than LONGEST_FEATURE.

    Raises:
        NotAFeatureCollection: see the class. It may come after features that were good.
    """
    if not path.stat().st_size:
        raise NotAFeatureCollection
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        at, depth = _begin_of_list(text)
        expected = at
        for found in _TOKEN.finditer(text, at):
            sign = found[0]
            if depth == 0 and sign != b"{":
                if sign == b"]" and _BETWEEN.fullmatch(text, expected, found.start()):
                    return
                raise NotAFeatureCollection
            if sign in (b"{", b"["):
                if depth == 0:
                    begin = found.start()
                    if not _BETWEEN.fullmatch(text, expected, begin):
                        raise NotAFeatureCollection
                depth += 1
            elif sign in (b"}", b"]"):
                depth -= 1
                if depth == 0:
                    expected = found.end()
                    yield None if expected - begin > LONGEST_FEATURE else text[begin:expected]
    raise NotAFeatureCollection


def _begin_of_list(text: mmap.mmap) -> tuple[int, int]:
    """Where the list of features of the outermost object begins, and how deep one is in it (0)."""
    depth, is_wanted = 0, False
    for found in _TOKEN.finditer(text):
        sign = found[0][:12]
        if depth == 1 and is_wanted and sign == b"[":
            return found.end(), 0
        if sign[:1] == b'"':
            is_wanted = depth == 1 and sign in _LISTS and _COLON.match(text, found.end()) is not None
            continue
        is_wanted = False
        depth += 1 if sign in (b"{", b"[") else -1
        if depth == 1 and sign == b"[":
            break
    raise NotAFeatureCollection
