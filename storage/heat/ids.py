"""The ids of the weather."""

from typing import NewType

WeatherDayId = NewType("WeatherDayId", int)
"""An area on a day."""
