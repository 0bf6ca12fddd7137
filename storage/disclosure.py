"""Figures that point to nobody: nothing that is of fewer than MIN_CELL_SIZE people is shown, and all else is rounded to
its multiples.

Periods overlap, and the same people are counted on several pages. Rounding makes that harmless: whatever is worked out
by adding and subtracting figures that are shown is a multiple of MIN_CELL_SIZE too, so that it never tells of one
person. Statistical offices call this rounding to a base. docs/decisions/0027 has what else was tried.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from enum import Enum
from typing import TypeAlias, TypeVar

from sqlalchemy import ColumnElement, case

Key = TypeVar("Key", bound=Hashable)
MIN_CELL_SIZE = 5


class Hidden(Enum):
    """Stands for a figure that is too small to be shown. Nobody is few, too: a zero that is shown would tell that a
    hidden one is somebody."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Figure: TypeAlias = int | Hidden
Average: TypeAlias = float | Hidden
NOBODY = 0
"""Shown where there was nothing that anybody could have taken part in, such as no activity in a period: everybody knows
that, so it tells of nobody."""


def shown(cells: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The cells that may be shown, rounded, the largest first."""
    counted: Counter[str] = Counter()
    for key, count in cells:
        counted[key] += count
    return {key: rounded(count) for key, count in counted.most_common() if count >= MIN_CELL_SIZE}


def rounded(count: int) -> int:
    """To the nearest multiple of MIN_CELL_SIZE."""
    return (count + MIN_CELL_SIZE // 2) // MIN_CELL_SIZE * MIN_CELL_SIZE


def told_of_sum(counts: Mapping[Key, int]) -> set[Key]:
    """Which of these counts of people may be told beside their sum, exactly, or as fewer than MIN_CELL_SIZE: so that no
    few follow from the others. Zeros are none of them."""
    counted = {key: count for key, count in counts.items() if count}
    few = [count for count in counted.values() if count < MIN_CELL_SIZE]
    many = sorted(count for count in counted.values() if count >= MIN_CELL_SIZE)
    if not few or sum(counted.values()) < MIN_CELL_SIZE:
        return set(counted)
    if not many:
        is_plain = sum(few) in (len(few), len(few) * (MIN_CELL_SIZE - 1))
        return set() if is_plain else set(counted)
    least = max([MIN_CELL_SIZE, *many[:-1]])
    if sum(few) == len(few) and many[-1] == least:
        return set()  # the largest can't be smaller, so each of the few is one
    largest = max(counted, key=lambda key: counted[key])
    return set(counted) - {largest}


def figure(count: int, people: int | None = None) -> Figure:
    """A count as it is shown. `people` is of how many different people it is, where one can be counted repeatedly."""
    return HIDDEN if min(count, count if people is None else people) < MIN_CELL_SIZE else rounded(count)


def columns(values: Sequence[int], people: Sequence[int] | None = None) -> list[Figure]:
    """The same for a row of columns."""
    return [figure(count, least) for count, least in zip(values, people or values, strict=True)]


def average(total: float, count: int, people: int | None = None) -> Average:
    """To one decimal, as it is shown; HIDDEN where it is of fewer than MIN_CELL_SIZE people."""
    return HIDDEN if min(count, count if people is None else people) < MIN_CELL_SIZE else round(total / count, 1)


def kept(count: ColumnElement[int]) -> ColumnElement[int]:
    """What the database keeps of a counter once nobody adds to it any more: the figure as it is shown, 0 where it is
    hidden. From then on it knows no more than everybody may see, and showing it again changes nothing."""
    nearest = (count + MIN_CELL_SIZE // 2) // MIN_CELL_SIZE * MIN_CELL_SIZE
    return case((count < MIN_CELL_SIZE, 0), else_=nearest)
