"""Time of which only that of working days counts."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from storage.hours.holidays import is_working_day


def after(start: datetime, span: timedelta, zone: ZoneInfo, country: str) -> datetime:
    """The moment when `span` of working days has passed since `start`: days off in `country` don't count.

    What is asked on Friday at 18:00 and is to be answered within 24 hours is due on Monday at 18:00.
    """
    at = start.astimezone(zone)
    while True:
        midnight = datetime.combine(at.date() + timedelta(days=1), time(), zone)
        if is_working_day(country, at.date()):
            # Aware times of one zone are subtracted by the clock on the wall; UTC has the hours that pass.
            left = midnight.astimezone(start.tzinfo) - at.astimezone(start.tzinfo)
            if span < left:
                return at.astimezone(start.tzinfo) + span
            span -= left
        at = midnight
