"""What is in flight to one person (docs/delivery-order.md)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Deliveries that were claimed together, at this time of the loop's clock."""

    claimed_at: float


class RecipientQueue:
    """The deliveries in flight to one person, sent one after the other as they were claimed.

    Once one is put off, what must not overtake it and is in flight too was claimed with it, since the table has nothing
    claimed behind what is in flight or put off. So it is enough to remember this of one batch, until that is done.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._batch: Batch | None = None
        self._until: datetime | None = None

    @contextlib.asynccontextmanager
    async def turn(self, batch: Batch) -> AsyncIterator[datetime | None]:
        """Waits until all that came before is settled, and holds up all that comes after.

        Yields until when what keeps its order in this batch is put off; None if it may go.
        """
        async with self._lock:
            yield self._until if self._batch is batch else None

    def put_off(self, batch: Batch, until: datetime) -> None:
        """What follows in this batch and keeps its order waits as well. To be called in a turn."""
        self._batch, self._until = batch, until
