"""A photo that somebody sent, made small enough for a file of many."""

from __future__ import annotations

import io

from PIL import Image, ImageOps

LONGEST_SIDE = 800
"""Pixels: sharp at half the width of a printed page."""
_MOST_PIXELS = 50_000_000
_QUALITY = 72


def scaled(photo: bytes) -> bytes | None:
    """The photo as JPEG, upright, with nothing but the picture; None if it can't be read or is unreasonably large."""
    try:
        with Image.open(io.BytesIO(photo), formats=("JPEG", "PNG", "WEBP")) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            plain = Image.new("RGB", upright.size, "white")
            shown = upright.convert("RGBA")
            plain.paste(shown, mask=shown)
            out = io.BytesIO()
            plain.save(out, "JPEG", quality=_QUALITY, optimize=True)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):  # what Pillow says of broken files
        return None
    return out.getvalue()
