"""The sandbox reads the codes that the bot draws."""

from __future__ import annotations

import io

import pytest
import segno
from PIL import Image

from bot.pictures.membership_card import paint_code
from bot.sandbox.codes import NoCode, read_code


def drawn(text: str, level: str, scale: int, version: int | None = None) -> bytes:
    """A code on a larger picture, as on the card."""
    code, part, whole = segno.make_qr(text, error=level, version=version), io.BytesIO(), io.BytesIO()
    code.save(part, kind="png", scale=scale, border=2)
    picture = Image.new("RGB", (900, 900), "#f6efe0")
    picture.paste(Image.open(part).convert("RGB"), (41, 137))
    picture.save(whole, "PNG")
    return whole.getvalue()


@pytest.mark.parametrize("level", "lmqh")
@pytest.mark.parametrize(("scale", "version"), [(1, None), (4, None), (7, 7), (3, 9), (5, 14), (3, 27)])
def test_a_code_is_read(level: str, scale: int, version: int | None) -> None:
    link = "https://t.me/nuanxin_bot?start=in_5_8f3a6cdd0e"
    assert read_code(drawn(link, level, scale, version)) == link


def test_the_code_at_the_door_is_read() -> None:
    link = "https://t.me/nuanxin_bot?start=in_5_8f3a6cdd0e"
    assert read_code(paint_code(link, "签到 三人篮球赛")) == link


@pytest.mark.parametrize("content", [b"no picture", b""])
def test_there_is_none(content: bytes) -> None:
    blank = io.BytesIO()
    Image.new("L", (80, 60), 255).save(blank, "PNG")
    for one in (content, blank.getvalue()):
        with pytest.raises(NoCode):
            read_code(one)
