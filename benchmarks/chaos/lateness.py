"""When the measuring process itself was late. What arrived then is noted in a heap, which says nothing of its pace."""

from __future__ import annotations

import asyncio
import time
from bisect import bisect_left
from collections.abc import Sequence

LOOKED_EVERY, LATE = 0.01, 0.03


class Lateness:
    """The moments since which, and until which, the event loop was held for more than LATE seconds."""

    def __init__(self) -> None:
        self.held: list[tuple[float, float]] = []

    async def watch(self) -> None:
        """For ever."""
        while True:
            begun = time.monotonic()
            await asyncio.sleep(LOOKED_EVERY)
            ended = time.monotonic()
            if ended - begun > LOOKED_EVERY + LATE:
                self.held.append((begun, ended))

    def was_in(self, start: float, end: float) -> bool:
        """Whether it was late at any moment between these."""
        return any(since < end and until > start for since, until in self.held)


def most_in_a_punctual_second(times: Sequence[float], lateness: Lateness) -> tuple[int, float]:
    """The most of these moments (ascending) in a second in which the measuring process was never late; and the share of
    the seconds that were so."""
    counts = [
        bisect_left(times, moment + 1.0) - at
        for at, moment in enumerate(times)
        if not lateness.was_in(moment - LATE, moment + 1.0)
    ]
    return max(counts, default=0), len(counts) / max(len(times), 1)
