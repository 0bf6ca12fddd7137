"""Keyed, reversible pseudonyms of 64-bit numbers: what the database holds in place of a Telegram number.

FF1 of NIST SP 800-38G (https://doi.org/10.6028/NIST.SP.800-38G) with AES-256, radix 2^16, four numerals, an empty tweak
and its ten rounds: format-preserving encryption, so a pseudonym has the type of the number and equal numbers have equal
pseudonyms. With these parameters the halves are two 32-bit words, and each round encrypts one block.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 32
CACHED = 1 << 15
"""Numbers whose pseudonym is remembered, and pseudonyms whose number is: the hot paths convert the same ones again and
again."""

_RADIX, _NUMERALS, _ROUNDS = 1 << 16, 4, 10
_HALF = (1 << 32) - 1
_SIGN, _ALL = 1 << 63, (1 << 64) - 1
_P = bytes([1, 2, 1, *_RADIX.to_bytes(3, "big"), _ROUNDS, _NUMERALS // 2, *_NUMERALS.to_bytes(4, "big"), 0, 0, 0, 0])
"""The block P of the standard, step 5: it is the same for every number, so its encryption is computed once."""

_y = struct.Struct(">4xI8x").unpack
"""The number y of a round, steps 6.iii and 6.iv: of the eight bytes of S only the last four count, modulo 2^32."""


class Pseudonyms:
    """A permutation of the signed 64-bit integers. 0 stands for nobody, and stays 0."""

    def __init__(self, key: bytes) -> None:
        # Of ECB, each call of `update` encrypts a block by itself: it is the bare block cipher that the standard wants.
        self._aes = Cipher(algorithms.AES(key), modes.ECB()).encryptor().update  # noqa: S305 (see above)
        start = int.from_bytes(self._aes(_P), "big")
        self._rounds = [(start >> 32 ^ at).to_bytes(12, "big") for at in range(_ROUNDS)]
        """Of the block of each round, all but the last word, into which the half goes."""
        self._word = start & _HALF
        self.encrypt = lru_cache(CACHED)(self._encrypted)
        """From a number to its pseudonym."""
        self.decrypt = lru_cache(CACHED)(self._decrypted)
        """From a pseudonym to its number."""

    def decrypt_all(self, pseudonyms: Sequence[int]) -> list[int]:
        """The numbers of many, in a tenth of the time: a round of all of them is one call of the cipher."""
        held = np.array(pseudonyms, dtype=np.int64).view(np.uint64)
        a, b = (held >> np.uint64(32)).astype(np.uint32), held.astype(np.uint32)
        blocks = np.empty((len(held), 4), dtype=">u4")
        for start in reversed(self._rounds):
            blocks[:, :3] = np.frombuffer(start, dtype=">u4")
            blocks[:, 3] = a ^ np.uint32(self._word)
            y = np.frombuffer(self._aes(blocks.tobytes()), dtype=">u4").reshape(-1, 4)[:, 1].astype(np.uint32)
            a, b = b - y, a
        numbers: list[int] = (a.astype(np.uint64) << np.uint64(32) | b).view(np.int64).tolist()
        # 0 and what would become it are rare, and special: see `_encrypted`.
        return [
            number if number and pseudonym else self.decrypt(pseudonym)
            for number, pseudonym in zip(numbers, pseudonyms, strict=True)
        ]

    def _encrypted(self, number: int) -> int:
        if number == 0:
            return 0
        # Cycle walking: the number that would become 0 becomes what 0 would have become.
        return _signed(self._forwards(number & _ALL) or self._forwards(0))

    def _decrypted(self, pseudonym: int) -> int:
        if pseudonym == 0:
            return 0
        return _signed(self._backwards(pseudonym & _ALL) or self._backwards(0))

    def _forwards(self, number: int) -> int:
        aes, word, a, b = self._aes, self._word, number >> 32, number & _HALF
        for start in self._rounds:
            a, b = b, (a + _y(aes(start + (word ^ b).to_bytes(4, "big")))[0]) & _HALF
        return a << 32 | b

    def _backwards(self, number: int) -> int:
        aes, word, a, b = self._aes, self._word, number >> 32, number & _HALF
        for start in reversed(self._rounds):
            a, b = (b - _y(aes(start + (word ^ a).to_bytes(4, "big")))[0]) & _HALF, a
        return a << 32 | b


def _signed(number: int) -> int:
    return number - (1 << 64) if number & _SIGN else number


@lru_cache(16)
def pseudonyms_of(key: bytes) -> Pseudonyms:
    """The pseudonyms of a key: one object for all databases (and connections to one) that have the same."""
    return Pseudonyms(key)
