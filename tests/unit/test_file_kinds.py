"""Evidence is handed on as what its bytes are, not as what its sender called it."""

from __future__ import annotations

import pytest

from handlers.cases.evidence_bundle import name_in_zip
from handlers.cases.messages.message_content import PROGRAMS
from storage.cases.files.evidence import Evidence, EvidenceFile
from storage.cases.files.file_kinds import ending_of

ZIP, MZ = b"PK\x03\x04", b"MZ\x90\x00"


@pytest.mark.parametrize(
    ("name", "head", "ending"),
    [
        ("payslip.pdf", b"%PDF-1.7", ".pdf"),
        ("payslip.PDF", b"%PDF-1.7", ".pdf"),
        ("payslip.pdf", MZ, ".bin"),
        ("photo.jpg", b"\xff\xd8\xff\xe0", ".jpg"),
        ("photo.jpg", b"<svg onload=...", ".bin"),
        ("hours.xlsx", ZIP, ".xlsx"),
        ("hours.xlsm", ZIP, ".bin"),
        ("hours.xls", b"\xd0\xcf\x11\xe0", ".bin"),
        ("app.apk", ZIP, ".bin"),
        ("note.txt", "工资 3000\n".encode(), ".txt"),
        ("note.txt", "工资".encode("gb18030"), ".txt"),
        ("note.txt", MZ, ".bin"),
        ("voice.ogg", b"OggS\0", ".ogg"),
        ("video.mp4", b"\0\0\0\x20ftypisom", ".mp4"),
        ("setup", MZ, ".bin"),
        ("x.cpl", MZ, ".bin"),
    ],
)
def test_an_ending_is_borne_out_by_the_bytes(name: str, head: bytes, ending: str) -> None:
    assert ending_of(name, head) == ending
    assert name_in_zip(Evidence(id=1), EvidenceFile(name, "", "", ending=ending)).endswith(ending)


def test_a_text_may_end_within_a_character() -> None:
    assert ending_of("a.txt", ("x" + "工" * 3_000).encode()) == ".txt"


def test_an_unknown_file_keeps_its_name_before_the_ending() -> None:
    assert name_in_zip(Evidence(id=1), EvidenceFile("invoice.html", "", "")) == "files/000001-invoice.html.bin"


def test_no_kind_that_is_handed_on_is_a_program() -> None:
    from storage.cases.files import file_kinds

    assert not {ending.removeprefix(".") for ending in file_kinds.KINDS} & PROGRAMS
