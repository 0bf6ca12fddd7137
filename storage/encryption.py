"""Encryption of personal data in the columns: AES-256-GCM, with the row's identity as associated data."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12


class BadKey(ValueError):
    """A key in the config or the key file is no base64 of 32 bytes."""


class CannotDecrypt(Exception):
    """The value was sealed with a key that we don't have, belongs to another row, or was changed."""


class WrongKey(Exception):
    """The database was sealed with keys that this program does not have."""

    def __init__(self, sealed: bytes) -> None:
        super().__init__(
            f"security.encryption_keys: the database was sealed with another key (the one whose id is "
            f"{sealed[:_KEY_ID_BYTES].hex()}); nothing was changed"
        )


class Vault:
    """Seals and opens values. The first key seals; all of them open.

    A sealed value is key id (4 bytes), nonce (12), ciphertext and tag. A value that is moved to another table, column
    or row does not open there.
    """

    def __init__(self, keys: Sequence[bytes], read_again: Callable[[], Sequence[bytes]] | None = None) -> None:
        self._read_again = read_again
        self._take(keys)

    def _take(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise BadKey("no encryption key")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._blinding = [hashlib.sha256(b"nuanxin blind index" + key).digest() for key in keys]
        self._current = _key_id(keys[0])

    @property
    def current(self) -> bytes:
        """With what every value begins that the first key has sealed."""
        return self._current

    @property
    def key_ids(self) -> list[bytes]:
        """With what values begin that this vault can open."""
        return list(self._ciphers)

    def renew(self) -> None:
        """Reads the keys again where they may have changed (a key file), as another program's rotation does."""
        if self._read_again is not None:
            self._take(self._read_again())

    def blind(self, value: str, column: str) -> bytes:
        """A keyed digest (16 bytes) by which equal values are found without being kept; by the first key."""
        return _blind(self._blinding[0], value, column)

    def blinds(self, value: str, column: str) -> list[bytes]:
        """The digests of a value by each key: what a search has to look for while keys are rotated."""
        return [_blind(key, value, column) for key in self._blinding]

    def seal(self, plain: bytes, column: str, row: int | str) -> bytes:
        """Encrypts for one cell; `column` is "table.column" and `row` what the value is bound to in its row: see
        storage/sealed_columns.py."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, f"{column}/{row}".encode())

    def open(self, sealed: bytes, column: str, row: int | str) -> bytes:
        """Decrypts what `seal` made for the same cell.

        Raises:
            CannotDecrypt: see the class.
        """
        cipher = self._ciphers.get(sealed[:_KEY_ID_BYTES])
        if cipher is None:
            self.renew()
            cipher = self._ciphers.get(sealed[:_KEY_ID_BYTES])
        if cipher is None:
            raise CannotDecrypt(f"{column}: encrypted with a key that is not configured")
        nonce, body = sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES], sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, f"{column}/{row}".encode())
        except (InvalidTag, ValueError) as error:  # a ValueError if it is cut off within the nonce
            raise CannotDecrypt(f"{column}: the value was changed or belongs to another row") from error

    def open_all(self, cells: Iterable[tuple[int, bytes]], column: str) -> Iterator[bytes | None]:
        """The same for many (row, sealed) of one column, in less time; None for what `open` would refuse."""
        ciphers, prefix, body = self._ciphers, f"{column}/", _KEY_ID_BYTES + _NONCE_BYTES
        for row, sealed in cells:
            try:
                cipher = ciphers[sealed[:_KEY_ID_BYTES]]
                yield cipher.decrypt(sealed[_KEY_ID_BYTES:body], sealed[body:], f"{prefix}{row}".encode())
            except (KeyError, InvalidTag, ValueError):
                yield self._opened_or_none(sealed, column, row)

    def _opened_or_none(self, sealed: bytes, column: str, row: int) -> bytes | None:
        """Perhaps by a key that has come meanwhile."""
        try:
            return self.open(sealed, column, row)
        except CannotDecrypt:
            return None

    def seal_place(self, latitude: float, longitude: float, column: str, row: int | str) -> bytes:
        """Seals a place, in degrees, for this column and row."""
        return self.seal(struct.pack("<dd", latitude, longitude), column, row)

    def open_place(self, sealed: bytes, column: str, row: int | str) -> tuple[float, float]:
        """The (latitude, longitude) that `seal_place` kept, degrees."""
        latitude, longitude = struct.unpack("<dd", self.open(sealed, column, row))
        return latitude, longitude

    def open_places(self, cells: Iterable[tuple[int, bytes]], column: str) -> Iterator[tuple[float, float]]:
        """The places of many rows of one column. Raises CannotDecrypt."""
        for plain in self.open_all(cells, column):
            if plain is None:
                raise CannotDecrypt(f"{column}: a value was changed or belongs to another row")
            yield _PLACE.unpack(plain)


_PLACE = struct.Struct("<dd")


def _blind(key: bytes, value: str, column: str) -> bytes:
    return hmac.digest(key, f"{column}/{value}".encode(), "sha256")[:16]


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"nuanxin key id" + key).digest()[:_KEY_ID_BYTES]


def decode_key(text: str) -> bytes:
    """A key as it stands in the config: base64 of 32 bytes.

    Raises:
        BadKey: see the class.
    """
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadKey("an encryption key is not base64") from error
    if len(key) != KEY_BYTES:
        raise BadKey(f"an encryption key has {len(key)} bytes instead of {KEY_BYTES}")
    return key


def read_keys(path: Path) -> list[bytes]:
    """The keys of a key file, one a line; the first one seals.

    Raises:
        BadKey: a line is none, or there is no line.
        FileNotFoundError: there is no such file.
    """
    try:
        lines = path.read_text("ascii").split()
    except UnicodeDecodeError as error:
        raise BadKey(f"{path.name} contains no key") from error
    if not lines:
        raise BadKey(f"{path.name} contains no key")
    return [decode_key(line) for line in lines]


def read_or_make_keys(path: Path) -> tuple[list[bytes], bool]:
    """The keys kept in `path`; makes one (mode 0600) where there is no file. Also says whether it was made now.

    Raises:
        BadKey: the file holds something else. It is never overwritten.
    """
    try:
        return read_keys(path), False
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    _write_new(path, [key])
    return [key], True


def put_first(path: Path, key: bytes) -> None:
    """Adds a key to a key file, before the others, in one step: who reads it meanwhile sees the old file or the new."""
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    _write_new(beside, [key, *read_keys(path)])
    beside.replace(path)


def _write_new(path: Path, keys: Sequence[bytes]) -> None:
    """A file that could not be written whole is removed: half a key would be taken for a damaged one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.writelines(base64.b64encode(key).decode() + "\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
    except OSError as failure:
        path.unlink()
        raise OSError(failure.errno, failure.strerror, str(path)) from None
