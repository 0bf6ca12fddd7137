"""By what counts may be broken down: each feature names the parts that it knows of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storage.operations.organisation import Settings
from storage.people.segments import Condition


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`name` stands in tables for good, in at most 20 characters; `label` is marked with `N_`. `parts` gives each part
    as it is called, and its condition, which the database alone decides."""

    name: str
    label: str
    parts: Callable[[Settings], Sequence[tuple[str, Condition]]]
