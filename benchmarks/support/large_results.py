"""What was measured on a large database, held against what it takes on one of a tenth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchmarks.support.in_process import Cost
from benchmarks.support.report import Result

MOST_MS, MOST_TIMES = 50.0, 2.0
HELD = "  {name}: the loop was held"
"""How the time is called for which something held the event loop."""
KB, HOME = "kB of the file", "home that is looked at"
"""Units of work that is in proportion to its result: to a file of all that there is, or to the homes that are sealed,
so that no index can tell who lives near."""
EACH, IN_ALL = "{name}: each {unit}", "  {name}: all {units:,.0f} of them"
"""How the cost of such a unit is called, and that of all of them."""


def results(full: dict[str, Cost], tenth: dict[str, Cost]) -> Sequence[Result]:
    found: list[Result] = []
    for name, cost in full.items():
        small = tenth[name]
        if cost.units:
            found += _in_proportion(name, cost, small)
            continue
        is_bounded = cost.cpu <= MOST_MS
        bound = "<= 50" if is_bounded else f"<= {MOST_TIMES:g}"
        peer = None if is_bounded else small.cpu
        found.append(Result(name, cost.cpu, "ms CPU", "" if is_bounded else "at a tenth", peer, bound))
        found.append(Result(HELD.format(name=name), cost.held, "ms CPU", goal="<= 50"))
    return found


def _in_proportion(name: str, cost: Cost, small: Cost) -> Iterator[Result]:
    """What a unit costs, at no more than twice the cost at a tenth; and, without a goal, what all of them do."""
    each, each_small = (1e3 * one.cpu / one.units for one in (cost, small))
    goal = f"<= {MOST_TIMES:g}"
    yield Result(EACH.format(name=name, unit=cost.unit), each, "µs CPU", "at a tenth", each_small, goal)
    yield Result(IN_ALL.format(name=name, units=cost.units), cost.cpu, "ms CPU", "at a tenth", small.cpu)
    yield Result(HELD.format(name=name), cost.held, "ms CPU", goal="<= 50")


def tell_the_worst(found: Sequence[Result]) -> None:
    """What misses its goal, by how much it misses it."""
    short = [one for one in found if one.passed is False]
    print(f"{len(found) - len(short)} of {len(found)} pass; short by far to short by a little:")
    for one in sorted(short, key=_excess, reverse=True):
        print(f"SHORT  {_excess(one):5.1f} x its bound: {one.name.strip()}, {one.figure:,.1f} {one.unit}")


def _excess(one: Result) -> float:
    """How many times its bound it takes."""
    measured = one.figure if one.ratio is None else one.ratio
    return measured / float(one.goal.split()[1])
