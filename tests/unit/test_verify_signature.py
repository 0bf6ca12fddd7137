"""The stand-alone script that checks a signature, against the library that makes it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from storage import verify_signature
from storage.signing import message
from storage.verify_signature import fault_of, is_signed

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
CONTENT = "9 小时 42 单 318 元\n".encode()


def signed(content: bytes) -> dict[str, str]:
    digest, at = hashlib.sha256(content).hexdigest(), "2026-11-24T04:00:00Z"
    signature = KEY.sign(message(digest, at)).hex()
    return {"sha256": digest, "signed_at": at, "public_key": PUBLIC.hex(), "signature": signature}


def test_the_example_of_the_standard() -> None:
    """RFC 8032, 7.1, test 2."""
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert is_signed(public, b"\x72", signature)
    assert not is_signed(public, b"\x73", signature)


@settings(max_examples=15)
@given(st.binary(max_size=200), st.integers(0, 63), st.integers(1, 255))
def test_what_the_library_signs_is_right_and_any_changed_byte_is_wrong(said: bytes, at: int, by: int) -> None:
    signature = bytearray(KEY.sign(said))
    assert is_signed(PUBLIC, said, bytes(signature))
    signature[at] ^= by
    assert not is_signed(PUBLIC, said, bytes(signature))
    assert not is_signed(PUBLIC, said + b"x", KEY.sign(said))


def test_each_fault_is_named() -> None:
    claimed = signed(CONTENT)
    assert fault_of(CONTENT, claimed, PUBLIC.hex()) == ""
    assert "not the one" in fault_of(CONTENT + b" ", claimed, PUBLIC.hex())
    assert "another key" in fault_of(CONTENT, claimed, bytes(32).hex())
    assert "signature is wrong" in fault_of(CONTENT, {**claimed, "signed_at": "2026-01-01T00:00:00Z"}, PUBLIC.hex())
    for nothing in ({}, {**claimed, "signature": "xyz"}, {**claimed, "signature": ""}):
        assert fault_of(CONTENT, nothing, PUBLIC.hex())
    assert fault_of(CONTENT, claimed, "no key")


def test_it_runs_by_itself(tmp_path: Path) -> None:
    script = tmp_path / "verify_signature.py"
    script.write_bytes(Path(verify_signature.__file__).read_bytes())
    (tmp_path / "book").write_bytes(CONTENT)
    (tmp_path / "signature").write_text(json.dumps(signed(CONTENT)))

    def ran(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-I", "-S", str(script), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
        return done.returncode, done.stdout

    assert ran("book", "signature", PUBLIC.hex()) == (0, "right: signed at 2026-11-24T04:00:00Z\n")
    assert ran("signature", "signature", PUBLIC.hex()) == (1, "WRONG: the file is not the one that was signed\n")
    assert ran("book", "book", PUBLIC.hex()) == (1, "WRONG: this is no signature file, or no public key\n")
    assert ran()[0] == 2
