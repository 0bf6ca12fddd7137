"""When a ballot carries: exact fractions of those entitled, or of the votes cast.

Votes cast are all papers in the box, abstentions too. The first option is the one that has to reach its share.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from storage.campaigns.ballots.verify import SHARE

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
_LARGEST = 1_000
_WRITTEN = re.compile(r"(\d{1,4})\s*(?:/|／|:)\s*(\d{1,4})")


class Measure(StrEnum):
    TURNOUT = "turnout"
    """Who took part."""
    APPROVAL = "approval"
    """Who chose the first option."""


class Base(StrEnum):
    ENTITLED = "entitled"
    CAST = "cast"


class Count(NamedTuple):
    """What a ballot has come to: people on the roll, papers in the box, votes for the first option."""

    entitled: int
    cast: int
    agreed: int


@dataclass(frozen=True, slots=True)
class Condition:
    """A share that has to be reached, or exceeded where it `is_strict`."""

    measure: Measure
    share: Fraction
    base: Base
    is_strict: bool

    def is_met(self, count: Count) -> bool:
        reached = count.cast if self.measure is Measure.TURNOUT else count.agreed
        needed = self.share * (count.entitled if self.base is Base.ENTITLED else count.cast)
        return reached > needed if self.is_strict else reached >= needed

    @property
    def plain(self) -> dict[str, Any]:
        """For JSON."""
        than = "more than" if self.is_strict else "at least"
        share = f"{self.share.numerator}/{self.share.denominator}"
        return {"measure": self.measure.value, "needs": than, "of": self.base.value, "share": share}

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Condition:
        """Raises ValueError or KeyError: it is none."""
        if not SHARE.fullmatch(plain["share"]):  # of "1e999999999" Fraction would make a number without an end
            raise ValueError
        is_strict = {"more than": True, "at least": False}[plain["needs"]]
        return cls(Measure(plain["measure"]), Fraction(plain["share"]), Base(plain["of"]), is_strict)


class RuleName(StrEnum):
    CHINA_36 = "china_36"
    """集体合同规定 (2004), art. 36: two thirds take part, and more than half of all agree."""
    MAJORITY = "majority"
    """More than half of the votes cast, with a quorum of a third."""
    UK_50 = "uk_50"
    """Trade Union Act 2016, s. 2. By law such a ballot is by post, so that this one is advisory."""
    OWN = "own"


Rule = tuple[Condition, ...]
"""Conditions that all have to be met."""


def of_turnout(share: Fraction) -> Condition:
    """At least this share of those entitled takes part."""
    return Condition(Measure.TURNOUT, share, Base.ENTITLED, is_strict=False)


def of_approval(share: Fraction, base: Base) -> Condition:
    """This share agrees: more than a half where it is a half, since half against half carries nothing; else at least
    as many."""
    return Condition(Measure.APPROVAL, share, base, is_strict=share == HALF)


READY_MADE: dict[RuleName, Rule] = {
    RuleName.CHINA_36: (of_turnout(TWO_THIRDS), of_approval(HALF, Base.ENTITLED)),
    RuleName.MAJORITY: (of_turnout(Fraction(1, 3)), of_approval(HALF, Base.CAST)),
    RuleName.UK_50: (of_turnout(HALF), of_approval(HALF, Base.CAST)),
}
ADVISORY_ONLY = frozenset({RuleName.UK_50})


def own(turnout: Fraction | None, approval: Fraction, base: Base) -> Rule:
    """A rule of one's own; without a quorum where `turnout` is None."""
    quorum = () if turnout is None else (of_turnout(turnout),)
    return (*quorum, of_approval(approval, base))


def carries(rule: Rule, count: Count) -> bool:
    return all(condition.is_met(count) for condition in rule)


def read_share(text: str) -> Fraction | None:
    """ "3/5"; None if it is no share from 0 (exclusive) to 1."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    over, under = int(found[1]), int(found[2])
    return Fraction(over, under) if 0 < over <= under <= _LARGEST else None
