"""The format of a backup: a line that says what it is, then what was dumped, compressed and encrypted in pieces.

Every piece is sealed with its number and the digest of the first line, the last one as the last: nothing can be
changed, left out, added, put elsewhere or cut off unnoticed. Whoever has the file, but not the key, has nothing.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import IO

import orjson

from storage.encryption import CannotDecrypt, Vault

MAGIC = b"NUANXIN-BACKUP 1 "
PIECE = 1 << 20
_LONGEST_HEADER = 10_000
_LONGEST_PIECE = 2 * PIECE
_SIZE = struct.Struct(">I")


class BadBackup(Exception):
    """The file is no whole backup, or was made with a key that is not at hand; the text says which."""


@dataclass(frozen=True, slots=True)
class Header:
    """`kind` is "sqlite" or "postgresql"; `schema` that of the database; `at` in ISO 8601."""

    kind: str
    schema: str
    at: str


def write(target: IO[bytes], header: Header, dumped: Iterable[bytes], vault: Vault) -> str:
    """Writes the backup; returns the SHA-256 (hex) of what was dumped."""
    line = MAGIC + orjson.dumps(asdict(header)) + b"\n"
    target.write(line)
    digest = hashlib.sha256()
    held: bytes | None = None
    number = 0
    for piece in _pieces(_compressed(dumped, digest)):
        if held is not None:
            _put(target, vault.seal(held, _column(line), number))
            number += 1
        held = piece
    _put(target, vault.seal(held or b"", _column(line, last=True), number))
    return digest.hexdigest()


def _column(line: bytes, *, last: bool = False) -> str:
    return f"backup.{hashlib.sha256(line).hexdigest()}" + (".last" if last else "")


def _compressed(dumped: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    packer = zlib.compressobj(6)
    for chunk in dumped:
        digest.update(chunk)
        yield packer.compress(chunk)
    yield packer.flush()


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of PIECE."""
    held = bytearray()
    for chunk in chunks:
        held += chunk
        while len(held) >= PIECE:
            yield bytes(held[:PIECE])
            del held[:PIECE]
    yield bytes(held)


def _put(target: IO[bytes], sealed: bytes) -> None:
    target.write(_SIZE.pack(len(sealed)) + sealed)


def read_header(source: IO[bytes]) -> tuple[Header, bytes]:
    """What the file says it is, and its first line.

    Raises:
        BadBackup: see the class.
    """
    line = source.readline(_LONGEST_HEADER)
    if not line.startswith(MAGIC) or not line.endswith(b"\n"):
        raise BadBackup("this file is not a backup of Nuanxin, or comes from a newer version")
    try:
        return Header(**orjson.loads(line[len(MAGIC) :])), line
    except (orjson.JSONDecodeError, TypeError):
        raise BadBackup("the first line of the backup is damaged") from None


def read(source: IO[bytes], line: bytes, vault: Vault) -> Iterator[bytes]:
    """What was dumped, from after the first line on.

    Raises:
        BadBackup: see the class. What was yielded before is genuine, but not the whole.
    """
    unpacker = zlib.decompressobj()
    number, last = 0, False
    while not last:
        sealed = _next(source)
        piece, last = _opened(vault, sealed, line, number)
        number += 1
        yield unpacker.decompress(piece)
    if source.read(1):
        raise BadBackup("the backup has trailing data")
    yield unpacker.flush()


def _next(source: IO[bytes]) -> bytes:
    size = source.read(_SIZE.size)
    if len(size) < _SIZE.size:
        raise BadBackup("the backup is truncated")
    (length,) = _SIZE.unpack(size)
    if length > _LONGEST_PIECE:
        raise BadBackup("the backup is damaged")
    sealed = source.read(length)
    if len(sealed) < length:
        raise BadBackup("the backup is truncated")
    return sealed


def _opened(vault: Vault, sealed: bytes, line: bytes, number: int) -> tuple[bytes, bool]:
    if sealed[:4] not in vault.key_ids:
        raise BadBackup(f"the backup was made with another encryption key (the one whose id is {sealed[:4].hex()})")
    for last in (False, True):
        try:
            return vault.open(sealed, _column(line, last=last), number), last
        except CannotDecrypt:
            continue
    raise BadBackup(f"chunk {number} of the backup is corrupt or out of order")
