"""Who leads while something fails."""

from __future__ import annotations

import asyncio
import time

from benchmarks.speed.replicas import Fleet


class Leaders:
    """The longest time in which nobody led, and the most who did at a time."""

    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self.longest = 0.0
        self.most = 0

    async def watch(self) -> None:
        """For ever."""
        since = time.monotonic()
        while True:
            count = len(await self._fleet.leaders())
            self.most = max(self.most, count)
            now = time.monotonic()
            if count:
                self.longest, since = max(self.longest, now - since), now
            await asyncio.sleep(0.2)
