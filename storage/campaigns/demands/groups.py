"""Groups of opinion: who answers alike, and what each group agrees with.

As Polis does it: people with at least 7 stances, agree 1, disagree -1, everything else 0; the columns centred; two
principal components; k-means for 2 to 5 groups, of which the silhouette chooses. With numpy alone, and for 100,000
people and 5,000 demands in bounded memory: stances stay sparse (9 bytes each), components are found by subspace
iteration with sparse products, and only a sample is clustered; then everybody belongs to the nearest centre. Aliases
are random, so the first people in their order are a fair sample. The same stances always give the same groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_STANCES = 7
LEAST_PEOPLE = 5
"""Of a group; fewer would point to somebody (see storage/disclosure.py)."""
MOST_GROUPS = 5
SAMPLE = 10_000
"""People of whom the components and the centres are found."""
MEASURED = 2_000
"""People of whom the silhouette is computed: each is compared with each."""
_CHUNK = 200_000
"""Stances that are multiplied at once: some 20 MB, and 10 ms in which nothing else may run."""
_SPARE, _MOST_ROUNDS, _SETTLED = 8, 60, 1e-9
_STARTS, _MOST_STEPS = 8, 100
_SEED = 20_261_126

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stances:
    """All stances of a ranking. `rows`, `columns`, `values` have one entry for each: the number of the person, in
    ascending order, that of the demand, and 1, -1 or 0 for a pass."""

    people: int
    demands: int
    rows: NDArray[np.int32]
    columns: NDArray[np.int32]
    values: NDArray[np.int8]

    def of_people(self, chosen: NDArray[np.bool_]) -> Stances:
        """Those of these people, renumbered in the same order."""
        kept = chosen[self.rows]
        numbers = (np.cumsum(chosen) - 1).astype(np.int32)
        rows, columns = numbers[self.rows[kept]], self.columns[kept]
        return Stances(int(chosen.sum()), self.demands, rows, columns, self.values[kept])


def grouped(stances: Stances) -> Ints:
    """The group of each person, from 0 on, the largest first; -1 for whoever took too few stances, and for everybody if
    there are too few people."""
    found = np.full(stances.people, -1, dtype=np.int64)
    active = np.bincount(stances.rows, minlength=stances.people) >= LEAST_STANCES
    if active.sum() >= 2 * LEAST_PEOPLE:
        points = projected(stances.of_people(active), SAMPLE)
        found[active] = clustered(points, SAMPLE)
    return found


def projected(stances: Stances, sample: int) -> Floats:
    """People as points: the first two principal components, found by the first `sample` people."""
    first = stances.of_people(np.arange(stances.people) < sample)
    means = _column_sums(first) / max(first.people, 1)
    axes = _principal_axes(first, means)
    return _times(stances, axes) - means @ axes


def _principal_axes(stances: Stances, means: Floats) -> Floats:
    """(demands, 2): the directions of the largest variance, by subspace iteration on the centred matrix."""
    width = min(2 + _SPARE, stances.demands, stances.people)
    random = np.random.default_rng(_SEED)
    axes = np.linalg.qr(random.standard_normal((stances.demands, width)))[0]
    before = np.zeros(width)
    for _ in range(_MOST_ROUNDS):
        scores = _times(stances, axes) - means @ axes
        image = _transposed_times(stances, scores) - np.outer(means, scores.sum(axis=0))
        axes, sizes, _ = np.linalg.svd(image, full_matrices=False)
        if np.abs(sizes - before)[:2].max() <= _SETTLED * max(sizes[0], 1e-300):
            break
        before = sizes
    found = axes[:, :2]
    if found.shape[1] < 2:
        found = np.hstack([found, np.zeros((stances.demands, 2 - found.shape[1]))])
    signs = np.sign(found[np.abs(found).argmax(axis=0), range(2)])
    return found * np.where(signs == 0, 1, signs)


def _chunks(count: int) -> Iterator[slice]:
    return (slice(at, at + _CHUNK) for at in range(0, count, _CHUNK))


def _column_sums(stances: Stances) -> Floats:
    sums = np.bincount(stances.columns, stances.values, minlength=stances.demands)
    return sums.astype(np.float64)


def _times(stances: Stances, axes: Floats) -> Floats:
    """(people, n): the sparse matrix times (demands, n)."""
    product = np.zeros((stances.people, axes.shape[1]))
    for chunk in _chunks(len(stances.rows)):
        _add_by(product, stances.rows[chunk], axes[stances.columns[chunk]] * stances.values[chunk, None])
    return product


def _transposed_times(stances: Stances, scores: Floats) -> Floats:
    """(demands, n): the transposed sparse matrix times (people, n)."""
    product = np.zeros((stances.demands, scores.shape[1]))
    for chunk in _chunks(len(stances.rows)):
        order = np.argsort(stances.columns[chunk], kind="stable")
        values = scores[stances.rows[chunk][order]] * stances.values[chunk][order, None]
        _add_by(product, stances.columns[chunk][order], values)
    return product


def _add_by(product: Floats, keys: NDArray[np.int32], values: Floats) -> None:
    """Adds to each row of the product the values with its key; the keys ascend."""
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    product[keys[starts]] += np.add.reduceat(values, starts, axis=0)


def clustered(points: Floats, sample: int) -> Ints:
    """The group of each point, the largest first: of 2 to 5 groups, as many as the silhouette likes best among those
    of which none is too small; one group if there are none such."""
    first = points[:sample]
    best, best_score = np.zeros(len(points), dtype=np.int64), -np.inf
    for count in range(2, MOST_GROUPS + 1):
        centres = _centres(first, count)
        labels = _nearest(points, centres)
        if np.bincount(labels, minlength=count).min() < LEAST_PEOPLE:
            continue
        score = silhouette(first[:MEASURED], labels[: min(sample, MEASURED)])
        if score > best_score + 1e-12:
            best, best_score = labels, score
    sizes = np.bincount(best)
    order = np.argsort(-sizes, kind="stable")
    return np.argsort(order)[best]


def _centres(points: Floats, count: int) -> Floats:
    """Of several runs of k-means, each from another start by k-means++, the one with the least inertia."""
    random = np.random.default_rng(_SEED + count)
    runs = [_settled(points, _start(points, count, random)) for _ in range(_STARTS)]
    inertia = [_distances(points, centres).min(axis=1).sum() for centres in runs]
    return runs[int(np.argmin(inertia))]


def _start(points: Floats, count: int, random: np.random.Generator) -> Floats:
    centres = points[[random.integers(len(points))]]
    for _ in range(1, count):
        nearest = _distances(points, centres).min(axis=1)
        total = nearest.sum()
        chances = nearest / total if total > 0 else np.full(len(points), 1 / len(points))
        centres = np.vstack([centres, points[random.choice(len(points), p=chances)]])
    return centres


def _settled(points: Floats, centres: Floats) -> Floats:
    count = len(centres)
    for _ in range(_MOST_STEPS):
        labels = _nearest(points, centres)
        sizes = np.bincount(labels, minlength=count)
        sums = np.stack([np.bincount(labels, points[:, axis], minlength=count) for axis in range(2)], axis=1)
        moved = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], centres)
        if np.allclose(moved, centres, rtol=0, atol=1e-12):
            break
        centres = moved
    return centres


def _nearest(points: Floats, centres: Floats) -> Ints:
    found: Ints = _distances(points, centres).argmin(axis=1)
    return found


def _distances(points: Floats, centres: Floats) -> Floats:
    """(points, centres), squared."""
    found: Floats = ((points[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2)
    return found


def silhouette(points: Floats, labels: Ints) -> float:
    """The mean over all points of (b - a) / max(a, b): a is the mean distance to the others of its group, b to the
    nearest other group. -1 if there is one group only."""
    present, labels = np.unique(labels, return_inverse=True)
    if len(present) < 2:
        return -1.0
    members = np.eye(len(present))[labels]
    sizes = members.sum(axis=0)
    sums = np.sqrt(_distances(points, points)) @ members
    own = np.arange(len(points)), labels
    inside = sums[own] / np.maximum(sizes[labels] - 1, 1)
    means = sums / sizes
    means[own] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    scores = np.divide(outside - inside, larger, out=np.zeros(len(points)), where=larger > 0)
    return float(np.where(sizes[labels] > 1, scores, 0.0).mean())


def counted(stances: Stances, part_of: Ints, parts: int) -> Ints:
    """(parts, demands, 3): how many people of each part agree, disagree and passed. `part_of` has the part of each
    person, -1 for whoever is in none."""
    part = part_of[stances.rows]
    kept = part >= 0
    kind = np.where(stances.values > 0, 0, np.where(stances.values < 0, 1, 2))
    cells = (part * stances.demands + stances.columns) * 3 + kind
    return np.bincount(cells[kept], minlength=parts * stances.demands * 3).reshape(parts, stances.demands, 3)
