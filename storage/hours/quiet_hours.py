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

    @property
    def _over_midnight(self) -> bool:
        return self.start > self.end

    def _is_quiet(self, clock: time) -> bool:
        if self._over_midnight:
            return clock >= self.start or clock < self.end
        return self.start <= clock < self.end

    def until(self, now: datetime) -> datetime | None:
        """When they end, if it is quiet now."""
        local = now.astimezone(self.zone)
        clock = local.time().replace(tzinfo=None)
        if not self._is_quiet(clock):
            return None
        day = local.date() + timedelta(days=1 if self._over_midnight and clock >= self.start else 0)
        return datetime.combine(day, self.end, self.zone)

    def began(self, now: datetime) -> datetime | None:
        """When they began, if it is quiet now."""
        local = now.astimezone(self.zone)
        clock = local.time().replace(tzinfo=None)
        if not self._is_quiet(clock):
            return None
        day = local.date() - timedelta(days=1 if self._over_midnight and clock < self.end else 0)
        return datetime.combine(day, self.start, self.zone)
