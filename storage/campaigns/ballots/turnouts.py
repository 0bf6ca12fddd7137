"""The turnout as it may be seen while people vote: in steps that tell of nobody."""

from __future__ import annotations

from storage.campaigns.ballots.terms import LEAST_ENTITLED
from storage.disclosure import MIN_CELL_SIZE

STEP = 5


def shown(voted: int, entitled: int) -> int | None:
    """In percent, rounded down to steps of 5 % and of 5 people, so that no step is a single vote; None where so few are
    entitled that nothing is shown."""
    if entitled < LEAST_ENTITLED:
        return None
    people = voted // MIN_CELL_SIZE * MIN_CELL_SIZE
    return 100 * people // entitled // STEP * STEP
