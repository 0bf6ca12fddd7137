"""The trustees' key: a public half that the bot seals envelopes to, and a private half that exists only as shares.

Each is one line of text with a checksum, so that a slip in copying is found. Shares are Shamir's: any `threshold` of
them make the private half, fewer tell nothing about it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

LEAST_THRESHOLD, MOST_TRUSTEES = 2, 50
_KEY, _SHARE = "nuanxin-ballot-key", "nuanxin-ballot-share"
_KEY_BYTES, _SHARE_BYTES = 32, 33
_KEY_LINE = re.compile(rf"{_KEY}:1:(\d{{1,3}}):(\d{{1,3}}):([A-Z2-7]+):([0-9a-f]+)")
_SHARE_LINE = re.compile(rf"{_SHARE}:1:([0-9a-f]{{16}}):(\d{{1,3}}):(\d{{1,3}}):(\d{{1,3}}):([A-Z2-7]+):([0-9a-f]+)")


class BadKey(ValueError):
    """No public key of a ballot, or one with a slip in it."""


class BadShare(ValueError):
    """No share of a ballot's key, or one with a slip in it; the text says what is wrong."""


def checksum(text: str) -> str:
    """By which a slip of the pen is noticed; it proves nothing."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _packed(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=")


def _unpacked(text: str, length: int) -> bytes | None:
    try:
        content = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
    return content if len(content) == length and _packed(content) == text else None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """With how many trustees there are, and how many of them open the box."""

    content: bytes
    trustees: int
    threshold: int

    @property
    def text(self) -> str:
        """One line, as `keygen` writes it."""
        body = f"{_KEY}:1:{self.trustees}:{self.threshold}:{_packed(self.content)}"
        return f"{body}:{checksum(body)}"

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits, which the shares carry too."""
        return hashlib.sha256(self.content).hexdigest()[:16]

    @classmethod
    def read(cls, text: str) -> PublicKey:
        """From the line, or from a text that contains it.

        Raises:
            BadKey: see the class.
        """
        found = _KEY_LINE.search("".join(text.split()))
        content = None if found is None else _unpacked(found[3], _KEY_BYTES)
        if found is None or content is None or found[0] != f"{(body := found[0].rpartition(':')[0])}:{checksum(body)}":
            raise BadKey
        key = cls(content, int(found[1]), int(found[2]))
        if not LEAST_THRESHOLD <= key.threshold <= key.trustees <= MOST_TRUSTEES or not _is_sealable(content):
            raise BadKey
        return key


def _is_sealable(content: bytes) -> bool:
    """Whether something can be sealed to it: a point of small order would leave everything open."""
    try:
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(content))
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Share:
    """One trustee's part of the private half."""

    fingerprint: str
    number: int
    trustees: int
    threshold: int
    content: bytes

    @property
    def text(self) -> str:
        """One line, as `keygen` writes it."""
        body = f"{_SHARE}:1:{self.fingerprint}:{self.number}:{self.trustees}:{self.threshold}:{_packed(self.content)}"
        return f"{body}:{checksum(body)}"

    @classmethod
    def read(cls, text: str) -> Share:
        """From the line, or from a text that contains it.

        Raises:
            BadShare: see the class.
        """
        found = _SHARE_LINE.search("".join(text.split()))
        if found is None:
            raise BadShare("there is no share in it")
        body = found[0].rpartition(":")[0]
        content = _unpacked(found[5], _SHARE_BYTES)
        if content is None or found[0] != f"{body}:{checksum(body)}":
            raise BadShare("its checksum is wrong: something in it was changed")
        return cls(found[1], int(found[2]), int(found[3]), int(found[4]), content)


def generate(trustees: int, threshold: int) -> tuple[PublicKey, Sequence[Share]]:
    """A new key. The private half is not returned, but for its shares.

    Raises:
        ValueError: there is no such threshold among so many trustees.
    """
    from pyshamir import split

    if not LEAST_THRESHOLD <= threshold <= trustees <= MOST_TRUSTEES:
        raise ValueError(f"at least {LEAST_THRESHOLD} of at most {MOST_TRUSTEES} trustees")
    private = X25519PrivateKey.generate()
    public = PublicKey(private.public_key().public_bytes_raw(), trustees, threshold)
    parts = split(private.private_bytes_raw(), trustees, threshold)
    shares = [
        Share(public.fingerprint, number, trustees, threshold, bytes(part)) for number, part in enumerate(parts, 1)
    ]
    return public, shares


def private_half(key: PublicKey, shares: Sequence[Share]) -> bytes:
    """The private half of this key.

    Raises:
        BadShare: a share is of another key, there are too few, or together they make another key.
    """
    from pyshamir import combine

    different = {one.number: one for one in shares}
    for one in shares:
        if one.fingerprint != key.fingerprint:
            raise BadShare(f"share {one.number} belongs to another key")
    if len(different) < key.threshold:
        raise BadShare(f"{key.threshold} different shares are needed, these are {len(different)}")
    try:
        private = bytes(combine([bytearray(one.content) for one in different.values()]))
    except ValueError as failure:
        raise BadShare(str(failure)) from None
    if X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw() != key.content:
        raise BadShare("these shares do not make the key of this box")
    return private
