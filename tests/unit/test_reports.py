"""Reports as PDF: in Chinese, over several pages, and the same bytes each time."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace

from PIL import Image

from bot.documents.pdf import written
from handlers.chat.reports import Heading, Paragraph, Picture, Report, Table
from tests.support.simulator import NOON

PNG = io.BytesIO()
Image.new("RGB", (60, 40), "#1f6fb5").save(PNG, "PNG")
REPORT = Report(
    "集体协商报告",
    "2027 年外卖骑手集体合同 · 美团德州",
    "暖新之家",
    NOON,
    [
        Heading("诉求 / Demands"),
        Paragraph("第一行\nThe second line, with “quotes” and an antidisestablishmentarianism" + "m" * 200),
        Picture(PNG.getvalue()),
        Table(["诉求", "支持", "反对"], [["高温补贴" * 20, "120", "少于 5"]] * 60, [6, 1, 1]),
    ],
)


def test_a_report_is_written_with_all_its_blocks() -> None:
    pdf = written(REPORT)
    assert pdf.startswith(b"%PDF-") and pdf.rstrip().endswith(b"%%EOF")
    pages = int(re.search(rb"/Count (\d+)", pdf)[1])  # type: ignore[index]
    assert pages >= 5
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    drawn = b"".join(_inflated(stream) for stream in streams)
    assert drawn.count(b" Tf") > pages, "each page has text"
    assert b"/Subtype /Image" in pdf


def test_the_same_report_is_the_same_file() -> None:
    assert written(REPORT) == written(REPORT)


def test_amounts_have_their_sign() -> None:
    """The font has no narrow one."""
    narrow, wide = (replace(REPORT, blocks=[Paragraph(f"{sign}318")]) for sign in "¥￥")
    assert written(narrow) == written(wide)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""
