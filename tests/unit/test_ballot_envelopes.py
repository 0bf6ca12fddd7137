"""Envelopes, shares and receipts: HPKE as RFC 9180 has it, all envelopes alike, and slips in copying found."""

from __future__ import annotations

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from hypothesis import given
from hypothesis import strategies as st

from storage.campaigns.ballots import envelopes, receipts, trustee_keys
from storage.campaigns.ballots.envelopes import Vote
from storage.campaigns.ballots.trustee_keys import BadKey, BadShare, PublicKey, Share
from tests.support import hpke

INFO = b"terms"
# RFC 9180, A.1.1 (base mode), sequence number 0
PRIVATE = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
PUBLIC = bytes.fromhex("3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d")
EPHEMERAL = bytes.fromhex("52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736")
ENC = bytes.fromhex("37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431")
CIPHERTEXT = bytes.fromhex("f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a")


def test_the_oracle_agrees_with_the_vector_of_the_rfc() -> None:
    sealed = hpke.seal(
        PUBLIC, b"Ode on a Grecian Urn", b"Beauty is truth, truth beauty", EPHEMERAL, b"Count-0", hpke.AES_128_GCM
    )
    assert sealed == ENC + CIPHERTEXT


@pytest.mark.parametrize(
    ("aead", "suite"), [(hpke.AES_128_GCM, AEAD.AES_128_GCM), (hpke.AES_256_GCM, AEAD.AES_256_GCM)]
)
def test_the_library_opens_what_the_oracle_seals(aead: tuple[int, int], suite: AEAD) -> None:
    sealed = hpke.seal(PUBLIC, b"Ode on a Grecian Urn", b"Beauty is truth", EPHEMERAL, aead=aead)
    private = X25519PrivateKey.from_private_bytes(PRIVATE)
    opened = Suite(KEM.X25519, KDF.HKDF_SHA256, suite).decrypt(sealed, private, b"Ode on a Grecian Urn")
    assert opened == b"Beauty is truth"


def test_all_envelopes_have_one_length_and_open_for_their_terms_alone() -> None:
    private = X25519PrivateKey.generate()
    key = private.public_key().public_bytes_raw()
    votes = [None, *(Vote(choice, receipts.new()) for choice in range(9))]
    sealed = [envelopes.seal(key, INFO, vote) for vote in votes]
    assert {len(one) for one in sealed} == {envelopes.LENGTH}
    assert [envelopes.opened(private.private_bytes_raw(), INFO, one, 9) for one in sealed] == votes
    assert envelopes.opened(private.private_bytes_raw(), b"other terms", sealed[1], 9) is None
    assert envelopes.opened(private.private_bytes_raw(), INFO, sealed[9], 8) is None, "there is no ninth option"
    assert envelopes.opened(X25519PrivateKey.generate().private_bytes_raw(), INFO, sealed[1], 9) is None
    assert envelopes.opened(private.private_bytes_raw(), INFO, b"short", 9) is None


def test_what_is_in_an_envelope_must_be_a_vote() -> None:
    private = X25519PrivateKey.generate()
    for plain in (b"\2\0ABCDEFGHJK\0\0\0\0", b"\1\0abcdefghjk\0\0\0\0", b"\1\0ABC", b"\1\0\xff\xffCDEFGHJK\0\0\0\0"):
        sealed = hpke.seal(private.public_key().public_bytes_raw(), INFO, plain, EPHEMERAL)
        assert envelopes.opened(private.private_bytes_raw(), INFO, sealed, 9) is None


def test_any_three_of_five_shares_make_the_key_and_two_do_not() -> None:
    key, shares = trustee_keys.generate(5, 3)
    made = {trustee_keys.private_half(key, some) for some in itertools.combinations(shares, 3)}
    assert len(made) == 1
    assert X25519PrivateKey.from_private_bytes(made.pop()).public_key().public_bytes_raw() == key.content
    with pytest.raises(BadShare, match="3 different"):
        trustee_keys.private_half(key, [shares[0], shares[1], shares[1]])
    with pytest.raises(BadShare, match="another key"):
        trustee_keys.private_half(key, [*shares[:2], trustee_keys.generate(5, 3)[1][2]])
    swapped = Share(key.fingerprint, 3, 5, 3, bytes(33))
    with pytest.raises(BadShare):
        trustee_keys.private_half(key, [*shares[:2], swapped])


