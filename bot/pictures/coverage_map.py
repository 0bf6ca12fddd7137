"""Where riders search and no station is near, as a picture: squares of about 2 km, the stations as points."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw

from bot.pictures.charts import GROUND, INK, SOFT, WIDTH, png
from bot.pictures.text_drawing import fitting, font
from handlers.chat.pictures import Cell, Legend
from handlers.i18n import translations
from storage.statistics.searches import CELL

HEIGHT, TOP, BOTTOM = 1_060, 100, 160
_EDGE = 40
_REACH = 0.3
"""Degrees around the cell with the most searches: what lies further away is no part of the same town."""
_NEAR, _BARE = ((214, 228, 240), (31, 111, 181)), ((252, 221, 213), (200, 30, 45))
"""Palest and strongest colour of cells with a station near, and without."""
STATION = "#1f7a4d"

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


def paint(
    title: str, legend: Legend, cells: Sequence[Cell], stations: Sequence[tuple[float, float]], language: str
) -> bytes:
    """`cells` are not empty; drawn is the town of the one with the most searches without a station near."""
    middle = max(cells, key=lambda cell: (cell.bare, cell.searches))
    shown = [
        cell
        for cell in cells
        if abs(cell.latitude - middle.latitude) <= _REACH and abs(cell.longitude - middle.longitude) <= _REACH
    ]
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    draw = ImageDraw.Draw(image)
    draw.text((_EDGE, 30), title, INK, font(fitting(title, WIDTH - 2 * _EDGE, 34)))
    frame = _Frame(shown)
    maximum = max(one.searches for one in shown)
    for cell in shown:
        draw.rectangle(_inset(frame.box(cell)), _colour(cell, maximum))
    for latitude, longitude in stations:
        x, y = frame.point(latitude, longitude)
        if _EDGE <= x <= WIDTH - _EDGE and TOP <= y <= HEIGHT - BOTTOM:
            draw.ellipse((x - 8, y - 8, x + 8, y + 8), STATION, "#ffffff", 2)
    for cell in shown:
        _label(draw, frame.box(cell), cell, maximum)
    _legend(draw, frame, legend, language)
    return png(image)


class _Frame:
    """From degrees to pixels: an equal scale in both directions, north up."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        south, north = _bounds([cell.latitude for cell in cells])
        west, east = _bounds([cell.longitude for cell in cells])
        self.stretch = math.cos(math.radians((south + north) / 2))
        wide, high = WIDTH - 2 * _EDGE, HEIGHT - TOP - BOTTOM
        self.scale = min(wide / ((east - west) * self.stretch), high / (north - south))
        self._middle = ((south + north) / 2, (west + east) / 2)

    def point(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - self._middle[1]) * self.stretch * self.scale
        y = TOP + (HEIGHT - TOP - BOTTOM) / 2 - (latitude - self._middle[0]) * self.scale
        return x, y

    def box(self, cell: Cell) -> Box:
        """(left, top, right, bottom)."""
        left, top = self.point(cell.latitude + CELL / 2, cell.longitude - CELL / 2)
        return left, top, *self.point(cell.latitude - CELL / 2, cell.longitude + CELL / 2)

    @property
    def pixels_of_kilometre(self) -> float:
        return self.scale / 111.2


def _bounds(middles: Sequence[float]) -> tuple[float, float]:
    """With half a cell more, and room for five cells at least."""
    low, high = min(middles) - CELL, max(middles) + CELL
    lacking = max(0.0, 5 * CELL - (high - low)) / 2
    return low - lacking, high + lacking


def _colour(cell: Cell, maximum: int) -> Colour:
    palest, strongest = _BARE if cell.bare else _NEAR
    return _mixed(palest, strongest, min(math.sqrt((cell.bare or cell.searches) / max(maximum, 1)), 1.0))


def _inset(box: Box) -> Box:
    return box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1


def _label(draw: ImageDraw.ImageDraw, box: Box, cell: Cell, maximum: int) -> None:
    """The figure, over what else is drawn there; none where the cell is too small for it."""
    left, top, right, bottom = box
    label, colour = f"{cell.bare or cell.searches:,}", _colour(cell, maximum)
    size = int(min(30, (right - left) / max(len(label), 2) * 1.4))
    if size >= 14:
        is_dark = sum(colour) < 420
        draw.text(
            ((left + right) / 2, (top + bottom) / 2),
            label,
            "#ffffff" if is_dark else INK,
            font(size),
            anchor="mm",
            stroke_width=3,
            stroke_fill=colour,
        )


def _mixed(palest: Colour, strongest: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(palest, strongest, strict=True))
    return red, green, blue


def _legend(draw: ImageDraw.ImageDraw, frame: _Frame, legend: Legend, language: str) -> None:
    y = HEIGHT - BOTTOM + 34
    for at, (colour, label) in enumerate(((_BARE[1], legend.bare), (_NEAR[1], legend.near))):
        top = y + at * 44
        draw.rectangle((_EDGE, top - 14, _EDGE + 28, top + 14), colour)
        draw.text((_EDGE + 44, top), label, INK, font(28), anchor="lm")
    draw.ellipse((_EDGE + 5, y + 79, _EDGE + 23, y + 97), STATION)
    draw.text((_EDGE + 44, y + 88), legend.station, INK, font(28), anchor="lm")
    kilometres = next(step for step in (1, 2, 5, 10, 20) if step * frame.pixels_of_kilometre >= 80 or step == 20)
    right, long = WIDTH - _EDGE, kilometres * frame.pixels_of_kilometre
    draw.line((right - long, y + 88, right, y + 88), INK, 3)
    draw.text((right, y + 64), translations.distance(kilometres * 1_000, language), SOFT, font(26), anchor="rm")
