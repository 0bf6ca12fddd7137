"""The names that the keys of a desk had before 0.8: accepted until 0.9, with a warning for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NEW_NAMES: Mapping[str, str] = {
    "sign": "emoji",
    "before": "intro",
    "following": "next_steps",
    "late": "escalation_after",
    "danger": "crisis_words",
    "people": "handlers",
    "most_per_day": "daily_limit",
}


@dataclass(frozen=True, slots=True)
class OldKey:
    """A key under its old name. `source` is the path of the config file, or "environment"."""

    source: str
    desk: str
    name: str
    beside_new: bool
    """Whether the same source gives this desk the key under its new name, too."""

    @property
    def new_name(self) -> str:
        return NEW_NAMES[self.name]

    @property
    def warning(self) -> str:
        return (
            f"{self.source}: desks.{self.desk}.{self.name} is now called {self.new_name}; "
            "the old name will stop working in the next release"
        )

    @property
    def conflict(self) -> str:
        both = f"both {self.new_name} and its old name {self.name}"
        return f"{self.source}: desks.{self.desk} has {both}; remove {self.name}"


def find(values: Mapping[str, Any], source: str) -> Iterator[OldKey]:
    """The old names in the desks of one source of the configuration."""
    desks = values.get("desks")
    for key, desk in desks.items() if isinstance(desks, dict) else ():
        for name, new_name in NEW_NAMES.items() if isinstance(desk, dict) else ():
            if name in desk:
                yield OldKey(source, key, name, beside_new=new_name in desk)


def renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with the new names in the desks."""
    desks = values.get("desks")
    if not isinstance(desks, dict):
        return dict(values)
    return {**values, "desks": {key: _renamed(desk) for key, desk in desks.items()}}


def _renamed(desk: object) -> object:
    if not isinstance(desk, dict):
        return desk
    return {NEW_NAMES.get(name, name): value for name, value in desk.items()}


def as_written(place: str, old: Sequence[OldKey]) -> str:
    """The place of a fault, such as "desks.legal.handlers.0", under the name that the operator wrote."""
    for key in old:
        new = f"desks.{key.desk}.{key.new_name}"
        if place == new or place.startswith(f"{new}."):
            return f"desks.{key.desk}.{key.name}{place.removeprefix(new)}"
    return place
