"""The sandbox's clock: the machine's, moved on by whoever does not want to wait for tomorrow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.sandbox.params import bad

FURTHEST = timedelta(days=400)
"""By how much it can be moved at once: what is kept the longest is kept for a year."""


class SandboxClock:
    """Gives the time in UTC. It never goes back: the database knows what has happened."""

    def __init__(
        self, zone: str, ahead: timedelta = timedelta(), machine: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.zone = ZoneInfo(zone)
        self.ahead = ahead
        self.on_move: list[Callable[[], None]] = []
        self._machine = machine

    def __call__(self) -> datetime:
        return self._machine() + self.ahead

    def seconds(self) -> float:
        """Since 1970."""
        return self().timestamp()

    def move(self, by: timedelta) -> None:
        """Raises Refusal if that is back, or further than `FURTHEST`."""
        if not timedelta() < by <= FURTHEST:
            raise bad("the clock can only be moved on, by 400 days at most")
        self.ahead += by
        for moved in self.on_move:
            moved()

    def move_to(self, local: str) -> None:
        """To a day and time in the organisation's zone, as ISO 8601 has it.

        Raises:
            Refusal: it is none, or see `move`.
        """
        try:
            wanted = datetime.fromisoformat(local).replace(tzinfo=self.zone)
        except ValueError:
            raise bad("that is no day and time") from None
        self.move(wanted - self())
