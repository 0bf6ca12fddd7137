"""What holds for work outdoors in which weather, as data by country (rules.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "rules.toml"
ANYWHERE = "XX"


class Measure(StrEnum):
    """Of a day: its highest and lowest temperature in °C, its strongest gust in m/s."""

    HIGH = "high"
    LOW = "low"
    GUST = "gust"


Words = Mapping[str, str]
"""By language."""
Weather = Mapping[Measure, float]
"""What is known of a day."""


@dataclass(frozen=True, slots=True)
class Rule:
    """`source` names the law; a rule without one is advice."""

    key: str
    measure: Measure
    at_least: float
    at_most: float
    words: Words
    source: Words

    def holds(self, weather: Weather) -> bool:
        value = weather.get(self.measure)
        return value is not None and self.at_least <= value <= self.at_most


@cache
def of_country(country: str) -> Sequence[Rule]:
    """The country's own rules; beside them those of every country about what it has none about."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))
    own = [_read(row) for row in rows.get(country.upper(), [])]
    ruled = {rule.measure for rule in own}
    return (*own, *(rule for rule in map(_read, rows[ANYWHERE]) if rule.measure not in ruled))


def _read(row: dict[str, Any]) -> Rule:
    least, most = float(row.get("at_least", "-inf")), float(row.get("at_most", "inf"))
    return Rule(row["key"], Measure(row["measure"]), least, most, row["words"], row.get("source", {}))


def that_hold(country: str, weather: Weather) -> list[Rule]:
    """The first of each measure, that is, the strictest."""
    found: dict[Measure, Rule] = {}
    for rule in of_country(country):
        if rule.holds(weather):
            found.setdefault(rule.measure, rule)
    return list(found.values())


def by_key(country: str, key: str) -> Rule | None:
    return next((rule for rule in of_country(country) if rule.key == key), None)
