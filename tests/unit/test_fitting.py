"""Every message that is composed fits into what Telegram takes."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.sandbox.entities import parse_html
from bot.telegram.fitting import CAPTION_UNITS, TEXT_UNITS, fitting, shortened, shown_units, units
from handlers.chat.replies import Outgoing

PIECE = st.tuples(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80), st.sampled_from(["", "b", "i", "code"])
)
PAGE = st.lists(PIECE, max_size=60).map(
    lambda pieces: "\n".join(f"<{tag}>{escape(text)}</{tag}>" if tag else str(escape(text)) for text, tag in pieces)
)


def said(source: str) -> str:
    return unescape(re.sub("<[^>]*>", "", source))


@given(PAGE, st.integers(1, 6))
def test_a_new_message_is_parted_without_losing_a_letter(page: str, times: int) -> None:
    page = "\n".join([page] * times * 5)
    calls = fitting(Outgoing("sendMessage", {"chat_id": 1, "text": page, "parse_mode": "HTML", "reply_markup": {}}))
    for call in calls:
        assert units(parse_html(str(call.params["text"])).text) <= TEXT_UNITS
    assert [("reply_markup" in call.params) for call in calls] == [False] * (len(calls) - 1) + [True]
    assert re.sub(r"\s", "", "".join(said(str(call.params["text"])) for call in calls)) == re.sub(r"\s", "", said(page))


@pytest.mark.parametrize(
    ("name", "method", "limit"),
    [
        ("text", "editMessageText", TEXT_UNITS),
        ("caption", "editMessageCaption", CAPTION_UNITS),
    ],
)
def test_a_changed_message_is_shortened(name: str, method: str, limit: int) -> None:
    page = "<b>" + "🧾 &amp; " * 2_000 + "</b>"
    (call,) = fitting(Outgoing(method, {"chat_id": 1, name: page, "parse_mode": "HTML"}))
    text = parse_html(str(call.params[name])).text
    assert units(text) <= limit and text.endswith("…") and units(text) > limit * 3 // 4


def test_what_fits_is_left_alone() -> None:
    text = "&amp;" * TEXT_UNITS  # five times as long as it is shown
    outgoing = Outgoing("sendMessage", {"chat_id": 1, "text": text, "parse_mode": "HTML"})
    assert fitting(outgoing) == [outgoing] and shortened(outgoing) is outgoing
    assert shown_units("🧾" * 2_049) == 4_098


def test_a_long_caption_goes_on_below_its_picture() -> None:
    calls = fitting(Outgoing("sendPhoto", {"chat_id": 1, "photo": "x", "caption": "word " * 500, "parse_mode": "HTML"}))
    assert [call.method for call in calls] == ["sendPhoto", "sendMessage", "sendMessage"][: len(calls)]
    assert "photo" not in calls[1].params
