"""Today's weather from the service of the config: Open-Meteo's public format.

A forecast is taken only if everything about it is as it must be: today's date, the place and time zone that were asked
for, the units, whole and plausible figures. Anything else is no forecast: nobody is told anything rather than what is
wrong.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import orjson

from bot.config.sections import Weather
from storage.heat.days import HOTTEST_HOURS, Forecast

TIMEOUT = 5.0
_MOST_BYTES = 64 << 10
_DOMAINS = {"open-meteo": "api.open-meteo.com"}
_FAR = 0.5
"""Degrees: services answer for the middle of a cell, which is nearer than that."""
_COLDEST, _HOTTEST, _STRONGEST = -70.0, 60.0, 120.0
_APART = 1.5
"""°C by which the day's highest may differ from its highest hour."""
_HOURS = 24


class NoForecast(Exception):
    """The service gave none that can be relied on; the text says why, for the log."""


class WeatherService:
    def __init__(self, config: Weather, timeout: float = TIMEOUT) -> None:
        self.name = config.service
        self._config = config
        self._timeout = aiohttp.ClientTimeout(total=timeout)

    async def today(self, latitude: float, longitude: float, today: date, zone: ZoneInfo) -> Forecast:
        """Raises NoForecast: see the class."""
        params = {
            "latitude": f"{latitude:.4f}",
            "longitude": f"{longitude:.4f}",
            "daily": "temperature_2m_max,temperature_2m_min,wind_gusts_10m_max",
            "hourly": "temperature_2m",
            "wind_speed_unit": "ms",
            "timezone": zone.key,
            "forecast_days": "1",
        }
        api_key = self._config.api_key.get_secret_value()
        if api_key:
            params["apikey"] = api_key
        domain = self._config.domain or _DOMAINS[self._config.service]
        try:
            content = await self._get(f"{self._config.scheme}://{domain}/v1/forecast", params)
            return read(orjson.loads(content), latitude, longitude, today, zone.key)
        except (aiohttp.ClientError, TimeoutError, orjson.JSONDecodeError) as failure:
            raise NoForecast(type(failure).__name__) from None

    async def _get(self, url: str, params: dict[str, str]) -> bytes:
        async with (
            aiohttp.ClientSession(timeout=self._timeout) as client,
            client.get(url, params=params, allow_redirects=False) as response,
        ):
            if response.status != 200:
                raise NoForecast(f"status {response.status}")
            content = b""
            async for piece in response.content.iter_chunked(16 << 10):
                content += piece
                if len(content) > _MOST_BYTES:
                    raise NoForecast("too long")
            return content


def read(answer: Any, latitude: float, longitude: float, today: date, zone: str) -> Forecast:
    """The forecast in an answer of Open-Meteo's format.

    Raises:
        NoForecast: see the class.
    """
    try:
        _check_place(answer, latitude, longitude, zone)
        daily, hourly = answer["daily"], answer["hourly"]
        _check_units(answer["daily_units"], answer["hourly_units"])
        _check(daily["time"] == [today.isoformat()], "of another day")
        _check(hourly["time"] == [f"{today.isoformat()}T{hour:02d}:00" for hour in range(_HOURS)], "other hours")
        hours = [_figure(value, _COLDEST, _HOTTEST) for value in hourly["temperature_2m"]]
        high, low = (_only(daily[f"temperature_2m_{end}"], _COLDEST, _HOTTEST) for end in ("max", "min"))
        gusts = daily.get("wind_gusts_10m_max", [None])
        gust = None if gusts == [None] else _only(gusts, 0, _STRONGEST)
    except (KeyError, TypeError, AttributeError, ValueError):
        raise NoForecast("not as agreed") from None
    _check(len(hours) == _HOURS, "too few hours")
    _check(abs(max(hours) - high) <= _APART and abs(min(hours) - low) <= _APART, "the hours contradict the day")
    return Forecast(high, low, gust, _hottest(hours))


def _check(holds: object, otherwise: str) -> None:
    if not holds:
        raise NoForecast(otherwise)


def _check_place(answer: Any, latitude: float, longitude: float, zone: str) -> None:
    is_near = abs(_figure(answer["latitude"], -90, 90) - latitude) <= _FAR
    _check(is_near and abs(_figure(answer["longitude"], -180, 180) - longitude) <= _FAR, "of another place")
    _check(answer["timezone"] == zone, "in another time zone")


def _check_units(daily: Any, hourly: Any) -> None:
    degrees = {hourly["temperature_2m"], daily["temperature_2m_max"], daily["temperature_2m_min"]}
    _check(degrees == {"°C"} and daily.get("wind_gusts_10m_max", "m/s") == "m/s", "in other units")


def _only(values: Any, least: float, most: float) -> float:
    """The one figure of a day."""
    (value,) = values
    return _figure(value, least, most)


def _figure(value: Any, least: float, most: float) -> float:
    """Raises NoForecast: it is no number, or none that occurs."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    _check(is_number and math.isfinite(value) and least <= value <= most, "no plausible figure")
    return float(value)


def _hottest(hours: Sequence[float]) -> int:
    """The hour at which the hottest hours begin: the first of those whose sum is highest."""
    return max(range(_HOURS - HOTTEST_HOURS + 1), key=lambda at: sum(hours[at : at + HOTTEST_HOURS]))
