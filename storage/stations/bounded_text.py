"""Reading files of others in bounded memory: the records of a CSV, the features of a GeoJSON, one at a time."""

from __future__ import annotations

import csv
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

LONGEST_RECORD = 64 << 10
"""Letters of a CSV record, its line breaks in quotes included."""
LONGEST_FEATURE = 512 << 10
"""Bytes of a GeoJSON feature: a polygon of some 15,000 corners."""

_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[{}\[\]]', re.DOTALL)
_COLON = re.compile(rb"\s*:")
_BETWEEN = re.compile(rb"\s*(?:,\s*)?")


class TooLong(ValueError):
    """A record does not end within LONGEST_RECORD."""


class NotAFeatureCollection(ValueError):
    """The file is no whole GeoJSON FeatureCollection."""


class Records:
    """The records of a CSV. Raises csv.Error, or TooLong where a record does not end."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._taken = 0
        self._reader = csv.reader(self._lines())

    @property
    def line(self) -> int:
        """The number of the line that was read last, from 1."""
        return self._reader.line_num

    def __iter__(self) -> Iterator[list[str]]:
        for cells in self._reader:
            self._taken = 0
            yield cells

    def _lines(self) -> Iterator[str]:
        while line := self._file.readline(LONGEST_RECORD + 1):
            self._taken += len(line)
            if self._taken > LONGEST_RECORD:
                raise TooLong
            yield line


def features(path: Path) -> Iterator[bytes | None]:
    """The features of a FeatureCollection as JSON, each by itself; None for one that is longer than LONGEST_FEATURE.

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
    """Where the list "features" of the outermost object begins, and how deep one is in it (0)."""
    depth, is_wanted = 0, False
    for found in _TOKEN.finditer(text):
        sign = found[0][:12]
        if depth == 1 and is_wanted and sign == b"[":
            return found.end(), 0
        if sign[:1] == b'"':
            is_wanted = depth == 1 and sign == b'"features"' and _COLON.match(text, found.end()) is not None
            continue
        is_wanted = False
        depth += 1 if sign in (b"{", b"[") else -1
        if depth == 1 and sign == b"[":
            break
    raise NotAFeatureCollection
