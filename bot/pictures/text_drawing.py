"""Fonts: the bundled one, then those of the system for what it lacks; and text drawn with them."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageDraw, ImageFont

BUNDLED = Path(__file__).parent / "fonts" / "NotoSansSC-Names.otf"
"""ASCII, GB 2312, and all of China's 8,105 standard characters, which today's given names are chosen from."""
_SYSTEM = (
    ("opentype/noto/NotoSansCJK-Regular.ttc", 2),
    ("truetype/noto/NotoSans-Regular.ttf", 0),
    ("truetype/dejavu/DejaVuSans.ttf", 0),
)
"""Of Debian's fonts-noto-cjk, fonts-noto-core and fonts-dejavu-core: the file, and the font in it."""
_SHARED = Path("/usr/share/fonts")
_NOWHERE = "\U0010ffff"
"""No font has it, so this is how a character looks that one lacks."""


@cache
def font_files() -> tuple[tuple[str, int], ...]:
    there = [(str(_SHARED / name), index) for name, index in _SYSTEM if os.access(_SHARED / name, os.R_OK)]
    return ((str(BUNDLED), 0), *there)


@cache
def font(size: int, at: int = 0) -> ImageFont.FreeTypeFont:
    """The bundled font in pixels, or another in the order in which they are tried."""
    file, index = font_files()[at]
    return ImageFont.truetype(file, size, index)


@lru_cache(maxsize=4_096)
def font_of(char: str) -> int | None:
    """The first font that has the character; None if none has."""
    if char.isspace():
        return 0
    return next((at for at in range(len(font_files())) if _has(at, char)), None)


def _has(at: int, char: str) -> bool:
    there, lacking = (font(20, at).getmask(one) for one in (char, _NOWHERE))
    return there.size != lacking.size or bytes(there) != bytes(lacking)


def undrawable(text: str) -> str:
    """The characters of a text that no font has, each once."""
    return "".join(dict.fromkeys(char for char in text if font_of(char) is None))


def _runs(text: str) -> Iterator[tuple[int, str]]:
    """The text in pieces of one font each."""
    for at, chars in itertools.groupby(text, lambda char: font_of(char) or 0):
        yield at, "".join(chars)


def length(text: str, size: int) -> float:
    """Pixels."""
    return sum(font(size, at).getlength(run) for at, run in _runs(text))


def fitting(text: str, room: float, maximum: int) -> int:
    """The largest size, up to `maximum`, at which the text fits; 18 at least."""
    size = maximum
    while size > 18 and length(text, size) > room:
        size -= 2
    return size


def draw_text(draw: ImageDraw.ImageDraw, place: tuple[float, float], text: str, colour: str, size: int) -> None:
    """Draws a line from its left end, its baseline `size` below the place."""
    x, y = place
    for at, run in _runs(text):
        draw.text((x, y + size), run, colour, font(size, at), anchor="ls")
        x += font(size, at).getlength(run)
