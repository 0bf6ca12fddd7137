"""What has changed between two versions of a clause, and which clause is which."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.campaigns.agreements.differences import Kind, difference, shortened
from storage.campaigns.agreements.matching import Compared, Match, match

_SIGNS = {Kind.SAME: "{}", Kind.GONE: "[-{}-]", Kind.NEW: "[+{}+]", Kind.LEFT_OUT: "…"}


def written(old: str, new: str) -> str:
    return "".join(_SIGNS[piece.kind].format(piece.text) for piece in shortened(difference(old, new)))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("可休息二十分钟。", "可休息三十分钟。", "可休息[-二-][+三+]十分钟。"),
        ("骑手可以休息。", "骑手可以休息，也可以喝水。", "骑手可以休息[+，也可以喝水+]。"),
        ("may rest for 20 minutes", "may rest for 30 minutes", "may rest for [-20-][+30+] minutes"),
        ("a fine of 3.50 yuan", "a fine of 3.75 yuan", "a fine of [-3.50-][+3.75+] yuan"),
        ("the red bag", "the blue box", "the [-red bag-][+blue box+]"),
        ("骑手自费购买工服", "平台提供工服", "[-骑手自费购买-][+平台提供+]工服"),
        ("the same", "the same", "the same"),
        ("", "new", "[+new+]"),
        ("gone", "", "[-gone-]"),
        ("甲" + "乙丙丁戊" * 50 + "己", "甲" + "乙丙丁戊" * 50 + "庚", None),
    ],
)
def test_what_has_changed(old: str, new: str, shown: str | None) -> None:
    if shown is not None:
        assert written(old, new) == shown
        return
    found = written(old, new)
    assert found.startswith("…") and found.endswith("[-己-][+庚+]") and len(found) < 60


@given(*[st.text(alphabet="甲乙丙丁 ab1。", max_size=80)] * 2)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.NEW) == old
    assert "".join(piece.text for piece in pieces if piece.kind is not Kind.GONE) == new


@pytest.mark.parametrize(
    ("old", "new"),
    [("的" * 1_500, "的" * 1_400 + "了" * 100), ("的了" * 750, "了的的" * 500), ("a b " * 375, "b a " * 375)],
)
def test_texts_that_repeat_themselves_do_not_take_long(old: str, new: str) -> None:
    """A word at a time these took up to 22 s."""
    begun = time.process_time()
    difference(old, new)
    assert time.process_time() - begun < 1


def _clause(count: int | None, heading: str, text: str) -> Compared:
    return Compared(count, 1, heading, text)


OLD = [
    _clause(1, "", "本合同适用于德州市。"),
    _clause(2, "休息", "骑手每连续接单四小时，可休息二十分钟。"),
    _clause(3, "高温", "高温天每单补贴一元。"),
]


@pytest.mark.parametrize(
    ("new", "places"),
    [
        (OLD, [0, 1, 2]),
        ([OLD[2], OLD[0], OLD[1]], [2, 0, 1]),
        ([_clause(1, "休息", "骑手每连续接单三小时，可休息三十分钟。"), OLD[0]], [1, 0]),
        ([OLD[0], _clause(2, "保险", "平台为骑手购买职业伤害保险。"), OLD[1]], [0, None, 1]),
        ([OLD[1], OLD[1]], [1, None]),
        ([_clause(3, "高温", "气温四十度以上停止派单。")], [None]),
        ([], []),
    ],
)
def test_which_clause_is_which(new: list[Compared], places: list[int | None]) -> None:
    assert [None if found is None else found.old for found in match(OLD, new)] == places
    assert match([], new) == [None] * len(new)


def test_english_clauses_are_matched_too() -> None:
    old = [_clause(1, "Rest", "Riders may rest for 20 minutes after four hours.")]
    new = [
        _clause(2, "Rest", "Riders may rest for 30 minutes after three hours."),
        _clause(1, "Pay", "Each order pays 5."),
    ]
    assert [found and found.old for found in match(old, new)] == [0, None]
    assert match(old, old) == [Match(0, 1.0)]
