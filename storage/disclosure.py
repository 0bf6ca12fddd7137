"""Figures that point to nobody: no cell below LEAST is shown, and none that follows from the others.

Statistical offices call it cell suppression."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

LEAST = 5


def shown(cells: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The cells that may be shown, the largest first.

    What is left out must not follow from the total: where all that is left out together is below LEAST, the smallest
    cell that is shown is left out too.
    """
    counted: Counter[str] = Counter()
    for key, count in cells:
        counted[key] += count
    ordered = [(key, count) for key, count in counted.most_common() if count >= LEAST]
    hidden = counted.total() - sum(count for _, count in ordered)
    if 0 < hidden < LEAST and ordered:
        ordered.pop()
    return dict(ordered)


def columns(values: Sequence[int]) -> list[int | None]:
    """The same for a row of columns: None where one is left out. Nothing is hidden in a zero."""
    kept = shown((str(at), value) for at, value in enumerate(values))
    return [value if value == 0 or str(at) in kept else None for at, value in enumerate(values)]


def figure(value: int) -> int | None:
    """A single figure: None where it is above zero and below LEAST."""
    return value if value == 0 or value >= LEAST else None