@pytest.mark.parametrize(("trustees", "threshold"), [(1, 1), (5, 1), (2, 3), (51, 3), (0, 0)])
def test_a_threshold_is_at_least_two_of_the_trustees(trustees: int, threshold: int) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        trustee_keys.generate(trustees, threshold)


def test_a_slip_in_copying_is_found() -> None:
    key, shares = trustee_keys.generate(3, 2)
    for text, read, bad in ((key.text, PublicKey.read, BadKey), (shares[0].text, Share.read, BadShare)):
        assert read(f"Some words.\n\n  {text[:30]}\n{text[30:]}\n").text == text
        for at in range(len(text)):
            for sign in "A2:0":
                if text[at] != sign:
                    with pytest.raises(bad):
                        read(text[:at] + sign + text[at + 1 :])


def test_a_key_to_which_everything_would_be_open_is_none() -> None:
    """Points of small order: whatever is sealed to them has a secret that everybody knows."""
    for content in (bytes(32), b"\1" + bytes(31)):
        with pytest.raises(BadKey):
            PublicKey.read(PublicKey(content, 5, 3).text)
    with pytest.raises(BadKey):
        PublicKey.read(PublicKey(trustee_keys.generate(2, 2)[0].content, 2, 3).text)
    with pytest.raises(BadKey):
        PublicKey.read("nothing")


@given(st.text())
def test_a_receipt_is_read_as_people_write_it(text: str) -> None:
    found = receipts.read(text)
    assert found is None or (len(found) == receipts.LENGTH and set(found) <= set(receipts.ALPHABET))
    receipt = receipts.new()
    assert receipts.read(receipts.shown(receipt).lower()) == receipts.read(f" {receipt[:3]}-{receipt[3:]} ") == receipt


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("7KQ2M 9XTRA", ["7KQ2M9XTRA"]),
        (" 7kq2m-9xtra. ", ["7KQ2M9XTRA"]),
        ("7KQ2M9XTRA", ["7KQ2M9XTRA"]),
        ("receipt 7kq2m 9xtra", ["7KQ2M9XTRA"]),
        ("Where is receipt 7KQ2M 9XTRA?", ["7KQ2M9XTRA"]),
        ("我的回执是7KQ2M 9XTRA", ["7KQ2M9XTRA"]),
        ("check receipt ABCDE FGHIJ", ["ABCDEFGHIJ"]),
        ("MAKES SENSE", ["MAKESSENSE"]),
        ("receipt abcde fghjk", ["ABCDEFGHJK"]),  # one in twenty has no digit
        ("makes sense", ["MAKESSENSE"]),
        ("6175553829", []),
        ("the receipt shows wrong items", ["SHOWSWRONG", "WRONGITEMS"]),
        ("order 7KQ2M 9XTRA was not paid", []),
        ("receipt", []),
        ("", []),
    ],
)
def test_what_may_be_a_receipt_is_looked_up(text: str, found: list[str]) -> None:
    assert receipts.meant(text) == found


@pytest.mark.parametrize(
    ("text", "is_sure"),
    [
        ("receipt 7kq2m 9xtra", True),
        ("check receipt ABCDE FGHIJ", True),
        ("receipt abcde fghjk", False),
        ("the receipt shows wrong items", False),
        ("receipt of order 1234567890", False),
        ("7KQ2M 9XTRA", False),
        ("receipt", False),
    ],
)
def test_a_message_says_that_it_is_about_a_receipt(text: str, *, is_sure: bool) -> None:
    assert receipts.is_surely_about_one(text) is is_sure
