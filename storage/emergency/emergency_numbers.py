"""Whom to call when somebody's life is in danger, as data by country (emergency_numbers.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from storage.cases.desks import Words

_FILE = Path(__file__).parent / "emergency_numbers.toml"
ANYWHERE = "XX"


class EmergencyNumber(NamedTuple):
    number: str
    words: Words


@cache
def of_country(country: str) -> Sequence[EmergencyNumber]:
    """In the order in which they are shown; for a country that is not in the file, what mobile networks connect
    nearly everywhere."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))
    return [EmergencyNumber(row["number"], row["words"]) for row in rows.get(country.upper(), rows[ANYWHERE])]
