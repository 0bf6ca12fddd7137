"""Columns over time and bars by name as PNG, to be read on a phone: 900 pixels wide, so 30 are 12 on its screen."""

from __future__ import annotations

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.text_drawing import fitting, font

WIDTH, HEIGHT = 900, 560
_LEFT, _TOP, _RIGHT, _BOTTOM = 90, 110, 870, 480
GROUND, GRID, INK, SOFT, COLUMN, BEFORE, HIDDEN = (
    "#ffffff",
    "#dde3e7",
    "#22303c",
    "#6b7680",
    "#1f6fb5",
    "#c3d4e3",
    "#b9bfc4",
)
_HIDDEN_HEIGHT = 26
_BAR = 58

Value = int | None
"""None: there is something, but too little to be shown."""


def columns(title: str, values: Sequence[Value], labels: Sequence[str], before: Sequence[Value] = ()) -> bytes:
    """A column for each value, over the paler ones of the time before; one that is hidden is a grey stub.

    `labels` stand evenly below: as many as columns, each below its own; fewer, the first at the left edge, the last at
    the right.
    """
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((_LEFT - 50, 30), title, INK, font(fitting(title, WIDTH - 80, 34)))
    marks = axis_marks(max([*(value for value in (*values, *before) if value is not None), 1]))
    maximum = marks[-1]
    for mark in marks:
        y = _BOTTOM - mark / maximum * (_BOTTOM - _TOP)
        draw.line((_LEFT, y, _RIGHT, y), GRID, 2)
        draw.text((_LEFT - 12, y), f"{mark:,}", SOFT, font(26), anchor="rm")
    count = max(len(values), len(before), 1)
    step = (_RIGHT - _LEFT) / count
    for at, value in enumerate(before):
        _column(draw, _LEFT + at * step, step, value, maximum, BEFORE, 0)
    for at, value in enumerate(values):
        _column(draw, _LEFT + at * step, step, value, maximum, COLUMN, step / 5 if before else 0)
    _labels(draw, labels, count, step)
    return png(image)


def axis_marks(maximum: int) -> Sequence[int]:
    """Whole numbers from 0 to the maximum or just above it, each once."""
    if maximum < 2:
        return (0, 1)
    top = maximum + maximum % 2
    return (0, top // 2, top)


def _column(
    draw: ImageDraw.ImageDraw, left: float, step: float, value: Value, maximum: int, colour: str, inset: float
) -> None:
    box = (left + 1 + inset, max(left + step - 2 - inset, left + 1 + inset))
    if value is None:
        draw.rectangle((box[0], _BOTTOM - _HIDDEN_HEIGHT, box[1], _BOTTOM), None, HIDDEN, 2)
        draw.line((box[0], _BOTTOM, box[1], _BOTTOM - _HIDDEN_HEIGHT), HIDDEN, 2)
    elif value:
        draw.rectangle((box[0], _BOTTOM - value / maximum * (_BOTTOM - _TOP), box[1], _BOTTOM), colour)


def _labels(draw: ImageDraw.ImageDraw, labels: Sequence[str], count: int, step: float) -> None:
    for at, label in enumerate(labels):
        if len(labels) == count:
            x, anchor = _LEFT + (at + 0.5) * step, "ma"
            if max(font(24).getlength(one) for one in labels) > step - 6 and at % 2:
                continue
        else:
            x = _LEFT + at / max(len(labels) - 1, 1) * (_RIGHT - _LEFT)
            anchor = "la" if at == 0 else "ra" if at == len(labels) - 1 else "ma"
        draw.text((x, _BOTTOM + 16), label, SOFT, font(26), anchor=anchor)


def bars(title: str, rows: Sequence[tuple[str, Value]], hidden: str = "") -> bytes:
    """A bar for each name, in the order given, with its figure at its end; `hidden` stands where one is not shown."""
    height = 120 + _BAR * max(len(rows), 1) + 20
    image = Image.new("RGB", (WIDTH, height), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((40, 30), title, INK, font(fitting(title, WIDTH - 80, 34)))
    left = 60 + min(360, max((font(28).getlength(name) for name, _ in rows), default=0))
    maximum = max((value for _, value in rows if value is not None), default=1)
    for at, (name, value) in enumerate(rows):
        middle = 120 + _BAR * (at + 0.5)
        draw.text((left - 16, middle), name, INK, font(fitting(name, left - 40, 28)), anchor="rm")
        right = left + (value or 0) / max(maximum, 1) * (WIDTH - left - 120)
        draw.rectangle((left, middle - 18, max(right, left + 2), middle + 18), HIDDEN if value is None else COLUMN)
        draw.text((right + 12, middle), hidden if value is None else f"{value:,}", SOFT, font(28), anchor="lm")
    return png(image)


def png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
