"""Pseudonyms are FF1 of NIST SP 800-38G, and a permutation that leaves 0 where it is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from storage.pseudonyms import Pseudonyms

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1)
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
AES_128 = "2B7E151628AED2A6ABF7158809CF4F3C"
AES_256 = f"{AES_128}EF4359D8D580AA4F7F036D6F04FC6A94"


def number(numerals: Sequence[int], radix: int) -> int:
    value = 0
    for numeral in numerals:
        value = value * radix + numeral
    return value


def numerals_of(value: int, radix: int, length: int) -> list[int]:
    found = []
    for _ in range(length):
        value, numeral = divmod(value, radix)
        found.append(numeral)
    return found[::-1]


def ff1(key: bytes, numerals: Sequence[int], radix: int, tweak: bytes = b"") -> list[int]:
    """FF1.Encrypt, step by step as algorithm 7 of the standard says it."""

    def encrypted(block: bytes) -> bytes:
        return Cipher(algorithms.AES(key), modes.ECB()).encryptor().update(block)

    n, t = len(numerals), len(tweak)
    u, v = n // 2, n - n // 2
    a, b = list(numerals[:u]), list(numerals[u:])
    width = ((radix**v - 1).bit_length() + 7) // 8
    d = 4 * ((width + 3) // 4) + 4
    p = bytes([1, 2, 1, *radix.to_bytes(3, "big"), 10, u % 256, *n.to_bytes(4, "big"), *t.to_bytes(4, "big")])
    for i in range(10):
        q = tweak + bytes((-t - width - 1) % 16) + bytes([i]) + number(b, radix).to_bytes(width, "big")
        r = bytes(16)
        for at in range(0, len(p + q), 16):
            r = encrypted(bytes(x ^ y for x, y in zip(r, (p + q)[at : at + 16], strict=True)))
        s, block = r, 1
        while len(s) < d:
            s += encrypted(bytes(x ^ y for x, y in zip(r, block.to_bytes(16, "big"), strict=True)))
            block += 1
        m = u if i % 2 == 0 else v
        c = (number(a, radix) + int.from_bytes(s[:d], "big")) % radix**m
        a, b = b, numerals_of(c, radix, m)
    return a + b


@pytest.mark.parametrize(
    ("key", "radix", "tweak", "plain", "expected"),
    [
        (AES_128, 10, "", "0123456789", "2433477484"),
        (AES_128, 10, "39383736353433323130", "0123456789", "6124200773"),
        (AES_128, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
        (AES_256, 10, "", "0123456789", "6657667009"),
        (AES_256, 10, "39383736353433323130", "0123456789", "1001623463"),
        (AES_256, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
    ],
)
def test_the_reference_agrees_with_nists_examples(key: str, radix: int, tweak: str, plain: str, expected: str) -> None:
    """Samples 1 to 3 and 7 to 9 of the FF1samples.pdf at
    https://csrc.nist.gov/projects/cryptographic-standards-and-guidelines/example-values.
    """
    found = ff1(bytes.fromhex(key), [DIGITS.index(one) for one in plain], radix, bytes.fromhex(tweak))
    assert "".join(DIGITS[one] for one in found) == expected


@given(NUMBERS)
def test_a_pseudonym_is_what_the_reference_makes_of_the_number(plain: int) -> None:
    found = number(ff1(KEY, numerals_of(plain % (1 << 64), 1 << 16, 4), 1 << 16), 1 << 16)
    assert plain == 0 or Pseudonyms(KEY).encrypt(plain) % (1 << 64) == found


@given(NUMBERS)
def test_it_leads_back_to_the_number_and_to_no_other(plain: int) -> None:
    pseudonyms = Pseudonyms(KEY)
    pseudonym = pseudonyms.encrypt(plain)
    assert pseudonyms.decrypt(pseudonym) == plain
    assert pseudonyms.encrypt(pseudonyms.decrypt(plain)) == plain
    assert (pseudonym == 0) == (plain == 0)
    assert plain == 0 or Pseudonyms(OTHER).encrypt(plain) != pseudonym != plain


def test_the_number_that_would_become_0_becomes_what_0_would_have() -> None:
    """Found by going backwards from 0, which no other test would meet."""
    to_zero = number(ff1(KEY, numerals_of(0, 1 << 16, 4), 1 << 16), 1 << 16)
    pseudonyms = Pseudonyms(KEY)
    before = next(one for one in (pseudonyms.decrypt(to_zero - (1 << 64) * (to_zero >> 63)),))
    assert pseudonyms.encrypt(0) == pseudonyms.decrypt(0) == 0
    assert before != 0
    assert number(ff1(KEY, numerals_of(before % (1 << 64), 1 << 16, 4), 1 << 16), 1 << 16) == 0


@given(st.lists(NUMBERS), st.booleans())
def test_many_are_read_at_once_as_each_alone(pseudonyms: list[int], has_rare: bool) -> None:
    known = Pseudonyms(KEY)
    rare = [known.encrypt(0), known.encrypt(known.decrypt(1)), 0] if has_rare else []
    assert known.decrypt_all([*pseudonyms, *rare]) == [known.decrypt(one) for one in [*pseudonyms, *rare]]
