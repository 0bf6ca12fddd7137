"""The member's card shows names as they are, and says which characters it can't show."""

from __future__ import annotations

import io

import pytest
from PIL import Image, ImageDraw

from bot.pictures import text_drawing
from bot.pictures.membership_card import paint
from handlers.chat.pictures import Card

GIVEN_NAMES = "喆镕堃玥赟祎翀昇淼犇珺璟瑀曈晞妘垚焱燊婳𬱖"
"""Characters of today's given names."""


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with the bundled font alone."""
    monkeypatch.setattr(text_drawing, "font_files", lambda: ((str(text_drawing.BUNDLED), 0),))
    text_drawing.font.cache_clear()
    text_drawing.font_of.cache_clear()


@pytest.mark.usefixtures("no_system_fonts")
def test_the_bundled_font_has_todays_given_names() -> None:
    assert text_drawing.undrawable(GIVEN_NAMES) == ""
    assert text_drawing.undrawable("王\ue000明\U00031350 Ab·") == "\ue000\U00031350"
    text_drawing.font_of.cache_clear()


def drawn(text: str) -> bytes:
    image = Image.new("L", (400, 100))
    text_drawing.draw_text(ImageDraw.Draw(image), (0, 0), text, "white", 60)
    return image.tobytes()


def test_a_line_is_drawn_in_pieces_of_one_font_each() -> None:
    assert drawn("王明") != drawn("王喆") != drawn("王\U0010ffff")
    assert text_drawing.length("王明", 40) == 80
    assert text_drawing.fitting("王" * 50, 400, 72) == 18


def test_any_name_makes_a_card() -> None:
    for name in ("王喆", "阿卜杜拉·买买提", "\ue000\u0301", "", "x" * 500):
        png = paint(Card("工会", "会员卡", name, "会员号 000017", "since", "https://t.me/x?start=card_y"))
        with Image.open(io.BytesIO(png)) as picture:
            assert picture.size == (1_000, 630)
