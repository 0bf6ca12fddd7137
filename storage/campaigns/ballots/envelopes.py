"""Envelopes: a choice and its receipt, sealed to the trustees' key by HPKE (RFC 9180, base mode, DHKEM with X25519,
HKDF-SHA256, AES-256-GCM). All have the same length, also one with a blank paper in it, and look like chance.

`info` binds an envelope to the terms of its ballot: it opens for no other.
"""

from __future__ import annotations

from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from storage.campaigns.ballots import receipts

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_VERSION, _BLANK = 1, 0xFF
_PLAIN = 16
"""Bytes: version, choice, receipt, padding."""
LENGTH = 32 + _PLAIN + 16
"""Bytes: the ephemeral key, what is sealed, the tag."""


class Vote(NamedTuple):
    """`choice`: the place of the option among all, from 0 on."""

    choice: int
    receipt: str


def seal(public_key: bytes, info: bytes, vote: Vote | None) -> bytes:
    """An envelope with this vote; None: with a blank paper."""
    choice, receipt = (_BLANK, receipts.new()) if vote is None else vote
    plain = bytes([_VERSION, choice]) + receipt.encode("ascii")
    return SUITE.encrypt(plain.ljust(_PLAIN, b"\0"), X25519PublicKey.from_public_bytes(public_key), info)


def opened(private_key: bytes, info: bytes, envelope: bytes, options: int) -> Vote | None:
    """The vote; None if it does not open, or holds none of a ballot with so many options."""
    try:
        plain = SUITE.decrypt(envelope, X25519PrivateKey.from_private_bytes(private_key), info)
    except InvalidTag:
        return None
    receipt = plain[2:].rstrip(b"\0").decode("ascii", "replace")
    is_good = len(plain) == _PLAIN and plain[0] == _VERSION and plain[1] < options
    return Vote(plain[1], receipt) if is_good and receipts.read(receipt) == receipt else None
