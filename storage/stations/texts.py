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
        self._sizes: list[NDArray[np.int64]] = []
        self._bytes = _END
        self._ends: NDArray[np.int64] = np.ones(1, np.int64)

    def extend(self, texts: Sequence[str]) -> None:
        encoded = [text.encode() for text in texts]
        self._chunks += [_END.join(encoded), _END] if encoded else []
        self._sizes.append(np.fromiter(map(len, encoded), np.int64, len(encoded)) + 1)

    def close(self) -> None:
        self._bytes = b"".join(self._chunks)
        self._ends = np.concatenate([np.ones(1, np.int64), *self._sizes]).cumsum()
        self._chunks, self._sizes = [], []

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
