"""Marks and changes of pooled pay, worked out of classes of which some are random; and which cells may be shown."""

from __future__ import annotations

import math
from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.disclosure import MIN_CELL_SIZE
from storage.pay.pool.cells import EVERYBODY, By, Cell, may_be_shown
from storage.pay.pool.classes import CLASSES, LOWEST, Tally, border, chance_of, class_of, told
from storage.pay.pool.figures import change, marks

MEDIAN = 3_000


def week(chance: Random, people: int, median: float = MEDIAN) -> Tally:
    """Of riders whose pay varies by some 20 per cent."""
    pay = (median * math.exp(chance.gauss(0, 0.2)) for _ in range(people))
    return Tally(Counter(told(class_of(round(one)), chance) for one in pay))


def test_a_class_holds_what_is_between_its_borders() -> None:
    for pay in (LOWEST + 1, 1_234, 3_000, 49_999):
        assert border(class_of(pay)) <= pay <= border(class_of(pay) + 1)
    assert (class_of(0), class_of(-500), class_of(10_000_000)) == (0, 0, CLASSES - 1)


class Forced(Random):
    """Has this class told at random."""

    def __init__(self, pay_class: int) -> None:
        super().__init__(0)
        self._pay_class = pay_class

    def random(self) -> float:
        return 0.0

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        assert (start, stop, step) == (CLASSES, None, 1)
        return self._pay_class


@given(st.integers(0, CLASSES - 1), st.integers(0, CLASSES - 1))
@settings(max_examples=20)
def test_any_class_can_be_told_whatever_is_true(true_class: int, other: int) -> None:
    assert told(true_class, Forced(other)) == other


def test_marks_are_near_the_true_ones_though_some_answers_are_random() -> None:
    found = marks(week(Random(1), 1_000))
    assert found.lower is not None and found.upper is not None
    assert found.median == pytest.approx(MEDIAN, rel=0.03)
    assert found.lower == pytest.approx(MEDIAN * math.exp(-0.6745 * 0.2), rel=0.04)
    assert found.upper == pytest.approx(MEDIAN * math.exp(0.6745 * 0.2), rel=0.04)


def test_quarter_marks_are_of_ten_people_or_more() -> None:
    assert marks(week(Random(1), 9)).lower is None
    assert marks(week(Random(1), 10)).lower is not None


ERROR_OF_ONE = 0.05 / 40


def test_a_change_is_told_only_when_it_is_more_than_chance() -> None:
    chance = Random(7)
    told_of = [change(week(chance, 100), week(chance, 100), 0.05) for _ in range(100)]
    assert sum(one is not None for one in told_of) <= 7, "as seldom as it says"
    found = [change(week(chance, 1_000), week(chance, 1_000, MEDIAN * 0.9), ERROR_OF_ONE) for _ in range(5)]
    assert found == [pytest.approx(-0.1, abs=0.04)] * 5
    assert change(week(chance, 29, 1_000), week(chance, 29, 9_000), ERROR_OF_ONE) is None, "too few people"


def test_weeks_are_compared_also_where_all_earn_the_same() -> None:
    assert chance_of(Tally({50: 60}), Tally({50: 40})) == 1
    assert chance_of(Tally({50: 60}), Tally({40: 40})) < 1e-9


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 12)), st.integers(0, 6))
@settings(max_examples=100)
def test_no_small_group_follows_by_subtraction(named: dict[str, int], nameless: int) -> None:
    people = {Cell(By.PLATFORM, name): count for name, count in named.items()}
    people |= {Cell(By.PLATFORM, ""): nameless, EVERYBODY: sum(named.values()) + nameless}
    shown = may_be_shown(people)
    assert all(people[cell] >= MIN_CELL_SIZE for cell in shown)
    rest = people[EVERYBODY] - sum(people[cell] for cell in shown - {EVERYBODY})
    assert not shown or rest == 0 or rest >= MIN_CELL_SIZE
    large = {cell for cell, count in people.items() if cell.name and count >= MIN_CELL_SIZE}
    assert len(large - shown) <= 1, "no more is hidden than has to be"
