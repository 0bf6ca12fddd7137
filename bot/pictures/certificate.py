"""A certificate as PNG, in the shape of a page: whose it is, what was reached, and a QR code that the bot checks."""

from __future__ import annotations

from PIL import Image, ImageDraw

from bot.pictures.charts import png
from bot.pictures.membership_card import qr
from bot.pictures.text_drawing import draw_text, fitting
from handlers.chat.pictures import Certificate

WIDTH, HEIGHT = 1_400, 990
"""The shape of a page of A4, lying."""
_QR, _EDGE, _FRAME = 220, 110, 36
_GROUND, _BAND, _INK, _SOFT, _GOLD = "#fffdf6", "#b5192b", "#22303c", "#6b7680", "#b08d3c"


def paint(certificate: Certificate) -> bytes:
    """Draws it; a line that is too long for the page gets smaller."""
    image = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    draw = ImageDraw.Draw(image)
    draw.rectangle((_FRAME, _FRAME, WIDTH - _FRAME, HEIGHT - _FRAME), outline=_GOLD, width=6)
    draw.rectangle((_FRAME + 14, _FRAME + 14, WIDTH - _FRAME - 14, HEIGHT - _FRAME - 14), outline=_GOLD, width=2)
    lines = [
        (110, certificate.title, _BAND, 84),
        (240 if certificate.members else 260, certificate.name, _INK, 76),
        (340, certificate.members, _SOFT, 30),
        (385, certificate.work, _INK, 44),
        *((480 + 70 * at, one, _BAND, 48) for at, one in enumerate(certificate.reached)),
        (740, certificate.organisation, _INK, 40),
        (800, certificate.day, _SOFT, 32),
    ]
    for at, (top, text, colour, size) in enumerate(lines):
        room = WIDTH - 2 * _EDGE - (_QR if at >= len(lines) - 2 else 0)
        if not text:
            continue
        draw_text(draw, (_EDGE, top), text, colour, fitting(text, room, size))
    left, top = WIDTH - _EDGE - _QR, HEIGHT - _EDGE - _QR - 20
    image.paste(qr(certificate.link, _QR), (left, top))
    draw_text(draw, (left, top + _QR + 6), certificate.hint, _SOFT, fitting(certificate.hint, _QR, 24))
    return png(image)
