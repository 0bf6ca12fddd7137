"""Values of the configuration that TOML has no type for: durations, times of day, lists from the environment."""

from __future__ import annotations

import json
import re
from datetime import time, timedelta
from importlib import resources
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_settings import NoDecode

from storage.engine import database_url
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


def check_person(value: PersonId) -> PersonId:
    """Telegram counts people up from 1 and groups down from -1."""
    if value <= 0:
        raise ValueError(f"{value} is the id of a group or channel; a person's is positive" if value else "0 is no id")
    return value


def check_country(value: str) -> str:
    """One of ISO 3166, as the time zones' data lists them."""
    lines = resources.files("tzdata").joinpath("zoneinfo/iso3166.tab").read_text("utf-8").splitlines()
    if value.upper() not in {line[:2] for line in lines if not line.startswith("#")}:
        raise ValueError(f"{value!r} is not a country (two letters of ISO 3166, for example CN)")
    return value


def check_geocoder(value: str) -> str:
    """One of geopy's."""
    if value:
        from geopy.exc import GeocoderNotFound
        from geopy.geocoders import SERVICE_TO_GEOCODER, get_geocoder_for_service

        try:
            get_geocoder_for_service(value)
        except GeocoderNotFound:
            raise ValueError(f"{value!r} is not one of {', '.join(sorted(SERVICE_TO_GEOCODER))}") from None
    return value


def check_database_url(value: str) -> str:
    return database_url.normalised(value) if value else value


Duration = Annotated[timedelta, BeforeValidator(read_duration)]
Durations = Annotated[list[Duration], NoDecode, BeforeValidator(read_list)]
PersonOnly = Annotated[PersonId, AfterValidator(check_person)]
Ids = Annotated[list[PersonOnly], NoDecode, BeforeValidator(read_list)]
Texts = Annotated[list[Annotated[str, Field(min_length=1, max_length=40)]], NoDecode, BeforeValidator(read_list)]
Clock = Annotated[time, BeforeValidator(read_clock)]
Geocoder = Annotated[str, AfterValidator(check_geocoder)]
DatabaseUrl = Annotated[str, AfterValidator(check_database_url)]
Country = Annotated[str, AfterValidator(check_country)]
