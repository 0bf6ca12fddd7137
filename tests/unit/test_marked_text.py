"""Formatting that is typed on a page: what becomes of it, and how it is shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.web.phone_view import formatted
from handlers.broadcasts.marked_text import LONGEST, MOST_MARKED, read_marked, units
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from storage.plain_text import clean_paragraph

TALK = cast(Talk, SimpleNamespace(_=lambda text: text))


def read(typed: str) -> tuple[str, list[Any]]:
    params = read_marked(TALK, typed).params
    return params["text"], [(one["type"], one["offset"], one["length"]) for one in params["entities"]]


@pytest.mark.parametrize(
    ("typed", "text", "entities"),
    [
        ("plain", "plain", []),
        ("a **b** c", "a b c", [("bold", 2, 1)]),
        ("🎉 **b**", "🎉 b", [("bold", 3, 1)]),
        ("__a **b**__", "a b", [("italic", 0, 3), ("bold", 2, 1)]),
        ("~~a~~ ||b||", "a b", [("strikethrough", 0, 1), ("spoiler", 2, 1)]),
        ("`**a**`", "**a**", [("code", 0, 5)]),
        ("[**a** b](https://example.org/x)", "a b", [("text_link", 0, 3), ("bold", 0, 1)]),
        ("[https://bank.cn](https://example.org)", "https://bank.cn", [("text_link", 0, 15)]),
        ("see https://example.org/a_b__c, ok", "see https://example.org/a_b__c, ok", [("url", 4, 26)]),
        ("**a\nb**", "a\nb", [("bold", 0, 3)]),
        ("2 ** 3 ** 4", "2 ** 3 ** 4", []),
        ("**not closed", "**not closed", []),
        ("** a**", "** a**", []),
        ("snake__case", "snake__case", []),
        ("[a] (b)", "[a] (b)", []),
    ],
)
def test_marks_become_formatting(typed: str, text: str, entities: list[Any]) -> None:
    assert read(typed) == (text, entities)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " \n ",
        "[a](javascript:x)",
        "[a](http://user@evil.example)",
        "[a](ftp://x)",
        "x" * (LONGEST + 1),
        "`a` " * (MOST_MARKED + 1),
        "x" * 100_000,
    ],
)
def test_what_can_not_be_sent_is_refused(typed: str) -> None:
    with pytest.raises(NotAnAnswer):
        read_marked(TALK, typed)


@given(st.text(alphabet=st.sampled_from("ab 🎉\n*_~|`[]()"), max_size=60))
def test_every_mark_lies_in_the_text_and_nests(typed: str) -> None:
    try:
        params = read_marked(TALK, typed).params
    except NotAnAnswer:
        return
    spans = [(one["offset"], one["offset"] + one["length"]) for one in params["entities"]]
    assert all(0 <= start < end <= units(params["text"]) for start, end in spans)
    for start, end in spans:
        assert not any(start < other < end < other_end for other, other_end in spans)
    shown = formatted(params["text"], params["entities"])
    assert shown.striptags().split() == params["text"].split()


@given(st.text(alphabet="ab 中🎉\n", max_size=60))
def test_a_text_without_marks_stays_as_it_is(typed: str) -> None:
    cleaned = clean_paragraph(typed)
    if cleaned:
        assert read(typed) == (cleaned, [])


def test_the_worst_text_is_read_soon() -> None:
    """No closing mark is ever found; each opening one looks for it."""
    text = "**x " * 1_000
    assert read(text) == (clean_paragraph(text), [])


ENTITIES = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["bold", "italic", "text_link", "spoiler", "pre", "blockquote", "<b>"]),
        "offset": st.integers(-3, 20),
        "length": st.integers(-3, 20),
        "url": st.sampled_from(["https://example.org/?a=1&b=2", "javascript:alert(1)", '"><script>']),
    }
)


@given(st.text(alphabet='ab<>&"🎉', max_size=12), st.lists(ENTITIES, max_size=5))
def test_any_entities_are_shown_as_text(text: str, entities: list[Any]) -> None:
    """Also ones that overlap, lie outside or cut a sign in two; nothing of it is HTML of its own."""
    shown = str(formatted(text, entities))
    assert "<script" not in shown and "javascript" not in shown and shown.count("<") == shown.count(">")
    for tag in ("b", "i", "a", "span", "pre", "blockquote"):
        assert shown.count(f"<{tag}>") + shown.count(f"<{tag} ") == shown.count(f"</{tag}>")
