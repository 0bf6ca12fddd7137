"""HPKE (RFC 9180, base mode, DHKEM with X25519, HKDF-SHA256, AES-GCM), written down after the standard: an oracle for
the library, and a way to seal with an ephemeral key of one's own."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEM = b"KEM" + (0x0020).to_bytes(2, "big")
AES_128_GCM, AES_256_GCM = (1, 16), (2, 32)
"""(the AEAD's number, bytes of its key)"""


def _extract(suite: bytes, salt: bytes, label: bytes, content: bytes) -> bytes:
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + content, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    info = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    block, out, count = b"", b"", 1
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([count]), "sha256")
        out, count = out + block, count + 1
    return out[:length]


def seal(
    public_key: bytes,
    info: bytes,
    plain: bytes,
    ephemeral: bytes,
    associated: bytes = b"",
    aead: tuple[int, int] = AES_256_GCM,
) -> bytes:
    """The encapsulated key and the ciphertext, with this ephemeral private key."""
    number, length = aead
    own = X25519PrivateKey.from_private_bytes(ephemeral)
    enc = own.public_key().public_bytes_raw()
    shared = own.exchange(X25519PublicKey.from_public_bytes(public_key))
    secret = _expand(KEM, _extract(KEM, b"", b"eae_prk", shared), b"shared_secret", enc + public_key, 32)
    suite = b"HPKE" + bytes.fromhex("00200001") + number.to_bytes(2, "big")
    ids = _extract(suite, b"", b"psk_id_hash", b""), _extract(suite, b"", b"info_hash", info)
    context = b"\0" + b"".join(ids)
    schedule = _extract(suite, secret, b"secret", b"")
    key = _expand(suite, schedule, b"key", context, length)
    nonce = _expand(suite, schedule, b"base_nonce", context, 12)
    return enc + AESGCM(key).encrypt(nonce, plain, associated)


def ephemeral_of(*parts: object) -> bytes:
    """An ephemeral private key that follows from these."""
    return hashlib.sha256("/".join(map(str, parts)).encode()).digest()
