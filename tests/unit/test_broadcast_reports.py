"""The report of a broadcast: what is few is not told by the numbers beside it."""

from __future__ import annotations

import itertools
import re

import pytest

from handlers.broadcasts.panel import report
from storage.broadcasts.broadcasts import Broadcast
from storage.deliveries.table import State

STATES = (State.SENT, State.UNCERTAIN, State.UNREACHABLE, State.FAILED, State.CANCELLED)
WORDS = ("delivered", "possibly delivered", "unreachable", "failed", "cancelled")


def told(counted: dict[State, int], total: int | None = None) -> str:
    row = Broadcast(total=sum(counted.values()) if total is None else total)
    return "\n".join(map(str, report(row, counted, 0, "en")))


def possible(lines: str, total: int) -> set[tuple[int, ...]]:
    """All that could have become of so many, by what is told."""
    shown = {}
    for state, word in zip(STATES, WORDS, strict=True):
        found = re.search(rf"^{word}[^:]*: (\d+|fewer than 5)$", lines, re.M)
        shown[state] = None if found is None else found[1]
    ranges = []
    for state in STATES:
        said = shown[state]
        if said is not None and said.isdigit():
            ranges.append(range(int(said), int(said) + 1))
        elif said is not None:
            ranges.append(range(1, 5))
        else:
            ranges.append(range(total + 1))
    done = re.search(r"(\d+)/(\d+)", lines)
    finished = int(done[1]) if done else total
    return {one for one in itertools.product(*ranges) if sum(one) == finished}


@pytest.mark.parametrize(
    "counts",
    [(3, 0, 17, 0, 0), (17, 0, 3, 0, 0), (10, 1, 9, 0, 0), (16, 0, 1, 1, 2), (12, 0, 4, 4, 0), (0, 0, 1, 19, 0)],
)
def test_what_is_few_does_not_follow_from_the_rest(counts: tuple[int, ...]) -> None:
    lines = told({state: count for state, count in zip(STATES, counts, strict=True) if count})
    found = possible(lines, sum(counts))
    for at, count in enumerate(counts):
        if 0 < count < 5:
            assert len({one[at] for one in found}) > 1, (WORDS[at], lines)


def test_what_is_many_is_told() -> None:
    assert told({State.SENT: 90, State.UNREACHABLE: 10}).endswith("100/100\ndelivered: 90\nunreachable: 10")
    assert told({State.SENT: 60, State.UNREACHABLE: 30, State.FAILED: 10}).count(":") == 3
