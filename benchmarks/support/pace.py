"""What is asked of the times at which messages went out."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence


def most_in_a_second(times: Sequence[float]) -> int:
    return max(bisect_left(times, moment + 1.0) - at for at, moment in enumerate(times))


def steady_rate(times: Sequence[float]) -> float:
    """Messages a second between the first and the last."""
    return (len(times) - 1) / (times[-1] - times[0])
