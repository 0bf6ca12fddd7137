"""What riders are told on a day of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from storage.deliveries.notices import SubjectNotice
from storage.heat.ids import WeatherDayId


@dataclass(frozen=True, slots=True)
class WeatherWarning(SubjectNotice[WeatherDayId]):
    """A rule holds today in the area of which they want to hear."""

    kind = "weather_warning"
