"""Temporary files for what is too large for the memory and must not lie on the disk in clear.

A scratch file has no name, so the system removes it however the process ends, and it is encrypted by a key that only
this process knows, so its blocks on the disk tell nothing afterwards.
"""

from __future__ import annotations

import io
import os
import secrets
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_BLOCK = 16


class Scratch(io.RawIOBase):
    """A file to write, then to read as often as needed (`view`). Its offsets are those of the bytes in clear."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = tempfile.TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (closed by `close`)
        self._key = secrets.token_bytes(32)
        self._at = 0

    def view(self) -> View:
        """The content from its beginning, to be read apart from everything else. Closing it leaves the file open."""
        return View(self)

    def pread(self, size: int, at: int) -> bytes:
        return self._cipher(at).update(os.pread(self.fileno(), size, at))

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    @property
    def size(self) -> int:
        return os.fstat(self.fileno()).st_size

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer).cast("B")
        found = self.pread(len(into), self._at)
        into[: len(found)] = found
        self._at += len(found)
        return len(found)

    def write(self, data: ReadableBuffer) -> int:
        rest = memoryview(self._cipher(self._at).update(bytes(data)))
        length = len(rest)
        while rest:
            written = os.pwrite(self.fileno(), rest, self._at)
            self._at, rest = self._at + written, rest[written:]
        return length

    def close(self) -> None:
        self._file.close()
        super().close()

    def _cipher(self, at: int) -> CipherContext:
        """The stream of the key, from this offset on."""
        found = Cipher(AES(self._key), CTR((at // _BLOCK).to_bytes(_BLOCK, "big"))).encryptor()
        found.update(bytes(at % _BLOCK))
        return found


class View(io.RawIOBase):
    """Reads a scratch file from its beginning."""

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._scratch.fileno()

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._scratch.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        into = memoryview(buffer).cast("B")
        found = self._scratch.pread(len(into), self._at)
        into[: len(found)] = found
        self._at += len(found)
        return len(found)
