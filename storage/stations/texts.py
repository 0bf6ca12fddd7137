"""Many short texts in one piece of memory, and the search for what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_END = b"\0"
"""Behind every text, and before the first, so that none is found across two of them."""


class Texts:
    """Texts by row. 186,100 Python strings would take four times as much memory."""

    def __init__(self) -> None:
        self._chunks: list[bytes] = [_END]
        self._bytes = _END
        self._ends: NDArray[np.int32] = np.ones(1, np.int32)

    def extend(self, texts: Sequence[str]) -> None:
        """Adds texts; encoding each by itself would take three times as long."""
        joined = "\0".join(texts)
        if joined.count("\0") >= len(texts):  # SQLite can hold one
            joined = "\0".join(text.replace("\0", " ") for text in texts)
        self._chunks += [joined.encode(), _END] if texts else []

    def close(self) -> None:
        """Makes the texts readable; no more can be added."""
        self._bytes = b"".join(self._chunks)
        self._ends = (np.flatnonzero(np.frombuffer(self._bytes, np.uint8) == 0) + 1).astype(np.int32)
        self._chunks = []

    def __getitem__(self, row: int) -> str:
        return self._bytes[self._ends[row] : self._ends[row + 1] - 1].decode()

    def named(self, text: str, limit: int) -> list[int]:
        """At most `limit` rows whose text is this one; if there are none, rows with these words in it.

        Letters of the Latin alphabet are alike in either case. Takes some milliseconds for 186,100 texts.
        """
        wanted = text.encode().lower()
        if not wanted or _END in wanted:
            return []
        return self._rows(_END + wanted + _END, limit) or self._rows(wanted, limit)

    def _rows(self, wanted: bytes, limit: int) -> list[int]:
        rows: list[int] = []
        for at in self._places(wanted):
            row = int(np.searchsorted(self._ends, at + wanted.startswith(_END), side="right")) - 1
            if row not in rows:
                rows.append(row)
            if len(rows) == limit:
                break
        return rows

    def _places(self, wanted: bytes) -> Iterator[int]:
        at = self._lowered.find(wanted)
        while at >= 0:
            yield at
            at = self._lowered.find(wanted, at + 1)

    @cached_property
    def _lowered(self) -> bytes:
        return self._bytes.lower()
