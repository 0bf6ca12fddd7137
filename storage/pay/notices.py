"""What somebody is told about their pay book."""

from __future__ import annotations

from dataclasses import dataclass

from storage.deliveries.notices import Notice


@dataclass(frozen=True, slots=True)
class ShiftEnded(Notice):
    """It is the time at which they want to be asked for their shift."""

    kind = "pay_reminder"
