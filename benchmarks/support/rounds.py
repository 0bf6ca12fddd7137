"""Contestants that are measured in turn, round after round; the median of each is compared.

A round in which the machine was taken away is measured again, and said so: a fixed piece of work before and after it
shows how much of a processor there was.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Mapping

ROUNDS, TRIES = 3, 3
SLOWER = 1.25
"""From here on the machine was taken away: on a quiet one the fixed work differs by some per cent."""


def _fixed_work() -> float:
    """Seconds on the wall that it took, the best of three."""
    taken = []
    for _ in range(3):
        begun = time.perf_counter()
        sum(number * number for number in range(150_000))
        taken.append(time.perf_counter() - begun)
    return min(taken)


class Machine:
    """How fast it is at its best, as far as seen."""

    def __init__(self) -> None:
        self._best = min(_fixed_work() for _ in range(5))

    def is_disturbed(self) -> bool:
        taken = _fixed_work()
        self._best = min(self._best, taken)
        return taken > SLOWER * self._best


async def undisturbed(name: str, measure: Callable[[], Awaitable[float]], machine: Machine) -> float:
    """What it measures while the machine is this program's own; after some tries, whatever there is."""
    for number in range(TRIES):
        before = machine.is_disturbed()
        figure = await measure()
        if not (machine.is_disturbed() or before):
            return figure
        again = "measured again" if number < TRIES - 1 else "counted anyway"
        print(f"{name}: {figure:.3g}, but the machine was taken away; {again}", flush=True)
    return figure


ALONE = asyncio.Lock()
"""Held by what uses a whole core, where others are measured at the same time."""

Contestants = Mapping[str, Callable[[], Awaitable[float]]]


async def side_by_side(contestants: Contestants) -> dict[str, float]:
    """What each measures, all at the same time: for loads of which a core bears all together easily."""
    figures = await asyncio.gather(*(measure() for measure in contestants.values()))
    for name, figure in zip(contestants, figures, strict=True):
        print(f"{name}: {figure:.3g}", flush=True)
    return dict(zip(contestants, figures, strict=True))


async def medians(contestants: Contestants, rounds: int = ROUNDS) -> dict[str, float]:
    """The median of each, by its name."""
    machine = Machine()
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, measure in contestants.items():
            found[name].append(await undisturbed(name, measure, machine))
            print(f"{name}: {found[name][-1]:.3g}", flush=True)
    return {name: statistics.median(figures) for name, figures in found.items()}
