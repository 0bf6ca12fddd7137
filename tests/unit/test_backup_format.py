"""docs/backup-format.md is enough to read a backup without this program."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zlib
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.backup import sealed_file
from bot.backup.sealed_file import Header
from storage.encryption import Vault

DOCUMENT = Path(__file__).parents[2] / "docs" / "backup-format.md"
KEY = bytes(range(32))
CONTENT = b"SELECT 1;\n"


def example() -> bytes:
    """The file in the document."""
    found = re.search(r"```base64\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return base64.b64decode(found[1])


def read_by_the_document(file: bytes, key: bytes) -> bytes:
    """Reads a backup with nothing but the document's rules."""
    line, rest = file[: file.index(b"\n") + 1], file[file.index(b"\n") + 1 :]
    assert line.startswith(b"NUANXIN-BACKUP 1 ")
    digest, number, stream, is_last = hashlib.sha256(line).hexdigest(), 0, b"", False
    while rest:
        assert not is_last
        length = int.from_bytes(rest[:4], "big")
        chunk, rest = rest[4 : 4 + length], rest[4 + length :]
        assert chunk[:4] == hashlib.sha256(b"nuanxin key id" + key).digest()[:4]
        is_last = not rest
        bound_to = f"backup.{digest}{'.last' if is_last else ''}/{number}"
        stream += AESGCM(key).decrypt(chunk[4:16], chunk[16:], bound_to.encode())
        number += 1
    assert is_last
    return zlib.decompress(stream)


def test_the_example_opens_by_the_document_and_by_the_program() -> None:
    assert read_by_the_document(example(), KEY) == CONTENT
    source = io.BytesIO(example())
    header, line = sealed_file.read_header(source)
    assert header == Header("sqlite", "0009", "2026-11-25T00:00:00+00:00")
    assert b"".join(sealed_file.read(source, line, Vault([KEY]))) == CONTENT


def test_what_the_document_says_of_the_example_is_so() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert base64.b64encode(KEY).decode() in text and Vault([KEY]).current.hex() in text
    assert hashlib.sha256(CONTENT).hexdigest() in text and f"{len(example())} bytes" in text


def test_a_backup_of_several_chunks_opens_by_the_document() -> None:
    content = hashlib.shake_256(b"incompressible").digest(2 * sealed_file.PIECE + 1)
    file = io.BytesIO()
    sealed_file.write(file, Header("postgresql", "0009", "2026-11-25T00:00:00+00:00"), [content], Vault([KEY]))
    assert read_by_the_document(file.getvalue(), KEY) == content
