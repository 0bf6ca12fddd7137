"""Reads the file of an agreement: plain text, Markdown, or what a word processor wrote.

Files come from outside: everything about them is bounded before it is unpacked. Reading takes a while, so it is done in
a worker thread.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.campaigns.agreements.splitting import LONGEST_TEXT
from storage.campaigns.agreements.word_numbers import WordNumbers

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

KINDS = (".docx", ".txt", ".md", ".markdown")
MOST_BYTES = 5 << 20
MOST_UNPACKED = 30 << 20
MOST_MEMBERS = 1_000
MOST_PARAGRAPHS = 5_000
_DECLARATIONS = tuple(
    sign.encode(encoding) for sign in ("<!DOCTYPE", "<!ENTITY") for encoding in ("utf-8", "utf-16-le", "utf-16-be")
)
"""XML of a word processor has none; they are how a small file becomes a large text."""


class FileFault(StrEnum):
    """Why a file can't be read."""

    KIND = "kind"
    SIZE = "size"
    UNREADABLE = "unreadable"


class BadAgreementFile(ValueError):
    def __init__(self, fault: FileFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


def text_of(name: str, content: bytes) -> str:
    """The text of a file, in lines; its headings begin with # and its numbered paragraphs with their numbers.

    Raises:
        BadAgreementFile: see the faults.
    """
    if not name.lower().endswith(KINDS):
        raise BadAgreementFile(FileFault.KIND)
    if len(content) > MOST_BYTES:
        raise BadAgreementFile(FileFault.SIZE)
    text = _of_word(content) if name.lower().endswith(".docx") else _decoded(content)
    if len(text) > LONGEST_TEXT:
        raise BadAgreementFile(FileFault.SIZE)
    return text


def _decoded(content: bytes) -> str:
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise BadAgreementFile(FileFault.UNREADABLE)


def _of_word(content: bytes) -> str:
    try:
        _check_package(content)
        # What a broken or hostile file brings python-docx and lxml to raise has no common class.
        from docx import Document

        lines = list(_lines(Document(io.BytesIO(content))))
    except BadAgreementFile:
        raise
    except Exception as error:
        raise BadAgreementFile(FileFault.UNREADABLE) from error
    return "\n".join(lines)


def _check_package(content: bytes) -> None:
    """Before anything is made of it: what it says that it holds, which is as much as is ever unpacked."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        members = package.infolist()
        if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > MOST_UNPACKED:
            raise BadAgreementFile(FileFault.SIZE)
        if len({one.filename for one in members}) < len(members):
            raise BadAgreementFile(FileFault.UNREADABLE)
        for one in members:
            if one.filename.lower().endswith((".xml", ".rels")):
                unpacked = package.read(one)
                if any(sign in unpacked for sign in _DECLARATIONS):
                    raise BadAgreementFile(FileFault.UNREADABLE)


def _lines(document: Document) -> Iterator[str]:
    from docx.table import Table

    numbers = WordNumbers(document)
    count = length = 0
    for block in document.iter_inner_content():
        for line in _rows(block) if isinstance(block, Table) else [numbers.line(block)]:
            count, length = count + 1, length + len(line)
            if count > MOST_PARAGRAPHS or length > LONGEST_TEXT:
                raise BadAgreementFile(FileFault.SIZE)
            yield line


def _rows(table: Table) -> Iterator[str]:
    """A line for each row; a cell that spans several columns is written once, one that spans rows in each of them.

    Not by `row.cells` of python-docx: of a cell that claims a billion columns it makes as many, and from each cell of a
    span it goes up row by row, which takes minutes in a table made for it.
    """
    from docx.table import _Cell

    above = dict[int, str]()
    for row in table.rows:
        at, cells = row.grid_cols_before, list[str]()
        for cell in row._tr.tc_lst:
            if cell.vMerge != "continue":
                above[at] = _Cell(cell, table).text.replace("\n", " ").strip()
            cells.append(above.get(at, ""))
            at += cell.grid_span
        yield " | ".join(cells)
