"""Which clause of a new version is which of the last one: a clause keeps its id while its words change.

Alike are texts that share pairs of neighbouring characters, which needs no words and so works for Chinese.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_BUCKETS = 4_096
_ENOUGH = 0.55
"""At least so alike, with what number and heading add."""
_LEAST = 0.25
"""Texts that are less alike are different clauses, whatever stands above them."""
_SAME_HEADING, _SAME_NUMBER = 0.25, 0.15


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared of a clause; `count` is its number, `part` that of its part."""

    count: int | None
    part: int
    heading: str
    text: str


class Match(NamedTuple):
    """The place of a clause in the old version, and how alike the texts are: 1.0 is the same."""

    old: int
    likeness: float


def match(old: Sequence[Compared], new: Sequence[Compared]) -> list[Match | None]:
    """For each new clause the old one that it comes from; None if it is a new one. None is taken twice."""
    found: list[Match | None] = [None] * len(new)
    if not old or not new:
        return found
    alike = _likeness([one.text for one in old], [one.text for one in new])
    taken = set[int]()
    for _, likeness, at_old, at_new in sorted(_pairs(old, new, alike), key=lambda pair: (-pair[0], pair[2], pair[3])):
        if found[at_new] is None and at_old not in taken:
            found[at_new] = Match(at_old, likeness)
            taken.add(at_old)
    return found


def _pairs(
    old: Sequence[Compared], new: Sequence[Compared], alike: NDArray[np.float64]
) -> list[tuple[float, float, int, int]]:
    """(how well they fit, likeness, place of the old, place of the new) of those that may be the same."""
    pairs = []
    for at_old, at_new in np.argwhere(alike >= _LEAST).tolist():
        one, other, likeness = old[at_old], new[at_new], float(alike[at_old, at_new])
        fit = likeness
        if one.heading and one.heading == other.heading:
            fit += _SAME_HEADING
        if one.count is not None and (one.count, one.part) == (other.count, other.part):
            fit += _SAME_NUMBER
        if one.text == other.text:
            likeness, fit = 1.0, fit + 1.0
        if fit >= _ENOUGH:
            pairs.append((fit, likeness, at_old, at_new))
    return pairs


def _likeness(old: Sequence[str], new: Sequence[str]) -> NDArray[np.float64]:
    """The cosine of the counts of pairs, for each old and each new text."""
    return _counted(old) @ _counted(new).T


def _counted(texts: Sequence[str]) -> NDArray[np.float64]:
    rows = np.zeros((len(texts), _BUCKETS))
    for at, text in enumerate(texts):
        codes = np.frombuffer(f"\n{''.join(text.split())}\n".encode("utf-32-le"), np.uint32).astype(np.uint64)
        buckets = (codes[:-1] * np.uint64(1_000_003) + codes[1:] * np.uint64(8_191)) % np.uint64(_BUCKETS)
        counts = np.bincount(buckets.astype(np.intp), minlength=_BUCKETS)
        rows[at] = counts / np.linalg.norm(counts)
    return rows
