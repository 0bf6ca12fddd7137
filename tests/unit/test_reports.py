"""Reports as PDF and HTML: in Chinese, over several pages, and the same bytes each time."""

from __future__ import annotations

import io
import re
import zlib
from dataclasses import replace

from PIL import Image

from bot.documents import html
from bot.documents.pdf import written
from bot.pictures import photo
from handlers.chat.reports import Block, Heading, Paragraph, Picture, Report, Table
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


def test_the_page_holds_all_blocks_and_nothing_that_runs() -> None:
    hostile = '<script>alert(1)</script> & "quotes" <img src=x onerror=alert(1)>'
    blocks: list[Block] = [Heading(hostile, 2), Paragraph(hostile), Table([hostile], [[hostile]])]
    page = html.written(replace(REPORT, title=hostile, subtitle=hostile, blocks=[*REPORT.blocks, *blocks]), "zh_Hans")
    text = page.decode()
    assert '<html lang="zh-Hans">' in text and "default-src 'none'" in text
    assert "集体协商报告" not in text and "诉求 / Demands" in text and text.count("<tr>") == 61 + 2
    assert "<script" not in text and "onerror=" not in text.replace("&lt;img src=x onerror=", "")
    assert 'src="data:image/png;base64,' in text and "http:" not in text


def test_a_photo_is_made_small_upright_and_says_nothing_else() -> None:
    turned = Image.new("RGB", (2_000, 1_000), "#336699")
    exif = turned.getexif()
    exif[0x0112], exif[0x010F] = 6, "Camera of Li"
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    small = photo.scaled(out.getvalue())
    assert small is not None and b"Camera of Li" not in small
    assert Image.open(io.BytesIO(small)).size == (400, 800)
    assert photo.scaled(b"no picture") is None and photo.scaled(out.getvalue()[:400]) is None


def test_a_photo_takes_half_of_the_page_whatever_its_shape() -> None:
    tall = io.BytesIO()
    Image.new("RGB", (40, 4_000), "#1f6fb5").save(tall, "PNG")
    blocks = [Picture(tall.getvalue(), is_photo=True), Picture(PNG.getvalue(), is_photo=True)]
    pdf = written(replace(REPORT, blocks=blocks))
    assert re.search(rb"/Count (\d+)", pdf)[1] == b"1"  # type: ignore[index]
