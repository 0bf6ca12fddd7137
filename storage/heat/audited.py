"""The audited actions about the weather."""

from __future__ import annotations

from storage.audit import AuditAction


class WeatherAction(AuditAction):
    """What coordinators say of today."""

    WEATHER_SET = "weather_set"
