"""Values of the configuration that TOML has no type for: durations, times of day, lists from the environment."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import NoDecode

from storage.telegram_ids import PersonId

_UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def read_duration(value: object) -> object:
    """ "90s", "15m", "24h", "7d" as a timedelta."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d+)\s*([smhd])", value.strip())
        if found is None:
            raise ValueError(f"{value!r} is not a duration (for example 30m, 24h or 7d)")
        return timedelta(seconds=int(found[1]) * _UNITS[found[2]])
    return value


def read_list(value: object) -> object:
    """From the environment, a list may come as "1, 2, 3" as well as in JSON."""
    if isinstance(value, int) and not isinstance(value, bool):
        return [value]
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                return json.loads(value)
            except ValueError:
                raise ValueError("neither a JSON list nor comma-separated values") from None
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def read_clock(value: object) -> object:
    """ "09:00" as a time of day."""
    if isinstance(value, str):
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValueError(f"{value!r} is not a time of day (for example 09:00)")
        return time.fromisoformat(value)
    return value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Durations = Annotated[list[Duration], NoDecode, BeforeValidator(read_list)]
Ids = Annotated[list[PersonId], NoDecode, BeforeValidator(read_list)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], NoDecode, BeforeValidator(read_list)]
Clock = Annotated[time, BeforeValidator(read_clock)]
