"""Figures that point to nobody: no cell below MIN_CELL_SIZE is shown, and none that follows from the others.

Statistical offices call it cell suppression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import TypeAlias

MIN_CELL_SIZE = 5


class Hidden(Enum):
    """Stands for a figure that is above zero, but too small to be shown, or that would tell of one that is."""

    HIDDEN = "hidden"


HIDDEN = Hidden.HIDDEN
Figure: TypeAlias = int | Hidden
Average: TypeAlias = float | Hidden


def shown(cells: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The cells that may be shown, the largest first.

    What is left out must not follow from the total: where all that is left out together is below MIN_CELL_SIZE, the
    smallest cell that is shown is left out too.
    """
    counted: Counter[str] = Counter()
    for key, count in cells:
        counted[key] += count
    ordered = [(key, count) for key, count in counted.most_common() if count >= MIN_CELL_SIZE]
    hidden = counted.total() - sum(count for _, count in ordered)
    if 0 < hidden < MIN_CELL_SIZE and ordered:
        ordered.pop()
    return dict(ordered)


def columns(values: Sequence[int]) -> list[Figure]:
    """The same for a row of columns. Nothing is hidden in a zero."""
    kept = shown((str(at), value) for at, value in enumerate(values))
    return [value if value == 0 or str(at) in kept else HIDDEN for at, value in enumerate(values)]


def figure(value: int) -> Figure:
    """A single figure: HIDDEN where it is above zero and below MIN_CELL_SIZE."""
    return value if value == 0 or value >= MIN_CELL_SIZE else HIDDEN


def average(total: float, count: int) -> Average:
    """HIDDEN where it is of fewer than MIN_CELL_SIZE."""
    return total / count if count >= MIN_CELL_SIZE else HIDDEN
