"""The hours in which nobody is disturbed, in the organisation's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` of each day, over midnight where start is later; none where both are the same."""

    start: time
    end: time
    zone: ZoneInfo

    @classmethod
    def of(cls, text: str, zone: ZoneInfo) -> QuietHours:
        """From "22:00-07:00"."""
        start, end = (time.fromisoformat(part) for part in text.split("-"))
        return cls(start, end, zone)

    def until(self, now: datetime) -> datetime | None:
        """When they end, if it is quiet now."""
        local = now.astimezone(self.zone)
        clock = local.time().replace(tzinfo=None)
        over_midnight = self.start > self.end
        is_quiet = clock >= self.start or clock < self.end if over_midnight else self.start <= clock < self.end
        if not is_quiet:
            return None
        day = local.date() + timedelta(days=1 if over_midnight and clock >= self.start else 0)
        return datetime.combine(day, self.end, self.zone)
