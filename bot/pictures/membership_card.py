"""A member's card as PNG: name, number, since when, and a QR code that a coordinator scans. And the code at a door."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

from bot.pictures.charts import png
from bot.pictures.text_drawing import draw_text, fitting, font
from handlers.chat.pictures import Card

WIDTH, HEIGHT = 1_000, 630
"""The shape of a bank card (ISO/IEC 7810 ID-1, 85.6 x 54 mm)."""
_QR, _EDGE, CODE = 330, 60, 720
_GROUND, _BAND, _INK, _SOFT, _LIGHT = "#fdfaf3", "#b5192b", "#22303c", "#6b7680", "#ffffff"


def paint(card: Card) -> bytes:
    """Draws it; a name that is too long for the line gets smaller, down to 18 pixels."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, WIDTH, 150), _BAND)
    draw_text(draw, (_EDGE, 45), card.organisation, _LIGHT, fitting(card.organisation, WIDTH - 2 * _EDGE, 46))
    draw.text((_EDGE, 105), card.title, _LIGHT, font(28))
    room = WIDTH - _QR - 3 * _EDGE
    draw_text(draw, (_EDGE, 235), card.name, _INK, fitting(card.name, room, 72))
    draw.text((_EDGE, 375), card.number, _INK, font(54))
    draw.text((_EDGE, 465), card.since, _SOFT, font(32))
    image.paste(qr(card.link), (WIDTH - _EDGE - _QR, 210))
    return png(image)


def paint_code(link: str, title: str) -> bytes:
    """A large QR code below a title, to be shown at a door."""
    image = Image.new("RGB", (CODE, CODE + 90), _LIGHT)
    draw = ImageDraw.Draw(image)
    draw.text((CODE / 2, 50), title, _INK, font(fitting(title, CODE - 80, 40)), anchor="mm")
    image.paste(qr(link, CODE - 120), (60, 90))
    return png(image)


def qr(link: str, side: int = _QR) -> Image.Image:
    """A QR code, `side` pixels wide."""
    import segno

    made = io.BytesIO()
    code = segno.make(link, error="m", micro=False)
    code.save(made, kind="png", scale=8, border=2)
    with Image.open(made) as picture:
        return picture.convert("RGB").resize((side, side), Image.Resampling.NEAREST)
