"""Time limits that the law sets, as data by country (time_limits.toml): what may apply to a case, and until when."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from dateutil.relativedelta import relativedelta

from storage.cases.desks import Words

_FILE = Path(__file__).parent / "time_limits.toml"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """`source` names the law; `note` an exception worth knowing."""

    key: str
    years: int
    months: int
    days: int
    words: Words
    source: Words
    note: Words

    def ends_on(self, start: date) -> date:
        """The last day, counted from `start`: the same day of a later year; 28 February where there is no 29th."""
        return start + relativedelta(years=self.years, months=self.months, days=self.days)


@cache
def of_country(country: str) -> Mapping[str, TimeLimit]:
    """By key; none for a country whose limits the file does not have."""
    rows = tomllib.loads(_FILE.read_text("utf-8")).get(country.upper(), [])
    return {row["key"]: _read(row) for row in rows}


def _read(row: dict[str, Any]) -> TimeLimit:
    counts = row["counts"]
    years, months, days = (int(counts.get(unit, 0)) for unit in ("years", "months", "days"))
    return TimeLimit(row["key"], years, months, days, row["words"], row["source"], row.get("note", {}))


def that_may_apply(country: str, keys: Sequence[str]) -> list[TimeLimit]:
    """Returns the time limits of these keys that the law of the country knows."""
    known = of_country(country)
    return [known[key] for key in keys if key in known]
