"""When a ballot carries: at the borders, by exact fractions, and the same for the server and for whoever recounts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.campaigns.ballots import thresholds, turnouts, verify
from storage.campaigns.ballots.thresholds import READY_MADE, Base, Condition, Count, Measure, RuleName, carries, own

BORDERS = [
    # rule, entitled, cast, agreed, carried
    (RuleName.CHINA_36, 30, 20, 16, True),
    (RuleName.CHINA_36, 30, 20, 15, False),  # half of all is not more than half
    (RuleName.CHINA_36, 30, 19, 19, False),  # less than two thirds take part
    (RuleName.CHINA_36, 31, 20, 20, False),  # two thirds of 31 are 20.67
    (RuleName.CHINA_36, 31, 21, 16, True),
    (RuleName.CHINA_36, 31, 21, 15, False),
    (RuleName.CHINA_36, 40, 27, 20, False),
    (RuleName.CHINA_36, 40, 27, 21, True),
    (RuleName.CHINA_36, 40, 26, 26, False),
    (RuleName.MAJORITY, 30, 10, 6, True),
    (RuleName.MAJORITY, 30, 10, 5, False),
    (RuleName.MAJORITY, 30, 9, 9, False),
    (RuleName.MAJORITY, 31, 10, 10, False),
    (RuleName.MAJORITY, 31, 11, 6, True),
    (RuleName.UK_50, 20, 10, 6, True),
    (RuleName.UK_50, 20, 9, 9, False),
    (RuleName.UK_50, 21, 10, 10, False),
    (RuleName.UK_50, 21, 11, 6, True),
    (RuleName.UK_50, 21, 11, 5, False),
]


@pytest.mark.parametrize(("rule", "entitled", "cast", "agreed", "carried"), BORDERS)
def test_the_ready_made_rules_at_their_borders(
    rule: RuleName, entitled: int, cast: int, agreed: int, carried: bool
) -> None:
    assert carries(READY_MADE[rule], Count(entitled, cast, agreed)) is carried


def test_a_rule_of_ones_own() -> None:
    three_quarters = own(None, Fraction(3, 4), Base.CAST)
    assert carries(three_quarters, Count(100, 8, 6)) and not carries(three_quarters, Count(100, 9, 6))
    half = own(Fraction(1, 2), Fraction(1, 2), Base.ENTITLED)
    assert not carries(half, Count(40, 40, 20)) and carries(half, Count(40, 20, 20)) is False
    assert carries(half, Count(40, 21, 21)) and not carries(half, Count(40, 19, 19))


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("3/5", Fraction(3, 5)),
        (" 2 / 3 ", Fraction(2, 3)),
        ("2／3", Fraction(2, 3)),
        ("1/1", Fraction(1)),
        ("0/3", None),
        ("4/3", None),
        ("1/0", None),
        ("0.5", None),
        ("1/1001", None),
        ("half", None),
    ],
)
def test_a_share_is_written_as_a_fraction(text: str, share: Fraction | None) -> None:
    assert thresholds.read_share(text) == share


@given(
    st.sampled_from(Measure),
    st.sampled_from(Base),
    st.booleans(),
    st.integers(1, 60),
    st.integers(1, 60),
    st.integers(20, 2_000),
    st.data(),
)
def test_whoever_recounts_comes_to_the_same(
    measure: Measure, base: Base, is_strict: bool, over: int, under: int, entitled: int, data: st.DataObject
) -> None:
    condition = Condition(measure, Fraction(min(over, under), under), base, is_strict)
    cast = data.draw(st.integers(0, entitled))
    agreed = data.draw(st.integers(0, cast))
    result = {"roll": {"size": entitled}, "box": {"count": cast}, "counts": [agreed, cast - agreed]}
    assert Condition.read(condition.plain) == condition
    assert verify.is_met(condition.plain, result) is condition.is_met(Count(entitled, cast, agreed))


@given(st.integers(20, 100_000), st.data())
def test_a_turnout_tells_of_nobody(entitled: int, data: st.DataObject) -> None:
    """In steps of 5 %, never more than it is, and no single vote is a step unless it is the fifth."""
    voted = data.draw(st.integers(0, entitled - 1))
    before, after = turnouts.shown(voted, entitled), turnouts.shown(voted + 1, entitled)
    assert before is not None and after is not None
    assert before % 5 == 0 and before <= 100 * voted / entitled
    assert before == after or (voted + 1) % 5 == 0


def test_of_few_people_no_turnout_is_shown() -> None:
    assert turnouts.shown(19, 19) is None
    assert turnouts.shown(20, 20) == 100
