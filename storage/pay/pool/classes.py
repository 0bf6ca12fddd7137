"""Classes of hourly pay, what a pay book tells the pool, and what can be said about pay by the classes alone.

What is told is random now and then (randomised response: Warner, 1965). Whatever is shown, and whatever stands in the
database, may therefore have come from any pay, and who knows what all others told can still not be certain about one.
Since the share of random answers is known, it is taken out again where pay is worked out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

LOWEST = 200
"""Hundredths: the lower border of the first class. Less than that counts into it."""
STEP = 1.02
"""Each class is 2 per cent wide."""
CLASSES = 280
"""Up to about 510 of the currency an hour; more than that counts into the last one."""
RANDOM_SHARE = 0.25
"""How often a random class is told in place of the true one."""


def class_of(per_hour: int) -> int:
    """The class of an hourly pay in hundredths."""
    if per_hour <= LOWEST:
        return 0
    return min(int(math.log(per_hour / LOWEST) / math.log(STEP)), CLASSES - 1)


def border(pay_class: float) -> float:
    """The lower border of a class in hundredths; between two borders for a broken number."""
    return LOWEST * math.pow(STEP, pay_class)


def told(true_class: int, chance: Random) -> int:
    """What the pool is told: the class, or any class by chance."""
    return chance.randrange(CLASSES) if chance.random() < RANDOM_SHARE else true_class


@dataclass(frozen=True)
class Tally:
    """How many people told each class."""

    counts: Mapping[int, int]

    @property
    def people(self) -> int:
        return sum(self.counts.values())

    def mark(self, share: float) -> float:
        """The pay, in hundredths an hour, below which this share of the people is: 0.5 for the median.

        With few people, random answers can make the estimated share reach the mark at several borders; then it is
        halfway between the first and the last of them.
        """
        shares = self._shares()
        first = next((at for at, one in enumerate(shares) if one >= share), CLASSES)
        last = next((at for at in range(CLASSES, -1, -1) if shares[at] < share), 0)
        return border((first + last) / 2)

    def below(self, pay_class: int) -> int:
        """How many people told a lower class."""
        return sum(count for one, count in self.counts.items() if one < pay_class)

    def _shares(self) -> list[float]:
        """The estimated share of the people below each border, without the random answers."""
        below, shares = 0, []
        for at in range(CLASSES + 1):
            by_chance = RANDOM_SHARE * at / CLASSES
            shares.append((below / self.people - by_chance) / (1 - RANDOM_SHARE))
            below += self.counts.get(at, 0)
        return shares


def chance_of(one: Tally, other: Tally) -> float:
    """How probable a difference as great as this one is, if pay in both was the same (Mood's median test).

    The people of both together are divided as near to their middle as the classes allow, and their shares below it are
    compared, by the normal approximation with Yates's correction. Random answers are as frequent in both. It takes the
    people as different ones; where they are the same, their pay differs less by chance, and the test errs to the safe
    side.
    """
    both, of_each = one.people + other.people, 1 / one.people + 1 / other.people
    border_ = min(range(1, CLASSES), key=lambda at: abs((one.below(at) + other.below(at)) / both - 0.5))
    below = (one.below(border_) + other.below(border_)) / both
    spread = math.sqrt(below * (1 - below) * of_each)
    apart = abs(one.below(border_) / one.people - other.below(border_) / other.people) - of_each / 2
    return math.erfc(apart / spread / math.sqrt(2)) if spread and apart > 0 else 1.0
