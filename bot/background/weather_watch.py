"""Asks the weather service of the config in the morning, once for each area; what it can't rely on it doesn't keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import numpy as np

from bot.observability.logs import logger
from bot.weather import NoForecast, WeatherService
from handlers.chat.ports import Directory
from storage.database import Database
from storage.heat import days
from storage.operations.organisation import CurrentSettings
from storage.operations.weather_areas import Area

log = logger("bot.background.weather_watch")

INTERVAL = 300.0
AT_THE_START = 5.0
"""Seconds until the next look while this process may not lead yet, or has not read the stations."""


class WeatherWatch:
    def __init__(
        self,
        service: WeatherService,
        database: Database,
        current: CurrentSettings,
        directory: Directory,
        clock: Callable[[], datetime],
    ) -> None:
        self._service = service
        self._database = database
        self._current = current
        self._directory = directory
        self._clock = clock
        self._has_looked = False

    def pause(self) -> float:
        """Seconds until the next look."""
        return INTERVAL if self._has_looked else AT_THE_START

    async def look(self) -> None:
        """Where nothing is known of today yet. A fault is tried again at the next look, until the morning is over."""
        settings = self._current.value
        self._has_looked = all(self._place_of(area) is not None for area in settings.weather_areas)
        local = self._clock().astimezone(settings.organisation.zone)
        if not days.ASKED_FROM <= local.time() < days.FORECAST_UNTIL:
            return
        async with self._database.reading() as session:
            known = await days.known_areas(session, local.date())
        for area in settings.weather_areas:
            place = self._place_of(area)
            if area.key in known or place is None:
                continue
            try:
                forecast = await self._service.today(*place, local.date(), settings.organisation.zone)
            except NoForecast as fault:
                log.warning("no forecast", area=area.key, reason=str(fault))
                continue
            async with self._database.writing() as session:
                await days.note(session, local.date(), area.key, forecast, self._service.name)

    def _place_of(self, area: Area) -> tuple[float, float] | None:
        index = self._directory.index
        if area.place is not None or not len(index):
            return area.place
        return float(np.median(index.latitudes)), float(np.median(index.longitudes))
