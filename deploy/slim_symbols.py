"""Removes the symbols for debuggers from compiled libraries: `python deploy/slim_symbols.py STRIP FOLDER`.

binutils 2.40 (Debian 12) breaks some of those that come with wheels, numpy's among them: patchelf has moved their
segments, and `strip` moves them again, off the boundaries of pages. Such a library stays as it is.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from pathlib import Path

_LOAD = 1
"""The type of a segment that is mapped into memory: https://refspecs.linuxfoundation.org/elf/gabi4+/ch5.pheader.html."""


def can_be_loaded(library: Path) -> bool:
    """What the dynamic loader asks of each segment: that its place in the file and in memory differ by whole pages.

    True for a library that is none of 64 bits.
    """
    content = library.read_bytes()
    if content[:5] != b"\x7fELF\x02":
        return True
    order = "<" if content[5] == 1 else ">"
    (table,) = struct.unpack_from(f"{order}Q", content, 32)
    size, count = struct.unpack_from(f"{order}HH", content, 54)
    for number in range(count):
        kind, _, offset, address, _, _, _, align = struct.unpack_from(
            f"{order}IIQQQQQQ", content, table + number * size
        )
        if kind == _LOAD and align > 1 and (offset - address) % align:
            return False
    return True


def main(strip: str, folder: Path) -> None:
    """Writes new files, since uv shares the old ones with its cache."""
    for library in [path for path in folder.rglob("*.so*") if path.is_file() and not path.is_symlink()]:
        small = library.with_name(library.name + ".small")
        ran = subprocess.run([strip, "--strip-unneeded", "-o", small, library], check=False)  # noqa: S603 (both are ours)
        if ran.returncode == 0 and can_be_loaded(small):
            small.replace(library)
        else:
            small.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
