"""Files of agreements: what a word processor numbers by itself, and files that are meant to do harm."""

from __future__ import annotations

import io
import zipfile
from copy import deepcopy

import docx
import pytest
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

from storage.campaigns.agreements import files
from storage.campaigns.agreements.files import BadAgreementFile, FileFault, text_of
from storage.campaigns.agreements.private_numbers import holds_private_number
from storage.campaigns.agreements.splitting import split
from storage.campaigns.agreements.word_numbers import chinese


def saved(document: docx.document.Document) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def package(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as written:
        for name, content in members.items():
            written.writestr(name, content)
    return out.getvalue()


def with_member(content: bytes, name: str, replaced: bytes) -> bytes:
    """The package with another content of one member."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, replaced if one.filename == name else old.read(one))
    return out.getvalue()


def numbered_by_the_program() -> docx.document.Document:
    """Its articles are numbered 第%1条 in Chinese, by the numbering part alone."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "90")
    level = OxmlElement("w:lvl")
    level.set(qn("w:ilvl"), "0")
    for name, value in (("w:start", "1"), ("w:numFmt", "chineseCounting"), ("w:lvlText", "第%1条")):
        child = OxmlElement(name)
        child.set(qn("w:val"), value)
        level.append(child)
    abstract.append(level)
    numbering.insert(0, abstract)
    number = numbering.add_num(90)
    for text in ("休息", "高温"):
        paragraph = document.add_paragraph(text)
        paragraph.paragraph_format.element.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = number.numId
        document.add_paragraph(f"关于{text}的规定。")
    return document


def test_numbers_that_stand_in_no_text_are_read() -> None:
    found = split(text_of("合同.docx", saved(numbered_by_the_program())))
    assert [(one.number, one.heading) for one in found] == [("第一条", "休息"), ("第二条", "高温")]


def test_headings_lists_and_tables_are_read() -> None:
    document = docx.Document()
    document.add_heading("Rest", 1)
    document.add_paragraph("Riders may rest.", style="List Number")
    document.add_paragraph("They are paid.", style="List Number")
    document.add_paragraph("Water", style="List Bullet")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "35 °C", "1 yuan"
    assert text_of("a.DOCX", saved(document)).splitlines() == [
        "# Rest",
        "1. Riders may rest.",
        "2. They are paid.",
        "Water",
        "35 °C | 1 yuan",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_any_usual_encoding(encoding: str) -> None:
    assert text_of("合同.txt", "第一条 休息".encode(encoding)) == "第一条 休息"


def many_paragraphs() -> bytes:
    document = docx.Document()
    for _ in range(files.MOST_PARAGRAPHS + 1):
        document.add_paragraph("x")
    return saved(document)


def with_a_wide_cell(columns: int) -> bytes:
    """A table one of whose cells says that it spans so many columns."""
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "休息"
    cell._tc.get_or_add_tcPr()._add_gridSpan().val = columns
    return saved(document)


def with_a_high_cell(rows: int, text: str) -> bytes:
    """A table of one column whose first cell spans all rows."""
    document = docx.Document()
    table = document.add_table(1, 1)
    table.cell(0, 0).text = text
    (row,) = table._tbl.tr_lst
    going_on = deepcopy(row)
    row.tc_lst[0].vMerge = "restart"
    going_on.tc_lst[0].vMerge = "continue"
    for _ in range(rows - 1):
        table._tbl.append(deepcopy(going_on))
    return saved(document)


def with_a_long_number() -> bytes:
    """A paragraph whose number would be 4 MB: a number of 4,000 digits, a thousand times."""
    document = numbered_by_the_program()
    for name, value in (("start", "9" * 4_000), ("lvlText", "%1" * 1_000), ("numFmt", "decimal")):
        for one in document.part.numbering_part.element.iter(qn(f"w:{name}")):
            one.set(qn("w:val"), value)
    return saved(document)


EMPTY = saved(docx.Document())
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.exe", b"MZ", FileFault.KIND),
        ("a.doc", b"\xd0\xcf\x11\xe0", FileFault.KIND),
        ("a.txt", b"x" * (files.MOST_BYTES + 1), FileFault.SIZE),
        ("a.txt", b"x" * 150_001, FileFault.SIZE),
        ("a.txt", b"a\0b", FileFault.UNREADABLE),
        ("a.md", b"\xff\xfe\x00\xd8", FileFault.UNREADABLE),
        ("a.docx", b"", FileFault.UNREADABLE),
        ("a.docx", b"PK\x03\x04" + bytes(100), FileFault.UNREADABLE),
        ("a.docx", package(**{"word/document.xml": b"<x/>"}), FileFault.UNREADABLE),
        ("a.docx", with_member(EMPTY, "word/document.xml", BOMB), FileFault.UNREADABLE),
        ("a.docx", with_member(EMPTY, "word/styles.xml", BOMB.decode().encode("utf-16-le")), FileFault.UNREADABLE),
        ("a.docx", with_member(EMPTY, "word/document.xml", b"<not closed"), FileFault.UNREADABLE),
        ("a.docx", with_member(EMPTY, "word/styles.xml", bytes(files.MOST_UNPACKED)), FileFault.SIZE),
        ("a.docx", package(**{f"m{n}.xml": b"" for n in range(files.MOST_MEMBERS + 1)}), FileFault.SIZE),
        ("a.docx", many_paragraphs(), FileFault.SIZE),
        ("a.docx", with_a_high_cell(2_000, "x" * 1_000), FileFault.SIZE),
    ],
)
def test_a_bad_file_is_refused(name: str, content: bytes, fault: FileFault) -> None:
    with pytest.raises(BadAgreementFile) as refused:
        text_of(name, content)
    assert refused.value.fault is fault


@pytest.mark.parametrize("columns", [3, 2_000_000_000])
def test_a_cell_that_spans_columns_is_read_once(columns: int) -> None:
    assert text_of("a.docx", with_a_wide_cell(columns)).strip() == "休息"


def test_a_cell_that_spans_rows_is_read_in_each() -> None:
    """In so many rows python-docx alone would have given up, or taken minutes."""
    assert text_of("a.docx", with_a_high_cell(2_000, "休息")).split() == ["休息"] * 2_000


def test_styles_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-docx goes through all styles for each paragraph: with 60,000 of them that takes minutes."""
    document = docx.Document()
    document.add_paragraph("休息", style="Heading 1")
    monkeypatch.setattr(Paragraph, "style", None)
    assert text_of("a.docx", saved(document)) == "# 休息"


def test_a_number_that_a_file_claims_does_not_become_longer_than_the_text() -> None:
    assert len(text_of("a.docx", with_a_long_number())) < 1_000


@pytest.mark.parametrize(
    ("number", "said"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (105, "一百零五"), (0, "零")]
)
def test_chinese_numbers(number: int, said: str) -> None:
    assert chinese(number) == said


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("我的电话13812345678", True),
        ("１３８ 1234 5678", True),
        ("一三八一二三四五六七八", True),
        ("幺三八-1234-5678", True),
        ("call +44 7700 900123", True),
        ("0534-2612345", True),
        ("37140219900101123X", True),
        ("li@example.org", True),
        ("补贴 1,000,000 元", False),
        ("每单3.5元，2026年11月26日8:00-22:00", False),
        ("from 2027-01-01 to 2027-12-31", False),
        ("order 138123456789", False),
    ],
)
def test_numbers_that_point_to_a_person(text: str, holds: bool) -> None:
    assert holds_private_number(text) is holds
