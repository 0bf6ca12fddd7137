"""What the clock's jobs have to know of the organisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.operations.organisation import CurrentSettings, Settings
from storage.people.staff import Staff
from storage.privacy.retention import Forget
from storage.statistics.searches import MetresToNearest


def _nowhere(latitudes: Sequence[float], _longitudes: Sequence[float]) -> Sequence[float]:
    """Without stations in memory nothing is near."""
    return [float("inf")] * len(latitudes)


@dataclass(frozen=True, slots=True)
class ClockContext:
    """The settings in force, the staff, and how far it is to the nearest station."""

    current: CurrentSettings
    staff: Staff
    metres_to_nearest: MetresToNearest = _nowhere
    log_file: Path | None = None
    retention: Sequence[Forget] = ()
    """What each feature forgets, in this order."""

    @property
    def settings(self) -> Settings:
        """The snapshot in force."""
        return self.current.value
