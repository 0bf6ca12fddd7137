"""Reports as PDF, on A4, in the bundled font, which has Chinese."""

from __future__ import annotations

import io
from functools import singledispatchmethod

from fpdf import FPDF
from fpdf.enums import WrapMode, XPos, YPos
from fpdf.fonts import FontFace

from bot.pictures.text_drawing import BUNDLED
from handlers.chat.reports import Heading, Paragraph, Picture, Report, Table

_FONT = "report"
_INK, _SOFT, _SHADE = (34, 48, 60), (107, 118, 128), (235, 240, 244)
_MARGIN = 18
"""In millimetres, as all lengths here; sizes of type are in points."""


def written(report: Report) -> bytes:
    """The PDF. The same report gives the same bytes."""
    page = _Page(report)
    for block in report.blocks:
        page.put(block)
    return bytes(page.output())


class _Page(FPDF):
    def __init__(self, report: Report) -> None:
        super().__init__(format="A4")
        self._report = report
        self.set_title(report.title)
        self.set_creation_date(report.made_at)
        self.set_margins(_MARGIN, _MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN + 6)
        self.add_font(_FONT, fname=BUNDLED)
        self.add_page()
        self._write(report.title, 20)
        self._write(report.subtitle, 10, _SOFT)

    def normalize_text(self, text: str) -> str:
        """Called by the library for all that is drawn. The font has the yen sign in its full width only."""
        return super().normalize_text(text.replace("¥", "￥"))

    def footer(self) -> None:
        """Called by the library at the end of each page."""
        self.set_y(-_MARGIN)
        self.set_font(_FONT, size=8)
        self.set_text_color(*_SOFT)
        self.cell(0, 6, self._report.footer, align="L")
        self.set_x(self.l_margin)
        self.cell(0, 6, str(self.page_no()), align="R")

    def _write(self, text: str, size: float, colour: tuple[int, int, int] = _INK) -> None:
        self.set_font(_FONT, size=size)
        self.set_text_color(*colour)
        # Chinese breaks anywhere, and a long English word in a narrow place must.
        self.multi_cell(0, size * 0.55, text, align="L", wrapmode=WrapMode.WORD, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(size * 0.15)

    @singledispatchmethod
    def put(self, block: object) -> None:
        """Adds a block below the last one."""
        raise NotImplementedError(type(block))

    @put.register
    def _(self, block: Heading) -> None:
        self.ln(3)
        self._write(block.text, 14 if block.level == 1 else 11.5)

    @put.register
    def _(self, block: Paragraph) -> None:
        self._write(block.text, 10.5)

    @put.register
    def _(self, block: Picture) -> None:
        if block.is_photo:
            side = self.epw / 2
            self.image(io.BytesIO(block.png), w=side, h=side, keep_aspect_ratio=True)
        else:
            self.image(io.BytesIO(block.png), w=self.epw)
        self.ln(3)

    @put.register
    def _(self, block: Table) -> None:
        self.set_font(_FONT, size=9.5)
        self.set_text_color(*_INK)
        with self.table(
            col_widths=tuple(block.widths) or None,
            headings_style=FontFace(fill_color=_SHADE),
            line_height=6,
            padding=1,
            text_align="LEFT",
        ) as table:
            for row in (block.header, *block.rows):
                table.row(tuple(row))
        self.ln(3)
