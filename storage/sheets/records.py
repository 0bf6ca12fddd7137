"""Reading the records of a CSV in bounded memory, one at a time."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple, TextIO

LONGEST_RECORD = 64 << 10
"""Letters of a CSV record, its line breaks in quotes included."""
MOST_UNCLOSED = 20
"""Records whose quotation mark is never closed: for each, up to LONGEST_RECORD letters are read again."""


class TooLong(ValueError):
    """A line does not end within LONGEST_RECORD, or too many quotation marks are never closed."""


class _NeverClosed(Exception):
    """A quotation mark is open where nothing more can close it."""


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
