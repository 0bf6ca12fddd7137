"""Where a table is read from: a file on the disk, or a scratch file for what must not lie there in clear."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from storage.scratch import Scratch

Source = Path | Scratch


def opened(source: Source) -> BinaryIO:
    """From its beginning, however often it was opened before."""
    return source.open("rb") if isinstance(source, Path) else io.BufferedReader(source.view())


def size_of(source: Source) -> int:
    """In bytes."""
    return source.stat().st_size if isinstance(source, Path) else source.size
