"""Moments in files and audit lines."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def iso_minute(at: datetime, zone: ZoneInfo) -> str:
    """ "2027-06-30 18:00", as a clock on the wall has it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
