"""Moments in files; for chats there is handlers/i18n/formatting.moment."""

from __future__ import annotations

from datetime import datetime, tzinfo


def iso_minute(at: datetime, zone: tzinfo) -> str:
    """ "2027-06-30 18:00", as a clock on the wall has it."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"
