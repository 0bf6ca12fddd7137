"""Columns over time as PNG, to be read on a phone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FONT = Path(__file__).parent / "fonts" / "NotoSansSC-GB2312.otf"
WIDTH, HEIGHT = 900, 560
_LEFT, _TOP, _RIGHT, _BOTTOM = 90, 110, 870, 480
GROUND, GRID, INK, SOFT, COLUMN = "#ffffff", "#dde3e7", "#22303c", "#6b7680", "#1f6fb5"


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """The bundled font, which has ASCII and GB 2312, in pixels."""
    return ImageFont.truetype(str(FONT), size)


def columns(title: str, values: Sequence[int], labels: Sequence[str]) -> bytes:
    """A column for each value; `labels` stand evenly below, the first at the left edge, the last at the right."""
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((_LEFT - 50, 30), title, INK, font(34))
    most = max(max(values, default=0), 1)
    for part in (0, 0.5, 1):
        y = _BOTTOM - part * (_BOTTOM - _TOP)
        draw.line((_LEFT, y, _RIGHT, y), GRID, 2)
        draw.text((_LEFT - 12, y), f"{most * part:,.0f}", SOFT, font(24), anchor="rm")
    step = (_RIGHT - _LEFT) / max(len(values), 1)
    for at, value in enumerate(values):
        left = _LEFT + at * step
        top = _BOTTOM - value / most * (_BOTTOM - _TOP)
        if value:
            draw.rectangle((left + 1, top, max(left + step - 2, left + 1), _BOTTOM), COLUMN)
    for at, label in enumerate(labels):
        share = at / max(len(labels) - 1, 1)
        anchor = "la" if at == 0 else "ra" if at == len(labels) - 1 else "ma"
        draw.text((_LEFT + share * (_RIGHT - _LEFT), _BOTTOM + 16), label, SOFT, font(26), anchor=anchor)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
