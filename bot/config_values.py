"""Values of the configuration that TOML has no type for: durations, times of day, lists from the environment."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_duration(value: object) -> object:
    """ "90s", "15m", "24h", "7d" as a timedelta."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d+)\s*([smhd])", value.strip())
        if found is None:
            raise ValueError(f"{value!r} is no duration such as 30m, 24h or 7d")
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    return value


def read_ids(value: object) -> object:
    """From the environment, ids may come as "1,2,3" as well as "[1, 2, 3]"."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    if isinstance(value, str):
        return [part for part in re.split(r"[\s,]+", value.strip("[] ")) if part]
    return value


def read_texts(value: object) -> object:
    """From the environment, texts may come as "a,b" as well as a JSON list."""
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def read_clock(value: object) -> object:
    """ "09:00" as a time of day."""
    if isinstance(value, str):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is no time of day such as 09:00")
        return time.fromisoformat(value)
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Ids = Annotated[list[int], BeforeValidator(read_ids)]


Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], BeforeValidator(read_texts)]
Clock = Annotated[time, BeforeValidator(read_clock)]
