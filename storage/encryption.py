"""Encryption of personal data in the columns: AES-256-GCM, with the row's identity as associated data."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
import struct
from collections.abc import Sequence
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


class Vault:
    """Seals and opens values. The first key seals; all of them open.

    A sealed value is key id (4 bytes), nonce (12), ciphertext and tag. A value that is moved to another table, column
    or row does not open there.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise BadKey("no encryption key")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    def seal(self, plain: bytes, column: str, row: int | str) -> bytes:
        """Encrypts for one cell; `column` is "table.column" and `row` the row's primary key."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._current + nonce + self._ciphers[self._current].encrypt(nonce, plain, f"{column}/{row}".encode())

    def open(self, sealed: bytes, column: str, row: int | str) -> bytes:
        """Decrypts what `seal` made for the same cell.

        Raises:
            CannotDecrypt: see the class.
        """
        cipher = self._ciphers.get(sealed[:_KEY_ID_BYTES])
        if cipher is None:
            raise CannotDecrypt(f"{column}: sealed with a key that is not in the config")
        nonce, body = sealed[_KEY_ID_BYTES : _KEY_ID_BYTES + _NONCE_BYTES], sealed[_KEY_ID_BYTES + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, body, f"{column}/{row}".encode())
        except InvalidTag as error:
            raise CannotDecrypt(f"{column}: the value does not belong to this row, or was changed") from error

    def seal_place(self, latitude: float, longitude: float, column: str, row: int) -> bytes:
        return self.seal(struct.pack("<dd", latitude, longitude), column, row)

    def open_place(self, sealed: bytes, column: str, row: int) -> tuple[float, float]:
        """The (latitude, longitude) that `seal_place` kept, degrees."""
        latitude, longitude = struct.unpack("<dd", self.open(sealed, column, row))
        return latitude, longitude


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


def read_or_make_key(path: Path) -> tuple[bytes, bool]:
    """The key kept in `path`; makes one (mode 0600) where there is none. Also says whether it was made now.

    Raises:
        BadKey: the file holds something else. It is never overwritten.
    """
    try:
        return decode_key(path.read_text("ascii").strip()), False
    except FileNotFoundError:
        pass
    except UnicodeDecodeError as error:
        raise BadKey(f"{path.name} holds no key") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(base64.b64encode(key).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key, True
