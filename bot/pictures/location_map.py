"""The map without tiles: the rider in the middle, numbered stations, rings of distance, north and scale."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageDraw

from bot.pictures import text_drawing
from handlers.chat.pictures import Spot
from handlers.i18n import translations
from storage.geodesy import bearing_and_distance
from storage.plain_text import clean

WIDTH, MAP_HEIGHT, LINE = 900, 820, 64
_NAME, _NUMBER, _LABEL, _FIGURE, _PIN = 36, 36, 30, 26, 30
"""Sizes in pixels: a phone shows the picture at two fifths of its width."""
_FINER = 2
"""Everything is drawn larger by this and then reduced, for smooth edges."""
_MIDDLE = (WIDTH / 2, MAP_HEIGHT / 2)
_REACH = 340.0
"""Pixels from the middle to the outermost ring."""
_NAME_LENGTH = 12
_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)

GROUND, RING, INK, SOFT, RIDER, OPEN, CLOSED = (
    "#f4f1e8",
    "#cfc8b4",
    "#22303c",
    "#6b7680",
    "#d7263d",
    "#1f7a4d",
    "#8a8f94",
)

Box = tuple[float, float, float, float]


class _Placed(NamedTuple):
    spot: Spot
    metres: float
    x: float
    y: float


def paint(latitude: float, longitude: float, spots: Sequence[Spot], language: str) -> bytes:
    """The picture, WIDTH pixels wide; below the map a line for each station."""
    ways = [bearing_and_distance(latitude, longitude, spot.latitude, spot.longitude) for spot in spots]
    ring = ring_for(max((metres for _, metres in ways), default=0.0))
    scale = _REACH / (3 * ring)
    placed = [
        _Placed(
            spot,
            metres,
            _MIDDLE[0] + math.sin(math.radians(bearing)) * metres * scale,
            _MIDDLE[1] - math.cos(math.radians(bearing)) * metres * scale,
        )
        for spot, (bearing, metres) in zip(spots, ways, strict=True)
    ]
    canvas = _Canvas(MAP_HEIGHT + LINE * len(placed) + 20)
    _rings(canvas, ring, language)
    _north_and_scale(canvas, ring * scale, translations.distance(ring, language))
    _stations(canvas, placed)
    _rider(canvas)
    _legend(canvas, placed, language)
    return canvas.png()


def ring_for(farthest: float) -> float:
    """Metres between the rings: the smallest round figure with which three rings hold everything, with little room to
    spare."""
    exact = max(farthest / 3, 50.0)
    power = 10.0 ** math.floor(math.log10(exact))
    return next(step * power for step in _STEPS if step * power >= exact)


class _Canvas:
    """Draws in the picture's own pixels, whatever the finer grid."""

    def __init__(self, height: int) -> None:
        self.height = height
        self._image = Image.new("RGB", (WIDTH * _FINER, height * _FINER), GROUND)
        self._draw = ImageDraw.Draw(self._image)

    def circle(
        self, x: float, y: float, radius: float, fill: str | None, outline: str | None = None, width: int = 1
    ) -> None:
        box = tuple(part * _FINER for part in (x - radius, y - radius, x + radius, y + radius))
        self._draw.ellipse(box, fill=fill, outline=outline, width=width * _FINER)

    def lines(self, points: Sequence[tuple[float, float]], colour: str, width: int) -> None:
        self._draw.line([(x * _FINER, y * _FINER) for x, y in points], fill=colour, width=width * _FINER)

    def area(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        self._draw.polygon([(x * _FINER, y * _FINER) for x, y in points], fill=colour)

    def plate(self, box: Box, colour: str) -> None:
        self._draw.rounded_rectangle([part * _FINER for part in box], 6 * _FINER, fill=colour)

    def text(self, x: float, y: float, text: str, size: int, colour: str = INK, anchor: str = "lm") -> None:
        self._draw.text((x * _FINER, y * _FINER), clean(text), colour, text_drawing.font(size * _FINER), anchor=anchor)

    def length(self, text: str, size: int) -> float:
        return self._draw.textlength(clean(text), text_drawing.font(size * _FINER)) / _FINER

    def png(self) -> bytes:
        small = self._image.resize((WIDTH, self.height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        small.save(out, "PNG")
        return out.getvalue()


def _rings(canvas: _Canvas, ring: float, language: str) -> None:
    for count in (1, 2, 3):
        radius = _REACH * count / 3
        canvas.circle(*_MIDDLE, radius, None, RING, 2)
        label = translations.distance(ring * count, language)
        half = canvas.length(label, _FIGURE) / 2 + 6
        x, y = _MIDDLE[0], _MIDDLE[1] + radius
        canvas.plate((x - half, y - 17, x + half, y + 17), GROUND)
        canvas.text(x, y, label, _FIGURE, SOFT, "mm")


def _north_and_scale(canvas: _Canvas, pixels: float, label: str) -> None:
    x, y = WIDTH - 56.0, 40.0
    canvas.area([(x, y - 22), (x - 14, y + 20), (x, y + 10), (x + 14, y + 20)], INK)
    canvas.text(x, y + 40, "N", 26, INK, "mm")
    left, low = 40.0, MAP_HEIGHT - 34.0
    canvas.lines([(left, low - 9), (left, low), (left + pixels, low), (left + pixels, low - 9)], INK, 3)
    canvas.text(left + pixels / 2, low - 22, label, _FIGURE, INK, "mm")


def _rider(canvas: _Canvas) -> None:
    canvas.circle(*_MIDDLE, 22, "#f6c9cf")
    canvas.circle(*_MIDDLE, 12, RIDER, "#ffffff", 3)


def _stations(canvas: _Canvas, placed: Sequence[_Placed]) -> None:
    """Numbers over names; a name stands where it hides nothing, or only in the lines below."""
    taken: list[Box] = [(one.x - _PIN, one.y - _PIN, one.x + _PIN, one.y + _PIN) for one in placed]
    taken.append((_MIDDLE[0] - 22, _MIDDLE[1] - 22, _MIDDLE[0] + 22, _MIDDLE[1] + 22))
    beside, above, half = _PIN + 8, _PIN + 26, 25
    for one in placed:
        name = _shortened(one.spot.name)
        long = canvas.length(name, _NAME)
        for x, y in (
            (one.x + beside, one.y),
            (one.x - beside - long, one.y),
            (one.x - long / 2, one.y - above),
            (one.x - long / 2, one.y + above),
        ):
            box = (x - 8, y - half, x + long + 8, y + half)
            if box[0] >= 0 and box[2] <= WIDTH and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                canvas.plate(box, "#ffffff")
                canvas.text(x, y, name, _NAME, INK if one.spot.is_open else SOFT)
                break
    for one in reversed(placed):
        canvas.circle(one.x, one.y, _PIN - 1, OPEN if one.spot.is_open else CLOSED, "#ffffff", 3)
        canvas.text(one.x, one.y, str(one.spot.number), _NUMBER, "#ffffff", "mm")


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _shortened(name: str) -> str:
    return name if len(name) <= _NAME_LENGTH else name[: _NAME_LENGTH - 1] + "…"


def _legend(canvas: _Canvas, placed: Sequence[_Placed], language: str) -> None:
    canvas.plate((0, MAP_HEIGHT, WIDTH, canvas.height), "#ffffff")
    for at, one in enumerate(placed):
        y = MAP_HEIGHT + 10 + LINE * (at + 0.5)
        canvas.circle(40, y, 25, OPEN if one.spot.is_open else CLOSED)
        canvas.text(40, y, str(one.spot.number), _LABEL, "#ffffff", "mm")
        far = translations.distance(one.metres, language)
        canvas.text(WIDTH - 24, y, far, _NAME, SOFT, "rm")
        name, room = one.spot.name, WIDTH - 120 - canvas.length(far, _NAME)
        while canvas.length(name, _NAME) > room:
            name = name[:-2] + "…"
        canvas.text(80, y, name, _NAME)
