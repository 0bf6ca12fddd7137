"""A weather service of Open-Meteo's public format on this machine, which gives what a test lets it give."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

from aiohttp import web

from bot.process import served
from tests.support.simulator import DEZHOU, free_port

Answer = Callable[[], Any]


def forecast(day: date, high: float, low: float = 24.0, gust: float = 5.0) -> dict[str, Any]:
    """As the service gives one: it is warmest from 13 to 16 o'clock."""
    hours = [low + (high - low) * max(0.0, 1 - abs(hour - 14) / 10) for hour in range(24)]
    return {
        "latitude": DEZHOU[0] + 0.02,
        "longitude": DEZHOU[1] - 0.02,
        "timezone": "Asia/Shanghai",
        "daily_units": {
            "time": "iso8601",
            "temperature_2m_max": "°C",
            "temperature_2m_min": "°C",
            "wind_gusts_10m_max": "m/s",
        },
        "hourly_units": {"time": "iso8601", "temperature_2m": "°C"},
        "daily": {
            "time": [day.isoformat()],
            "temperature_2m_max": [high],
            "temperature_2m_min": [low],
            "wind_gusts_10m_max": [gust],
        },
        "hourly": {"time": [f"{day.isoformat()}T{hour:02d}:00" for hour in range(24)], "temperature_2m": hours},
    }


class Observatory:
    """`answer` gives the next answer: a value for JSON, a text, a status, or None for one that never comes."""

    def __init__(self) -> None:
        self.answer: Answer = lambda: 503
        self.asked: list[dict[str, str]] = []
        self.address = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.query))
        given = self.answer()
        if given is None:
            await asyncio.sleep(60)
        if isinstance(given, int):
            return web.Response(status=given)
        return web.Response(text=given) if isinstance(given, str) else web.json_response(given)


@contextlib.asynccontextmanager
async def observatory() -> AsyncIterator[Observatory]:
    found = Observatory()
    application = web.Application()
    application.router.add_get("/v1/forecast", found.handle)
    async with served(application, free_port(), leaves_within=0.1) as address:
        found.address = address.removeprefix("http://")
        yield found
