"""Results: votes and scores weighed with exact fractions, and what is equal."""

from __future__ import annotations

from fractions import Fraction

import pytest

from storage.contests.contests import Tie
from storage.contests.ids import EntryId
from storage.contests.results import Standing, ranked, total_of


@pytest.mark.parametrize(
    ("votes", "most", "judges", "public_weight", "total"),
    [
        (10, 10, Fraction(10), 50, 100),
        (5, 10, Fraction(10), 50, 75),
        (10, 10, None, 50, 50),
        (10, 10, None, 100, 100),
        (0, 0, Fraction(8), 0, 80),
        (0, 0, Fraction(8), 50, 40),
        (0, 0, None, 50, 0),
        (1, 3, Fraction(7, 3), 30, Fraction(79, 3)),
        (870_000, 1_740_000, Fraction(1), 99, Fraction(496, 10)),
        (3, 10, Fraction(10), 1, Fraction(993, 10)),
    ],
)
def test_weights(votes: int, most: int, judges: Fraction | None, public_weight: int, total: Fraction) -> None:
    assert total_of(votes, most, judges, public_weight) == total


def standing(number: int, total: int, votes: int = 0, judges: int | None = None) -> Standing:
    return Standing(EntryId(number), votes, None if judges is None else Fraction(judges), Fraction(total))


@pytest.mark.parametrize(
    ("tie", "expected"),
    [
        (Tie.JUDGES, [(2, 1), (1, 2), (4, 2), (3, 4)]),
        (Tie.PUBLIC, [(1, 1), (4, 1), (2, 3), (3, 4)]),
    ],
)
def test_what_is_equal_is_decided_by_the_rule_and_else_shares_its_place(
    tie: Tie, expected: list[tuple[int, int]]
) -> None:
    found = [standing(1, 50, 6, 4), standing(2, 50, 4, 6), standing(3, 40, 9, 9), standing(4, 50, 6, 4)]
    assert [(one.entry_id, one.place) for one in ranked(found, tie)] == expected


def test_a_draw_has_no_equals_and_only_the_drawn_order_counts() -> None:
    found = [standing(number, 50, number, number) for number in range(1, 6)]
    drawn = [3, 9, 5, 1, 4, 2]
    order = [(one.entry_id, one.place) for one in ranked(found, Tie.DRAW, drawn)]
    assert order == [(3, 1), (5, 2), (1, 3), (4, 4), (2, 5)]
    assert [(one.entry_id, one.place) for one in ranked(found[::-1], Tie.DRAW, drawn)] == order


def test_the_draw_comes_after_the_result() -> None:
    found = [standing(1, 50), standing(2, 60)]
    assert [one.entry_id for one in ranked(found, Tie.DRAW, [1, 2])] == [2, 1]


def test_nobody_at_all() -> None:
    assert ranked([], Tie.JUDGES) == []
